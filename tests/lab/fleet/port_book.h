// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::lab_fleet {

// Loopback ports that stay ours for as long as this lives, so that a process that is started
// again finds its port free. They are bound and never listened on; the process that listens
// sets SO_REUSEADDR, as servers do. Lives on: one thread.
class PortBook {
public:
    PortBook() = default;
    ~PortBook();
    PortBook(const PortBook&) = delete;
    PortBook& operator=(const PortBook&) = delete;

    // One that the system chooses.
    base::Result<std::uint16_t> any();
    // This one. AlreadyExists when somebody listens there; the message says who.
    base::Result<std::uint16_t> exactly(std::uint16_t port);

private:
    std::vector<int> sockets_;
};

// "process 812 (nginx)", as far as this user may know; empty when nobody is found.
std::string listenerOf(std::uint16_t port);

} // namespace signalbox::lab_fleet
