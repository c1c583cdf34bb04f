// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::health {

struct HostColumn {
    std::string_view name;
    std::string_view unit;
    std::string_view sentence;
};
// In the order of HostSample::values; all are gauges.
std::span<const HostColumn> hostColumns();

struct HostSample {
    std::vector<double> values; // NaN = the system does not tell
};

// CPU and memory of the machine as this process may use them (its control group's limits where it
// has some, version 1 or 2), and what the agent itself takes. Reads small files of /proc and /sys.
// Lives on: control. Owned by agent/process. What cannot be read is NaN, never a guess.
class HostMetrics {
public:
    // `root` stands in front of /proc and /sys: a test's own tree, or "/".
    explicit HostMetrics(const base::Clock& clock, std::filesystem::path root = "/");

    HostSample read();

private:
    struct CpuTimes {
        double busy = 0; // seconds
        double total = 0;
    };
    std::optional<CpuTimes> machineCpu() const;
    std::optional<double> ownCpuSeconds() const;
    double allowedCpus() const;
    std::optional<double> memoryLimit() const;
    std::optional<double> memoryUsed() const;
    std::optional<std::string> file(std::string_view path) const;
    std::optional<double> number(std::string_view path) const;
    std::string groupOf(std::string_view controller) const;

    const base::Clock& clock_;
    std::filesystem::path root_;
    std::optional<CpuTimes> cpuBefore_;
    std::optional<double> ownBefore_;
    base::Monotonic readAt_{};
};

} // namespace signalbox::health
