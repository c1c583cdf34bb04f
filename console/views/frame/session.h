// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/command_port.h"
#include "console/fleet/fleet_store.h"
#include "console/history/series_cache.h"
#include "console/views/frame/selection.h"
#include "console/views/frame/time_display.h"

namespace signalbox::views {

// All that a screen is given: one fleet, as it is shown. The store behind it is live, frozen or
// replayed; a screen cannot tell and must not ask.
// Lives on: gui thread. Outlives every screen.
struct Session {
    fleet::FleetStore& store;
    history::SeriesCache& history;
    command::CommandPort& port;
    Selection& selection;
    TimeDisplay& time;
};

} // namespace signalbox::views
