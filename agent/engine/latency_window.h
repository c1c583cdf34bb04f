// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/canonical_series.h"

#include <array>
#include <map>

namespace signalbox::engine {

// What an engine's latency metric gained since the last sample, in the engine's own buckets, and
// the figures that can honestly be told from it. Lives on: any thread (a value).
class LatencyWindow {
public:
    // `bound` is the bucket's upper bound in seconds (infinite in the last), `gained` how much its
    // cumulative count grew.
    void addBucket(double bound, double gained) { cumulative_[bound] += gained; }
    void addSum(double seconds) { sum_ += seconds; }
    void addCount(double gained) { count_ += gained; }
    void clear() { *this = LatencyWindow(); }

    // In milliseconds, by LatencyColumn; NaN where nothing ended or the engine does not tell.
    std::array<double, kLatencyColumns> columns() const;

private:
    struct Band {
        double low;
        double high;
        double value; // interpolated between the two
    };
    Band quantile(double share) const;

    std::map<double, double> cumulative_;
    double sum_ = 0;
    double count_ = 0;
};

} // namespace signalbox::engine
