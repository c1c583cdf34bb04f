// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/scaling/held_port.h"
#include "shared/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::lab_fleet {

// Loopback ports that stay ours for as long as this lives, so that a process that is started
// again finds its port free. Lives on: one thread.
class PortBook {
public:
    // One that the system chooses.
    base::Result<std::uint16_t> any();
    // This one. AlreadyExists when somebody listens there; the message says who.
    base::Result<std::uint16_t> exactly(std::uint16_t port);

private:
    std::vector<scaling::HeldPort> ports_;
};

// "process 812 (nginx)", as far as this user may know; empty when nobody is found.
std::string listenerOf(std::uint16_t port);

} // namespace signalbox::lab_fleet
