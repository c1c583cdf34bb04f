// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/impact/pool_facts.h"

#include <string>
#include <vector>

namespace signalbox::control {

// What moving a route between pools does to them.
struct RouteImpact {
    std::vector<model::SurvivorLoad> loads; // pools whose share changes: those that gain come first
    std::vector<model::StandbyProof> proofs; // of pools that got nothing before
    std::vector<std::string> refusals; // why it must not be done; empty = it may
    std::vector<std::string> poolsAtRisk; // to be typed to do it all the same
    std::vector<std::string> warnings;
};

// From `inputs.policy` to `after`. Refused is what sends requests to a pool that is not proven, has
// fewer ready members than its floor, or would be asked for more than it can do. A pool that other
// routes use too counts with all its traffic. Pure.
RouteImpact impactOfRoute(const std::string& route, const PreviewInputs& inputs,
                          const model::Policy& after);

} // namespace signalbox::control
