// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/session.h"

#include <QWidget>

namespace signalbox::views {

// Who it is and how it is, on one line: kind, name, badge, verdict since when, and the rest.
// Lives on: gui thread. Owned by the screen.
class DetailHead final : public QWidget {
    Q_OBJECT
public:
    explicit DetailHead(Session& session, QWidget* parent = nullptr);

    void setAgent(int slot); // -1 = none
    void refresh();
    QString words() const; // all of it

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Session& session_;
    int slot_ = -1;
    QString verdict_; // bold
    QString rest_;
};

} // namespace signalbox::views
