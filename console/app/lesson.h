// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/app/fleet_session.h"
#include "console/views/connect/connect_page.h"

#include <QNetworkAccessManager>
#include <QObject>

namespace signalbox::app {

// Looks for a fleet at the usual address of this machine and tells the connect page what it sees.
// Lives on: gui thread. Owned by the window while that page is shown.
class Lesson final : public QObject {
    Q_OBJECT
public:
    Lesson(const base::Clock& clock, views::TimeDisplay& time, const std::string& operatorName,
           views::ConnectPage& page);

private:
    void look();
    void send();

    views::ConnectPage& page_;
    FleetSession session_;
    QNetworkAccessManager web_;
    views::LessonFacts facts_;
    double requests_ = 0;
};

} // namespace signalbox::app
