// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/command_desk.h"
#include "console/link/fleet_link.h"
#include "console/views/frame/session.h"
#include "console/views/shell/status_strip.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace signalbox::app {

// One fleet in one window: its link, what is shown of it, and the freeze between the two. Frozen,
// the link hears on; what it hears waits, merged, and a second store knows the fleet as it is, for
// the strip.
// Lives on: gui thread. Owned by the window.
class FleetSession final : public QObject {
    Q_OBJECT
public:
    FleetSession(const base::Clock& clock, views::TimeDisplay& time, QObject* parent = nullptr);
    ~FleetSession() override;

    base::Status open(link::LinkOptions options);
    views::Session& views() { return views_; }
    fleet::FleetStore& shown() { return shown_; }
    fleet::FleetStore& now() { return live_ ? *live_ : shown_; }
    link::FleetLink& link() { return link_; }
    command::CommandDesk& desk() { return desk_; }

    void freeze();
    void goLive(); // jumps to now; what was selected and zoomed stays
    bool isFrozen() const { return live_ != nullptr; }
    views::PausedCounts pausedCounts() const;
    void setPace(link::Pace pace);

Q_SIGNALS:
    void modeChanged(); // frozen or not; now() is another store

private:
    void take(fleet::FleetChanges& changes);
    void refresh();

    const base::Clock& clock_;
    fleet::FleetStore shown_;
    history::SeriesCache history_;
    views::Selection selection_;
    link::FleetLink link_;
    views::Session views_;
    command::CommandDesk desk_;
    QTimer refreshing_;
    std::unique_ptr<fleet::FleetStore> live_; // while frozen
    fleet::FleetChanges backlog_; // for shown_, while frozen
    base::Monotonic frozenAt_;
    int changesMissed_ = 0;
    int alarmsAtFreeze_ = 0;
};

} // namespace signalbox::app
