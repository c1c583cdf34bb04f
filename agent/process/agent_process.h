// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/process/config/agent_config.h"
#include "shared/base/result.h"

#include <memory>
#include <string>

namespace signalbox::process {

// One agent, whole: its rooms built in order, listeners last; stopped in reverse.
// Lives on: start(), stop() and the destructor on the thread that composes the process (main).
// Failure: start() says what is wrong and leaves nothing behind.
class AgentProcess {
public:
    static base::Result<std::unique_ptr<AgentProcess>> start(AgentConfig config);
    ~AgentProcess();
    AgentProcess(const AgentProcess&) = delete;
    AgentProcess& operator=(const AgentProcess&) = delete;

    // No new work; what is open may end within the configured drain deadline, then it is cut; the
    // place in the fleet is given up; everything ends. True when nothing had to be cut.
    bool stop();

private:
    struct Parts;
    explicit AgentProcess(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace signalbox::process
