// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/impact/pool_impact.h"
#include "shared/model/command.h"

#include <string>
#include <vector>

namespace signalbox::control {

// How far the fleet has come to that revision. Agents of `altered` that have left for good are not
// counted: nobody waits for them. Pure.
model::Convergence convergenceOf(const FleetPicture& fleet, const LiveFacts& live,
                                 base::Revision revision, const std::vector<std::string>& altered,
                                 std::int64_t nowUnixMs);

} // namespace signalbox::control
