// SPDX-License-Identifier: Apache-2.0
#include "agent/process/named_files.h"

#include <utility>

namespace signalbox::process {

NamedFiles readNamedFiles(const AgentConfig& config)
{
    NamedFiles files;
    auto profiles = engine::ProfileRegistry::load(config.profilesDir);
    files.profiles = std::move(profiles.registry);
    files.problems = std::move(profiles.problems);
    if (config.policySeed.empty())
        return files;
    files.seed = control::readSeedPolicy(config.policySeed);
    files.problems.insert(files.problems.end(), files.seed.problems.begin(),
                          files.seed.problems.end());
    return files;
}

} // namespace signalbox::process
