// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/process/config/agent_config.h"
#include "agent/process/config/config_file.h"

#include <string>
#include <vector>

namespace signalbox::process {

// A value that its own type allows and the rest of the configuration does not.
struct RuleProblem {
    std::string key; // the key to look at first
    std::string text;
};

// Fills in what is derived: the id from the host name, the data directory from the environment;
// turns the store's listener off where the store is elsewhere.
void completeConfig(AgentConfig& config, const Environment& environment);

// Everything that is wrong with a completed configuration, group by group.
std::vector<RuleProblem> checkRules(const AgentConfig& config);

} // namespace signalbox::process
