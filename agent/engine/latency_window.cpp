// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/latency_window.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace signalbox::engine {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kMillisecondsPerSecond = 1000;

} // namespace

std::array<double, kLatencyColumns> LatencyWindow::columns() const
{
    const auto milliseconds = [](double seconds) {
        const double value = seconds * kMillisecondsPerSecond;
        return std::isfinite(value) ? value : kUnknown;
    };
    const Band median = quantile(0.50);
    const Band high = quantile(0.95);
    const double mean = count_ > 0 ? sum_ / count_ : kUnknown;
    return {milliseconds(mean), milliseconds(median.value), milliseconds(high.value),
            milliseconds(high.low), milliseconds(high.high)};
}

LatencyWindow::Band LatencyWindow::quantile(double share) const
{
    // Pages are not written at one instant: a wider bucket may be behind a narrower one by a few.
    double total = 0;
    for (const auto& [bound, gained] : cumulative_)
        total = std::max(total, gained);
    if (total <= 0)
        return {kUnknown, kUnknown, kUnknown};

    const double rank = share * total;
    double lowBound = 0;
    double lowCount = 0;
    for (const auto& [bound, gained] : cumulative_) {
        const double count = std::max(gained, lowCount);
        if (count >= rank && count > lowCount) {
            if (std::isinf(bound))
                return {lowBound, kUnknown, lowBound};
            const double part = (rank - lowCount) / (count - lowCount);
            return {lowBound, bound, lowBound + part * (bound - lowBound)};
        }
        lowBound = std::isinf(bound) ? lowBound : bound;
        lowCount = count;
    }
    return {kUnknown, kUnknown, kUnknown};
}

} // namespace signalbox::engine
