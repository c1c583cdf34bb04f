// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/commands/commands.h"

#include <string>
#include <vector>

namespace signalbox::ctl {

// What a change is followed to.
enum class Goal {
    Applied, // every altered agent runs the new revision
    Drained, // and has no request open any more
};

// How it went, for the words and the JSON at the end.
struct Followed {
    ExitCode code = ExitCode::Done;
    model::Convergence convergence;
    std::vector<AgentFacts> agents; // the altered ones, as last seen
    std::string problem;
};

// Shows progress until the goal is reached, the time is up or the operator leaves. It only looks:
// leaving takes nothing back.
Followed follow(Desk& desk, const model::Preview& preview, base::Revision revision, Goal goal);

} // namespace signalbox::ctl
