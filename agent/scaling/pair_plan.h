// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/scaling/process_spec.h"
#include "shared/base/result.h"
#include "shared/model/policy.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace signalbox::scaling {

// What the supervising agent knows and allows; the same for every pair that it starts.
struct ScalerSettings {
    bool isEnabled = false;
    std::string agentId; // of the supervising agent
    std::string agentProgram; // whole path: started beside each engine
    std::vector<std::string> programs; // what a command of policy may begin with
    std::filesystem::path folder; // of all pairs; each gets one of its own in it
    std::string fleet;
    std::string zone;
    std::vector<std::string> storeEndpoints;
    bool isStoreInsecure = false;
};

struct PairPorts {
    std::uint16_t engine = 0;
    std::uint16_t serve = 0;
    std::uint16_t control = 0;
    std::uint16_t observe = 0;
};

// What must lie on disk before a pair is started.
struct PairFiles {
    std::vector<std::filesystem::path> folders;
    std::filesystem::path configFile;
    std::string configText;
};

// Everything about one pair, decided before anything of it exists.
struct PairPlan {
    std::string id;
    std::string serve; // address of the agent, as its record will say
    std::filesystem::path logFolder;
    PairFiles files;
    ProcessSpec engine;
    ProcessSpec agent;
};

// Why these settings start no instance of the pool; empty = they may.
std::string whyNot(const model::PoolScale& scale, const ScalerSettings& settings);

// The pair at that place of a pool that has a scale. Pure. Errors: whyNot(), a placeholder that
// stands for nothing.
base::Result<PairPlan> planPair(const model::Pool& pool, std::uint32_t index,
                                const PairPorts& ports, const ScalerSettings& settings);

} // namespace signalbox::scaling
