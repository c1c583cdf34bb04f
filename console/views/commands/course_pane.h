// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/session.h"

#include <QWidget>

class QLabel;

namespace signalbox::command {
struct FollowedCommand;
}

namespace signalbox::views {

class Figures;
class RowsView;
class Segments;
class Steps;
class TrafficStrips;

// What has come of a command so far: who applied it, who is behind, and then what it set going, a
// drain to its end or requests on their way to another pool.
// Lives on: gui thread. Owned by the sheet.
class CoursePane final : public QWidget {
    Q_OBJECT
public:
    explicit CoursePane(Session& session, QWidget* parent = nullptr);

    void show(const command::FollowedCommand& followed);
    QString answer() const; // the large line

private:
    void showAnswer(const command::FollowedCommand& followed);
    void showProgress(const command::FollowedCommand& followed);
    void showFigures(const command::FollowedCommand& followed);
    void showAgents(const command::FollowedCommand& followed);

    Session& session_;
    QLabel* answer_;
    QLabel* sentence_;
    Segments* segments_;
    QLabel* counts_;
    Steps* steps_;
    Figures* figures_;
    TrafficStrips* strips_;
    RowsView* agents_;
};

} // namespace signalbox::views
