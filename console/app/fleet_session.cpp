// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/fleet_session.h"

#include <algorithm>
#include <utility>

namespace signalbox::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kRefresh = 250ms;
constexpr auto kRefreshHidden = 1s;

int alarmsOf(const fleet::FleetStore& store)
{
    return static_cast<int>(store.alarms().alarms().size());
}

} // namespace

FleetSession::FleetSession(const base::Clock& clock, views::TimeDisplay& time, QObject* parent)
    : QObject(parent), clock_(clock), shown_(clock), history_(shown_), link_(clock),
      views_{shown_, history_, link_, selection_, time}, desk_(shown_, link_, clock)
{
    connect(&link_, &link::FleetLink::changesReady, this, &FleetSession::take);
    connect(&refreshing_, &QTimer::timeout, this, &FleetSession::refresh);
    refreshing_.start(kRefresh);
}

FleetSession::~FleetSession() = default;

base::Status FleetSession::open(link::LinkOptions options)
{
    return link_.open(std::move(options));
}

void FleetSession::take(fleet::FleetChanges& changes)
{
    if (!live_)
        return shown_.apply(std::move(changes));
    changesMissed_ += static_cast<int>(changes.events.size());
    fleet::FleetChanges copy = changes;
    fleet::merge(backlog_, std::move(copy));
    live_->apply(std::move(changes));
}

void FleetSession::refresh()
{
    if (live_)
        live_->refresh();
    else
        shown_.refresh();
}

void FleetSession::freeze()
{
    if (live_)
        return;
    live_ = std::make_unique<fleet::FleetStore>(clock_);
    live_->apply(shown_.everything());
    live_->refresh();
    frozenAt_ = clock_.monotonic();
    changesMissed_ = 0;
    alarmsAtFreeze_ = alarmsOf(*live_);
    Q_EMIT modeChanged();
}

void FleetSession::goLive()
{
    if (!live_)
        return;
    const auto ended = std::move(live_);
    shown_.apply(std::exchange(backlog_, {}));
    shown_.refresh();
    Q_EMIT modeChanged();
}

views::PausedCounts FleetSession::pausedCounts() const
{
    if (!live_)
        return {};
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.monotonic()
                                                                             - frozenAt_);
    return {since.count(), changesMissed_, std::max(0, alarmsOf(*live_) - alarmsAtFreeze_)};
}

void FleetSession::setPace(link::Pace pace)
{
    link_.setPace(pace);
    refreshing_.setInterval(pace == link::Pace::Visible ? kRefresh : kRefreshHidden);
}

} // namespace signalbox::app
