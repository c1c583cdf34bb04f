// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace signalbox::proxy {

// Exponential buckets of base 2^(1/32): Prometheus' native schema 5, about 1.1 % mid-bucket error,
// mergeable by addition. Covers 2^-14 s (61 µs) to 2^10 s (1,024 s); what lies outside counts in
// the end buckets.
inline constexpr int kHistogramSchema = 5;
inline constexpr int kHistogramPerOctave = 1 << kHistogramSchema;
inline constexpr int kHistogramFirstOctave = -14;
inline constexpr int kHistogramOctaves = 24;
inline constexpr int kHistogramBuckets = kHistogramOctaves * kHistogramPerOctave;

// Counts at one moment; differences of two snapshots give an interval.
struct HistogramCounts {
    std::array<std::uint64_t, kHistogramBuckets> buckets{};
    std::uint64_t count = 0;
    double sumSeconds = 0;

    void add(const HistogramCounts& other);
    void subtract(const HistogramCounts& earlier);
    // Milliseconds at the quantile q in 0..1, the geometric middle of its bucket; NaN when empty.
    double quantileMs(double q) const;
};

// Lives on: written by one core, read by any thread (relaxed atomics, no lock).
class LatencyHistogram {
public:
    void record(std::chrono::nanoseconds latency);
    void addTo(HistogramCounts& counts) const;

private:
    std::array<std::atomic<std::uint64_t>, kHistogramBuckets> buckets_{};
    std::atomic<std::uint64_t> sumNanoseconds_{0};
};

// Upper bound of a bucket in seconds: 2^((index + 1) / 32 + first octave).
double histogramUpperBound(int index);

} // namespace signalbox::proxy
