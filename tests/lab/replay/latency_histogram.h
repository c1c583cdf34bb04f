// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>

namespace signalbox::replay {

// Times in exponential buckets of base 2^(1/32): quantiles are right within about 1.1 percent,
// whatever their size, and memory stays small. Lives on: one thread.
class LatencyHistogram {
public:
    void add(std::chrono::nanoseconds time);
    std::uint64_t count() const { return count_; }
    double meanSeconds() const;
    double maxSeconds() const { return max_; }
    // Quantile 0 to 1, in seconds; 0 when nothing was added.
    double quantileSeconds(double quantile) const;

private:
    std::map<int, std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    double sum_ = 0;
    double max_ = 0;
};

} // namespace signalbox::replay
