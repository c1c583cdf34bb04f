// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/meters/latency_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace signalbox::proxy {

namespace {

// Upper bounds within one octave as mantissas in (0.5, 1]: frexp gives the same form.
const std::array<double, kHistogramPerOctave>& mantissas()
{
    static const auto table = [] {
        std::array<double, kHistogramPerOctave> bounds{};
        for (int i = 0; i < kHistogramPerOctave; ++i)
            bounds[i] = std::exp2((i + 1.0) / kHistogramPerOctave - 1);
        return bounds;
    }();
    return table;
}

int bucketOf(double seconds)
{
    int exponent = 0;
    const double mantissa = std::frexp(seconds, &exponent);
    const auto& table = mantissas();
    const auto within
        = std::lower_bound(table.begin(), table.end(), mantissa) - table.begin();
    const int octave = exponent - 1 - kHistogramFirstOctave;
    const auto index = static_cast<std::int64_t>(octave) * kHistogramPerOctave + within;
    return static_cast<int>(std::clamp<std::int64_t>(index, 0, kHistogramBuckets - 1));
}

} // namespace

void HistogramCounts::add(const HistogramCounts& other)
{
    for (int i = 0; i < kHistogramBuckets; ++i)
        buckets[i] += other.buckets[i];
    count += other.count;
    sumSeconds += other.sumSeconds;
}

void HistogramCounts::subtract(const HistogramCounts& earlier)
{
    for (int i = 0; i < kHistogramBuckets; ++i)
        buckets[i] -= earlier.buckets[i];
    count -= earlier.count;
    sumSeconds -= earlier.sumSeconds;
}

double HistogramCounts::quantileMs(double q) const
{
    if (count == 0)
        return std::numeric_limits<double>::quiet_NaN();
    const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count)));
    std::uint64_t seen = 0;
    for (int i = 0; i < kHistogramBuckets; ++i) {
        seen += buckets[i];
        if (seen >= std::max<std::uint64_t>(rank, 1))
            return histogramUpperBound(i) * std::exp2(-0.5 / kHistogramPerOctave) * 1'000;
    }
    return histogramUpperBound(kHistogramBuckets - 1) * 1'000;
}

void LatencyHistogram::record(std::chrono::nanoseconds latency)
{
    const double seconds = std::chrono::duration<double>(latency).count();
    buckets_[seconds > 0 ? bucketOf(seconds) : 0].fetch_add(1, std::memory_order_relaxed);
    sumNanoseconds_.fetch_add(
        static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0)),
        std::memory_order_relaxed);
}

void LatencyHistogram::addTo(HistogramCounts& counts) const
{
    for (int i = 0; i < kHistogramBuckets; ++i) {
        const std::uint64_t here = buckets_[i].load(std::memory_order_relaxed);
        counts.buckets[i] += here;
        counts.count += here;
    }
    counts.sumSeconds
        += static_cast<double>(sumNanoseconds_.load(std::memory_order_relaxed)) * 1e-9;
}

double histogramUpperBound(int index)
{
    return std::exp2((index + 1.0) / kHistogramPerOctave + kHistogramFirstOctave);
}

} // namespace signalbox::proxy
