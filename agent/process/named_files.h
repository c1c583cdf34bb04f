// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/files/seed_file.h"
#include "agent/engine/profile_registry.h"
#include "agent/process/config/agent_config.h"

#include <string>
#include <vector>

namespace signalbox::process {

// The files that a configuration names. Good only when there is no problem.
struct NamedFiles {
    engine::ProfileRegistry profiles;
    control::SeedPolicy seed;
    std::vector<std::string> problems; // all of them, each with its file and place in front
};

// Blocks on the disk: for the start and for `check`.
NamedFiles readNamedFiles(const AgentConfig& config);

} // namespace signalbox::process
