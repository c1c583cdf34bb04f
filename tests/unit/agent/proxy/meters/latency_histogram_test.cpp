// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/meters/latency_histogram.h"

#include <gtest/gtest.h>

#include <cmath>

namespace signalbox::proxy {
namespace {

using namespace std::chrono_literals;

TEST(LatencyHistogram, QuantilesAreWithinTwoPercentOverTheWholeRange)
{
    for (const std::chrono::nanoseconds value : std::initializer_list<std::chrono::nanoseconds>{
             100us, 1ms, 37ms, 250ms, 1s, 12s, 600s}) {
        LatencyHistogram histogram;
        histogram.record(value);
        HistogramCounts counts;
        histogram.addTo(counts);

        const double expected = std::chrono::duration<double, std::milli>(value).count();
        EXPECT_NEAR(counts.quantileMs(0.5) / expected, 1, 0.02) << expected << " ms";
        EXPECT_NEAR(counts.sumSeconds * 1'000, expected, expected * 1e-9);
    }
}

TEST(LatencyHistogram, ABucketHoldsWhatLiesAtOrBelowItsUpperBound)
{
    LatencyHistogram histogram;
    const double bound = histogramUpperBound(200);
    histogram.record(std::chrono::nanoseconds(static_cast<std::int64_t>(bound * 0.9999e9)));
    histogram.record(std::chrono::nanoseconds(static_cast<std::int64_t>(bound * 1.0001e9)));
    HistogramCounts counts;
    histogram.addTo(counts);

    EXPECT_EQ(counts.buckets[200], 1U);
    EXPECT_EQ(counts.buckets[201], 1U);
}

TEST(LatencyHistogram, DifferencesOfSnapshotsGiveAnInterval)
{
    LatencyHistogram histogram;
    histogram.record(1ms);
    HistogramCounts before;
    histogram.addTo(before);
    for (int i = 0; i < 9; ++i)
        histogram.record(100ms);
    histogram.record(2s);
    HistogramCounts after;
    histogram.addTo(after);

    after.subtract(before);

    EXPECT_EQ(after.count, 10U);
    EXPECT_NEAR(after.quantileMs(0.5), 100, 2);
    EXPECT_NEAR(after.quantileMs(0.95), 2'000, 40);
}

TEST(LatencyHistogram, WhatLiesOutsideTheRangeCountsAtItsEnds)
{
    LatencyHistogram histogram;
    histogram.record(0ns);
    histogram.record(1ns);
    histogram.record(24h);
    HistogramCounts counts;
    histogram.addTo(counts);

    EXPECT_EQ(counts.buckets.front(), 2U);
    EXPECT_EQ(counts.buckets.back(), 1U);
    EXPECT_TRUE(std::isnan(HistogramCounts{}.quantileMs(0.5)));
}

} // namespace
} // namespace signalbox::proxy
