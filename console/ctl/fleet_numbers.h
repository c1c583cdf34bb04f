// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/fleet.h"

#include <optional>
#include <string>
#include <vector>

// What tables and JSON say about an agent, a pool and the fleet, as plain numbers.
namespace signalbox::ctl {

// nullopt: the agent does not measure it, or has not yet.
struct Numbers {
    std::optional<double> requestsPerSecond;
    std::optional<double> errorsPerSecond;
    std::optional<double> retriesPerSecond;
    std::optional<double> tokensPerSecond;
    std::optional<double> inFlight;
    std::optional<double> queued;
    std::optional<double> ttftP50Ms;
    std::optional<double> ttftP95Ms;
    std::optional<double> kvShare; // 0..1
    std::optional<double> cpuShare; // of one core
    std::optional<double> residentBytes;
};

Numbers numbersOf(const AgentFacts& agent);
model::Freshness freshnessOf(const AgentFacts& agent);

// Sums where the client's request enters: over gateways, or over all agents where there is none.
// Percentiles do not add up: of several gateways the worst is shown.
struct Summary {
    Numbers numbers;
    std::size_t entries = 0; // agents that the numbers are of
    std::size_t gateways = 0;
    std::size_t instances = 0;
    std::size_t ready = 0; // instances that may serve
    std::size_t draining = 0;
    std::size_t drained = 0;
    std::size_t notLive = 0; // late, stale or disconnected
    base::Revision newestRevision = 0;
    std::size_t behindRevision = 0; // agents that run an older one
    std::int64_t storeAwaySinceUnixMs = 0; // the earliest; 0 = nobody misses it
};
Summary summaryOf(const Picture& picture);

struct PoolLine {
    std::string name;
    std::string model; // as its engines know it
    std::uint32_t readyFloor = 0;
    std::size_t members = 0; // agents; static members come on top
    std::size_t staticMembers = 0;
    std::size_t ready = 0;
    std::size_t draining = 0;
    Numbers numbers; // sums over its instances
};
std::vector<PoolLine> poolsOf(const Picture& picture, const model::Policy& policy);

// Why an operator should look at this agent, one sentence each; empty = no reason.
std::vector<std::string> concernsOf(const AgentFacts& agent, std::int64_t nowUnixMs);

// "drain: 3 left, 41.0s" (the longest), "drained: safe to stop", "maint", "-" for run.
std::string adminText(const model::AgentState& state);
// LIVE, LATE 4.2s, STALE 12.0s, DISCONNECTED 45.1s, LEFT.
std::string freshnessText(const AgentFacts& agent);

} // namespace signalbox::ctl
