// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace signalbox::bench {

// The bearer token that the gateway asks for; the others ignore it.
inline constexpr std::string_view kBenchKey = "sk-bench";

// What a program and its children have used so far.
struct ProcessCost {
    double cpuUs = 0; // on a CPU, user and kernel, by the scheduler's own clock
    double anonymousKiB = 0; // resident now, without files
};

// A proxy in front of one upstream, on one core.
// Lives on: the thread that made it, which also ends it.
class Contender {
public:
    // "haproxy", "nginx" or "signalbox"; configuration and logs go below the folder. Throws when
    // it is not installed or does not answer within 15 s.
    Contender(const std::string& name, std::uint16_t upstream, const std::filesystem::path& folder);
    ~Contender();
    Contender(const Contender&) = delete;
    Contender& operator=(const Contender&) = delete;

    const std::string& name() const { return name_; }
    std::uint16_t port() const { return port_; }
    ProcessCost cost() const;

private:
    std::vector<pid_t> processes() const;

    std::string name_;
    std::uint16_t port_;
    pid_t pid_ = -1;
};

} // namespace signalbox::bench
