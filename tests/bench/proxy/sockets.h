// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace signalbox::bench {

// A listener on a loopback port that the system chose, or an exception.
int listenAnywhere(std::uint16_t& port);
// Connected and non-blocking, or an exception.
int connectTo(std::uint16_t port);
// Whether somebody listens there now.
bool answers(std::uint16_t port);
// A port that was free a moment ago, for programs that cannot choose one themselves.
std::uint16_t freePort();
void sendWithoutDelay(int fd);
// Level-triggered input.
void watch(int epoll, int fd);
// This process and what it starts run there; a machine with fewer CPUs runs them where it can.
void pinTo(int cpu);

} // namespace signalbox::bench
