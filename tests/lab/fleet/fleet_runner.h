// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/scaling/process_supervisor.h"
#include "tests/lab/fleet/fleet_options.h"
#include "tests/lab/fleet/fleet_plan.h"
#include "tests/lab/fleet/foreground_child.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace signalbox::lab_fleet {

// Brings a planned fleet up, keeps it running and takes it down again.
// Lives on: one thread. Whatever ends it, nothing that it started survives.
class FleetRunner {
public:
    FleetRunner(const FleetOptions& options, const FleetPlan& plan);

    // Engines, gateways, agents, then traffic, a line for each. Errors say which part failed and
    // show the end of its log; Cancelled when a signal came.
    base::Status start();
    // Until a signal comes or the table is left.
    base::Status watch();
    // In the order that cuts least: traffic, agents, engines.
    void stop();

private:
    using Clock = std::chrono::steady_clock;

    base::Status prepareFolders() const;
    base::Status startEngines();
    base::Status startAgents(const std::vector<AgentPart>& parts, const char* role);
    base::Status startTraffic();
    base::Status waitUntilServing();
    bool answersRequests(const FleetPlan::Pool& pool) const;
    bool isReady(const AgentPart& part) const;

    base::Status launch(scaling::ProcessSpec spec);
    base::Status waitFor(const std::string& id, const std::function<bool()>& isDone);
    base::Status openConsole();
    base::Status checkEvents();
    void tell(const scaling::ProcessEvent& event) const;
    void printPart(const std::string& role, const std::string& id, const std::string& text) const;
    base::Status writeReadyFile();
    pid_t pidOf(const std::string& id) const;
    void stopAll(const std::function<bool(const std::string&)>& isMeant);

    const FleetOptions& options_;
    const FleetPlan& plan_;
    scaling::ProcessSupervisor supervisor_;
    std::map<std::string, scaling::ProcessId> ids_;
    std::optional<ForegroundChild> console_; // while it is open
    Clock::time_point began_ = Clock::now();
    bool isUp_ = false;
    bool tableIsShown_ = false;
};

// What --ready-file gets: every address and pid of the fleet.
using PidOf = std::function<pid_t(const std::string& id)>;
std::string readyJson(const FleetPlan& plan, const PidOf& pidOf);

} // namespace signalbox::lab_fleet
