// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"
#include "shared/model/fleet.h"

#include <optional>

namespace signalbox::telemetry {

// Decides which changes of an agent's state are told at once. Words, verdicts and drains are;
// numbers that always move (loads, counters, ages) go along with those, and by themselves only
// every limits::kStateRefresh: samples carry them each second for a tenth of the bytes.
// Lives on: control. Owned by FactsSide.
class StatePace {
public:
    // True = tell this state now; it is then taken as told.
    bool mustTell(const model::AgentState& now, base::Monotonic at);

private:
    std::optional<model::AgentState> told_;
    model::AgentState words_; // of told_, without the numbers that always move
    base::Monotonic toldAt_;
};

} // namespace signalbox::telemetry
