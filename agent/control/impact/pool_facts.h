// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/files/fleet_picture.h"
#include "agent/control/impact/forecast.h"
#include "agent/control/policy_reader.h"
#include "shared/model/command.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// What is known about pools and their members at the moment of a preview. All pure.
namespace signalbox::control {

inline constexpr std::int64_t kFreshFactsMs = 10'000; // older telemetry does not count
inline constexpr double kCrowdedUtilisation = 0.8;
inline constexpr double kSaturatedUtilisation = 0.95;

// The newest telemetry of an agent, and how long ago it came.
struct AgentFacts {
    model::AgentState state;
    std::int64_t ageMs = 0;
};

// The machine on which instances are started, and how long one takes.
struct StartFacts {
    std::uint32_t cpus = 0; // 0 = not known, as the others
    std::uint64_t memoryBytes = 0;
    std::uint64_t memoryFreeBytes = 0;
    std::int64_t lastStartMs = 0;
};

// What is known right now beside the store; each may know nothing. Called on control.
struct LiveFacts {
    std::function<std::optional<AgentFacts>(const std::string& agent)> agent;
    // Traffic of a pool over the last minute.
    std::function<std::optional<Demand>(const std::string& pool)> demand;
    // An engine's whole step where it was fitted; else what load reports say.
    std::function<std::optional<StepTimes>(const std::string& pool)> step;

    // What a start of the pool's instances meets on this machine, when they start here.
    std::function<std::optional<StartFacts>(const std::string& pool)> start = {};

    std::optional<AgentFacts> factsOf(const std::string& id) const
    {
        return agent ? agent(id) : std::nullopt;
    }
    // The same, unless it is too old to count.
    std::optional<AgentFacts> freshFactsOf(const std::string& id) const
    {
        auto facts = factsOf(id);
        return facts && facts->ageMs < kFreshFactsMs ? facts : std::nullopt;
    }
};

struct PreviewInputs {
    const PolicyReading* policy = nullptr; // valid, as the store has it now
    const FleetPicture* fleet = nullptr; // for its agents
    const LiveFacts* live = nullptr;
    std::int64_t nowUnixMs = 0;
};

// Work on the ready members of a pool.
struct PoolWork {
    std::vector<model::LoadReport> reports; // of those that have reported lately
    std::uint32_t open = 0; // exchanges
};

// The engine's verdict: newer telemetry wins over the registration, which is written on change
// only.
model::Verdict verdictOf(const model::AgentRecord& record, const PreviewInputs& inputs);
// It is here, its engine serves, and people want it to take work under that policy.
bool isReady(const model::AgentRecord& record, const model::Policy& policy,
             const PreviewInputs& inputs);
// Engines without an agent that some gateway sees nothing against, by address.
std::vector<std::string> readyStatics(const model::Pool& pool, const PreviewInputs& inputs);
// Members of both kinds that are ready.
std::uint32_t readyIn(const std::string& pool, const model::Policy& policy,
                      const PreviewInputs& inputs);
PoolWork workOf(const std::string& pool, const model::Policy& policy, const PreviewInputs& inputs);
// Exchanges that are open on the agent, as far as is known.
std::uint32_t openOn(const model::AgentState& state);

// What that many equal members would feel. Without known traffic, the placed work is shared out.
Forecast forecastFor(const std::string& pool, const std::optional<Demand>& demand,
                     const std::vector<model::LoadReport>& reports, std::uint32_t members,
                     const PreviewInputs& inputs);

// "1 ready instance", "3 ready instances".
std::string readyText(std::uint32_t count);

} // namespace signalbox::control
