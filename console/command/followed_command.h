// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/answers.h"
#include "shared/model/command.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::command {

enum class CommandStage : std::uint8_t {
    Converging, // not every agent that it alters runs it yet
    Following, // all do; what it set going has not come to its end (a drain)
    Done,
    LetGo, // the operator has seen enough; nothing is taken back
};

// One agent that a command drains, as far as it has come.
struct DrainView {
    std::string agent;
    bool isKnown = false; // the fleet tells of it
    bool isGone = false; // it left before the end
    bool isApplied = false;
    bool isDrained = false; // safe to stop
    bool isTakenBack = false; // a later command gives it work again
    std::uint32_t left = 0; // open requests
    std::uint32_t most = 0; // seen open since the command
    std::int64_t longestMs = 0; // age of the oldest open one
};

// A pool on its way to another number of instances, as the agent that starts them tells.
struct ScaleView {
    bool isKnown = false; // it has told of this number
    std::uint32_t desired = 0;
    std::uint32_t ready = 0; // those that somebody else starts included
    std::uint32_t starting = 0; // or loading, or waiting to be started again
    std::uint32_t leaving = 0; // draining or stopping
    std::string problem; // why nothing can be started; empty = nothing is in the way

    bool isSettled() const { return isKnown && ready == desired && starting + leaving == 0; }
};

// A command that was applied, and what has come of it. A value: the desk makes a new one each time
// it looks.
struct FollowedCommand {
    std::uint64_t auditNumber = 0; // its name
    base::Revision revision = 0;
    bool wasApplied = false; // by an earlier try of the same request
    std::int64_t appliedUnixMs = 0; // when the answer came, by our clock
    std::int64_t previewedUnixMs = 0;
    std::string operatorName;
    std::string cause;
    model::Preview preview; // as it was applied: what it said can be held against what came
    CommandStage stage = CommandStage::Converging;
    std::optional<model::Convergence> convergence; // nothing = not asked yet
    std::string problem; // why convergence cannot be asked now; empty = it was
    std::vector<DrainView> drains;
    std::optional<ScaleView> scale; // of a ScaleEdit
    std::int64_t endedUnixMs = 0; // of Done

    std::uint32_t left() const;
    std::uint32_t most() const;
    std::int64_t longestMs() const;
    bool hasDrain() const { return !drains.empty(); }
};

// Agents that the edit wants drained.
std::vector<std::string> drainedBy(const model::Edit& edit);

} // namespace signalbox::command
