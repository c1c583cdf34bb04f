// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_changes.h"
#include "shared/model/alarm.h"
#include "shared/model/health.h"

#include <string>

namespace signalbox::fleet {

// One agent as the window knows it now.
struct Agent {
    std::string id; // empty: this slot is free
    AgentFactsPtr facts; // never null while the slot is taken
    Readings readings; // newest
    std::int64_t sampledUnixMs = 0; // of them, by the agent's clock; 0 = none yet
    std::int64_t ageMs = 0; // of the newest fact
    model::Freshness freshness = model::Freshness::Live;
    model::Priority priority = model::Priority::None; // of its worst alarm
    model::Ack ack = model::Ack::New; // of that alarm
    std::int64_t skewMs = 0; // our clock minus its own, travel included

    base::Monotonic heardAt;
    std::uint32_t lateMarks = 0; // a bit for each 5 s of the last 2 min in which it was late

    const model::AgentState& state() const { return facts->state; }
    const model::AgentRecord& record() const { return facts->state.record; }
    model::Health health() const { return record().health.state; }
    model::Admin admin() const { return state().admin; }
    bool isGateway() const { return record().kind == model::AgentKind::Gateway; }
    bool isGone() const { return facts->gone.has_value(); }
    // New requests may be sent to it, as far as it says.
    bool isServing() const
    {
        return !isGone() && model::mayServe(health()) && model::takesNewWork(admin());
    }
    // Something about it differs from a quiet day.
    bool isAbnormal() const
    {
        return priority != model::Priority::None || isGone()
            || health() != model::Health::Ready || admin() == model::Admin::Drain
            || admin() == model::Admin::Maint || admin() == model::Admin::Off
            || freshness != model::Freshness::Live;
    }
    // Share of its KV cache in use, 0..1; NaN where the engine does not say.
    float load() const { return readings[Reading::KvShare]; }
};

} // namespace signalbox::fleet
