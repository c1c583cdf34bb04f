// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/commands/commands.h"

#include <set>
#include <string>
#include <vector>

namespace signalbox::ctl {

// How it went, for the words and the JSON at the end.
struct Followed {
    ExitCode code = ExitCode::Done;
    model::Convergence convergence;
    std::vector<AgentFacts> agents; // the altered ones, as last seen
    std::set<std::string> drained; // of those, who had to end what it has open
    std::string problem;
};

// Shows progress until every altered agent runs the revision, and those that the change drains are
// drained; or the time is up, or the operator leaves. It only looks: leaving takes nothing back.
Followed follow(Desk& desk, const model::Preview& preview, base::Revision revision);

} // namespace signalbox::ctl
