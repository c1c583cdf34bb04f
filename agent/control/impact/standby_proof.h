// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/impact/pool_facts.h"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::control {

// A token that is older proves nothing about now. An idle engine is asked for one every 30 s.
inline constexpr std::int64_t kTokenProofMs = 5 * 60'000;

// Whether a pool that is about to get a route's requests can answer them.
struct PoolProof {
    std::vector<model::StandbyProof> members; // what is missing first; at most kProofsShown
    std::string missing; // why it does not count as proven; empty = it does
    std::vector<std::string> notes; // members that will get no requests, and why
};

// One proof for each member, under the policy as it will be: the models that `route` is asked for
// are listed, a token was seen lately, the probes say ready. Proven is a pool where every ready
// member is, and at least one. Pure.
PoolProof proofOf(const model::Pool& pool, const model::Route& route, const PreviewInputs& inputs,
                  const model::Policy& after);

} // namespace signalbox::control
