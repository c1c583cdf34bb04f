// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/alarm.h"
#include "shared/model/health.h"

#include <compare>
#include <cstdint>
#include <string>

namespace signalbox::fleet {

// Until alarm rules exist, these are the alarms there are.
enum class AlarmCause : std::uint8_t {
    PoolEmpty, // P1: nothing in it may serve
    AgentFailed, // P2
    AgentWedged, // P2
    AgentGone, // P2: its lease ended and nobody asked for it
    AgentDegraded, // P3
    NoRedundancy, // P3: a pool of several has one left
    AgentLate, // P3: late for 30 s within 2 min
};

// What an alarm is about; an agent may be named like a pool.
enum class AlarmScope : std::uint8_t { Agent, Pool };

inline AlarmScope scopeOf(AlarmCause cause)
{
    return cause == AlarmCause::PoolEmpty || cause == AlarmCause::NoRedundancy ? AlarmScope::Pool
                                                                               : AlarmScope::Agent;
}

struct AlarmKey {
    AlarmCause cause = AlarmCause::PoolEmpty;
    std::string object; // name of the pool, or id of the agent
    auto operator<=>(const AlarmKey&) const = default;
};

struct Alarm {
    AlarmKey key;
    model::Priority priority = model::Priority::None;
    model::Ack ack = model::Ack::New;
    std::string group; // the pool: alarms of one group within 30 s are one story
    bool isFirstOut = false; // the earliest of its group
    std::int64_t sinceUnixMs = 0; // by our clock
    std::string reason; // of the peer, may be empty
};

} // namespace signalbox::fleet
