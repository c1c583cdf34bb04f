// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/scaling/process_spec.h"
#include "shared/base/result.h"
#include "tests/lab/fleet/engine_question.h"
#include "tests/lab/fleet/fleet_options.h"
#include "tests/lab/fleet/port_book.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace signalbox::lab_fleet {

// A model server beside an agent; simulated unless the user named it.
struct EnginePart {
    std::string id;
    std::string pool;
    std::string model;
    std::string url; // http://host:port
    std::string kind; // for people
    std::uint16_t port = 0; // of a simulated one; 0: not ours
    bool isSimulated() const { return port != 0; }
};

// An agent: a gateway, or beside an engine.
struct AgentPart {
    std::string id;
    std::string pool;      // empty: a gateway
    std::string engineUrl; // empty: a gateway
    std::uint16_t serve = 0;
    std::uint16_t control = 0;
    std::uint16_t observe = 0;
    std::uint16_t store = 0; // 0: it uses another one's
};

// What is started, and where; decided before anything runs.
struct FleetPlan {
    struct Pool {
        std::string name;
        std::string model;
        std::string standby; // pool of the instances that wait behind it; empty: none
    };
    std::vector<Pool> pools;
    bool isStandby(const AgentPart& agent) const;
    std::vector<EnginePart> engines;
    std::vector<AgentPart> gateways;
    std::vector<AgentPart> agents; // in the order of engines
};

struct KnownEngine {
    lab::HttpUrl url;
    EngineAnswer answer;
};

// Errors: a default port that somebody else uses.
base::Result<FleetPlan> planFleet(const FleetOptions& options,
                                  const std::vector<KnownEngine>& engines, PortBook& ports);

// Files and commands of the parts; all paths are in the options' data folder.
std::filesystem::path stateFolder(const FleetOptions& options, const std::string& id);
std::filesystem::path logFile(const FleetOptions& options, const std::string& id);
std::filesystem::path configFile(const FleetOptions& options, const std::string& id);
std::filesystem::path readyFile(const FleetOptions& options, const std::string& id);
std::filesystem::path seedFile(const FleetOptions& options);

std::string agentConfig(const FleetOptions& options, const FleetPlan& plan, const AgentPart& part);
std::string policySeed(const FleetOptions& options, const FleetPlan& plan);

scaling::ProcessSpec engineProcess(const FleetOptions& options, const EnginePart& part);
scaling::ProcessSpec agentProcess(const FleetOptions& options, const AgentPart& part);
scaling::ProcessSpec trafficProcess(const FleetOptions& options, const FleetPlan& plan,
                                    const FleetPlan::Pool& pool);

} // namespace signalbox::lab_fleet
