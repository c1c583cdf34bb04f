// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/state_pace.h"

#include "shared/base/limits.h"

#include <utility>

namespace signalbox::telemetry {

namespace {

model::AgentState withoutMovingNumbers(model::AgentState state)
{
    const bool acceptsWork = state.load.acceptsWork;
    state.load = {};
    state.load.acceptsWork = acceptsWork;
    state.snapshotAgeMs = 0;
    if (state.drain.phase != model::DrainPhase::Draining)
        state.drain.longestMs = 0; // while it drains, somebody looks at it
    for (model::MemberView& member : state.members) {
        member.inFlight = 0;
        member.requestsTotal = 0;
        member.failuresTotal = 0;
        member.reportAgeMs = 0;
    }
    return state;
}

} // namespace

bool StatePace::mustTell(const model::AgentState& now, base::Monotonic at)
{
    const bool isDue = !told_ || (at - toldAt_ >= limits::kStateRefresh && now != *told_);
    model::AgentState words = withoutMovingNumbers(now);
    if (!isDue && words == words_)
        return false;
    words_ = std::move(words);
    told_ = now;
    toldAt_ = at;
    return true;
}

} // namespace signalbox::telemetry
