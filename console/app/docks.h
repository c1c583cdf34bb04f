// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>

class QDockWidget;

namespace signalbox::views {
struct Session;
}
namespace signalbox::inspector {
class InspectorPanel;
}
namespace signalbox::timeline {
class TimelinePanel;
}

namespace signalbox::app {

// The two docks of a session: the Inspector at the right, the Timeline under everything. Both can
// be hidden; where they stand survives a restart.
struct Docks {
    QDockWidget* inspectorDock = nullptr;
    QDockWidget* timelineDock = nullptr;
    inspector::InspectorPanel* inspector = nullptr;
    timeline::TimelinePanel* timeline = nullptr;
};

Docks makeDocks(QMainWindow& window, views::Session& session);
// As wide as the window has room for.
void fitInspector(const Docks& docks, int windowWidth);

} // namespace signalbox::app
