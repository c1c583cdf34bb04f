// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/readings.h"
#include "shared/base/clock.h"
#include "shared/model/answers.h"
#include "shared/model/telemetry.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace signalbox::fleet {

// What an agent told about itself last. Never changed: a newer one takes its place.
struct AgentFacts {
    model::AgentState state;
    std::string bootId;
    std::optional<model::AgentGone> gone; // it left; all else is how it was last seen
};
using AgentFactsPtr = std::shared_ptr<const AgentFacts>;

struct ReadingsRow {
    std::int64_t unixMs = 0; // by the agent's clock
    Readings readings;
};

enum class LinkState : std::uint8_t { Idle, Connecting, Connected, Lost };

// How we reach the fleet.
struct LinkFacts {
    LinkState state = LinkState::Idle;
    std::string fleet; // its name; empty until an agent has said it
    std::string agent; // id of the agent that is talked to
    std::string address; // that is talked to, or was last
    std::string problem; // of the last failure; empty while connected
    base::Monotonic since; // of this state
    std::uint32_t attempts = 0; // since it was lost
    std::int64_t roundTripMs = -1; // of the newest call; -1 = not measured
    std::uint32_t agentsTotal = 0; // as the agent says
    bool isComplete = false; // every one of them has been told
};

struct AgentChange {
    AgentFactsPtr facts; // null: as before
    std::deque<ReadingsRow> rows; // oldest first, at most limits::kWaitingRows
    base::Monotonic heardAt; // when the newest fact was received
    std::int64_t heardUnixMs = 0; // the same by our wall clock
    bool isForgotten = false; // long gone
};

// What has changed since the last time somebody looked; the unit of the way from link to window.
// However late it is taken, it holds each agent once.
struct FleetChanges {
    std::unordered_map<std::string, AgentChange> agents;
    std::deque<model::Event> events; // at most limits::kWaitingEvents, oldest first
    std::optional<LinkFacts> link;
    std::optional<model::PolicyAnswer> policy;
    std::optional<std::vector<model::AuditRecord>> audit; // newest first, the whole list
    base::Monotonic heardAt; // newest sign of life of the agent that is talked to
    std::uint64_t rowsDropped = 0; // beyond the limits above
    std::uint64_t eventsDropped = 0;

    bool isEmpty() const
    {
        return agents.empty() && events.empty() && !link && !policy && !audit;
    }
};

// `later` on top of `changes`: newest facts win, rows and events queue up to their limits.
void merge(FleetChanges& changes, FleetChanges later);

} // namespace signalbox::fleet
