// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/instances/instance_table_model.h"
#include "console/views/frame/session.h"

#include <QWidget>

#include <utility>
#include <vector>

namespace signalbox::views {

// The foot of the table: how many there are of what, by admin and by freshness; what is hidden; at
// the right what is marked, or what an export came to.
// Lives on: gui thread. Owned by the screen.
class CountsLine final : public QWidget {
    Q_OBJECT
public:
    CountsLine(Session& session, const models::InstanceTableModel& model,
               QWidget* parent = nullptr);

    void update(int columnsLeftOut);
    void setNotice(const QString& notice); // until the next one
    QString words() const; // all of it

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    using Piece = std::pair<QString, QString>; // word, figure
    Session& session_;
    const models::InstanceTableModel& model_;
    std::vector<Piece> left_;
    QString right_;
    QString notice_;
};

} // namespace signalbox::views
