// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/commands/forecast.h"
#include "agent/control/files/fleet_picture.h"
#include "agent/control/policy_reader.h"
#include "shared/model/command.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::control {

// The newest telemetry of an agent, and how long ago it came.
struct AgentFacts {
    model::AgentState state;
    std::int64_t ageMs = 0;
};

// What is known right now beside the store; each may know nothing. Called on control.
struct LiveFacts {
    std::function<std::optional<AgentFacts>(const std::string& agent)> agent;
    // Traffic of a pool over the last minutes.
    std::function<std::optional<Demand>(const std::string& pool)> demand;
    // An engine's whole step where it was fitted; else what load reports say.
    std::function<std::optional<StepTimes>(const std::string& pool)> step;

    std::optional<AgentFacts> factsOf(const std::string& id) const
    {
        return agent ? agent(id) : std::nullopt;
    }
};

struct PreviewInputs {
    const PolicyReading* policy = nullptr; // valid, as the store has it now
    const FleetPicture* fleet = nullptr; // for its agents
    const LiveFacts* live = nullptr;
    std::int64_t nowUnixMs = 0;
};

// What a change of policy does to one pool.
struct PoolImpact {
    model::SurvivorLoad load;
    std::string refusal; // why it must not be done; empty = it may
    std::vector<std::string> warnings;
};

// From `inputs.policy` to `after`. Refused is what leaves the pool below its floor, leaves a route
// with nothing ready, or asks the survivors for more than they can do; never what changes nothing
// about who is ready. Pure.
PoolImpact impactOn(const std::string& pool, const PreviewInputs& inputs,
                    const model::Policy& after);

} // namespace signalbox::control
