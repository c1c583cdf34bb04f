// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/replay/latency_histogram.h"

#include <algorithm>
#include <cmath>

namespace signalbox::replay {

namespace {
constexpr double kBucketsPerDoubling = 32;
constexpr double kLeastSeconds = 1e-6;
}

void LatencyHistogram::add(std::chrono::nanoseconds time)
{
    const double seconds = std::max(std::chrono::duration<double>(time).count(), kLeastSeconds);
    ++buckets_[static_cast<int>(std::ceil(std::log2(seconds) * kBucketsPerDoubling))];
    ++count_;
    sum_ += seconds;
    max_ = std::max(max_, seconds);
}

double LatencyHistogram::meanSeconds() const
{
    return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

double LatencyHistogram::quantileSeconds(double quantile) const
{
    const auto wanted
        = static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (const auto& [bucket, count] : buckets_) {
        seen += count;
        if (seen >= wanted)
            return std::min(max_, std::exp2((bucket - 0.5) / kBucketsPerDoubling));
    }
    return max_;
}

} // namespace signalbox::replay
