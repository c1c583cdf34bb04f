// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <sys/types.h>

namespace signalbox::bench {

// A model server that costs nothing: a fixed answer of 560 bytes, or, where the request says
// "stream":true, "max_tokens" events at "seed" milliseconds from each other.
// Lives on: a process of its own, on CPU 1, so that its time is not the proxy's.
class StaticUpstream {
public:
    StaticUpstream();
    ~StaticUpstream();
    StaticUpstream(const StaticUpstream&) = delete;
    StaticUpstream& operator=(const StaticUpstream&) = delete;
    std::uint16_t port() const { return port_; }

private:
    std::uint16_t port_ = 0;
    pid_t pid_ = -1;
};

} // namespace signalbox::bench
