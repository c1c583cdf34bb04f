// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/bench/routing/engine_model.h"

#include <string_view>
#include <vector>

namespace signalbox::routing {

enum class Policy : std::uint8_t {
    Random,
    RoundRobin,
    LeastRequests, // open at this gateway
    TwoChoices, // the router's own, as where no agent reports
    Router, // the router's own, with reports and prefixes
};
inline constexpr Policy kPolicies[] = {Policy::Random, Policy::RoundRobin, Policy::LeastRequests,
                                       Policy::TwoChoices, Policy::Router};
std::string_view nameOf(Policy policy);

struct Outcome {
    double mean = 0; // seconds to the first token
    double p50 = 0;
    double p95 = 0;
    double p99 = 0;
    double cachedShare = 0; // of prompt tokens
    double choiceMicroseconds = 0; // of this machine, a request; prefix included
};

struct Setting {
    std::string_view name;
    const std::vector<Arrival>* arrivals = nullptr;
    EngineConstants engine;
    int replicas = 8;
    double slowFirst = 1; // the first replica takes so many times as long
};

// One gateway with one core in front of the replicas; all of the trace. Same seed, same outcome.
Outcome replay(const Setting& setting, Policy policy, std::uint64_t seed);

} // namespace signalbox::routing
