// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/process/config/agent_config.h"

#include <map>
#include <string>
#include <vector>

namespace signalbox::process {

// One thing that is wrong, where it stands and what to do: "agent.yaml:12:3: text".
struct ConfigProblem {
    std::string where; // "file:line:column", or the name of an environment variable
    std::string text;
    std::string line() const { return where.empty() ? text : where + ": " + text; }
    bool operator==(const ConfigProblem&) const = default;
};

// The config is complete only when there is no problem. Warnings never stop a start.
struct LoadedConfig {
    AgentConfig config;
    std::vector<ConfigProblem>
        problems; // all of them: the file's, the environment's, then the rules'
    std::vector<ConfigProblem> warnings;
    bool isUsable() const { return problems.empty(); }
};

using Environment = std::map<std::string, std::string>;

// The variables of this process that a configuration may depend on.
Environment processEnvironment();

// File, then SIGNALBOX_<KEY> variables over it (dots become underscores), then validation.
// An empty path = no file: defaults and environment only. Blocks on the disk; never on a FIFO.
LoadedConfig loadConfig(const std::string& path, const Environment& environment);

// The same for text at hand; `name` stands for the file in problems.
LoadedConfig parseConfig(const std::string& name, const std::string& text,
                         const Environment& environment);

} // namespace signalbox::process
