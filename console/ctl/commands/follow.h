// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/commands/commands.h"

#include <optional>
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
    bool isScale = false;
    std::optional<model::ScaleProgress> scaling; // of a scale, as last seen
    std::string problem;
};

// Shows progress until every altered agent runs the revision, and those that the change drains are
// drained, and a pool that it scales has the instances it shall have; or the time is up, or the
// operator leaves. It only looks: leaving takes nothing back.
Followed follow(Desk& desk, const model::Preview& preview, base::Revision revision);

} // namespace signalbox::ctl
