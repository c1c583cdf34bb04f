// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/impact/pool_facts.h"

#include <string>
#include <vector>

namespace signalbox::control {

// What a change of policy does to one pool.
struct PoolImpact {
    model::SurvivorLoad load;
    std::string refusal; // why it must not be done; empty = it may
    std::vector<std::string> warnings;
};

// From `inputs.policy` to `after`. Refused is what leaves the pool below its floor, leaves a route
// with nothing ready, or asks the survivors for more than they can do; never what changes nothing
// about who is ready. In the end `started` members more will be ready. Pure.
PoolImpact impactOn(const std::string& pool, const PreviewInputs& inputs,
                    const model::Policy& after, std::uint32_t started = 0);

} // namespace signalbox::control
