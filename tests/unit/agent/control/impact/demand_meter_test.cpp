// SPDX-License-Identifier: Apache-2.0
#include "agent/control/impact/demand_meter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::control {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kBoth{"gpu-01", "gpu-02"};

base::Monotonic at(std::chrono::milliseconds sinceStart)
{
    return base::Monotonic{} + 1'000s + sinceStart;
}

// An agent that is asked for the same each second, and reports four times in it.
void serve(DemandMeter& meter, const std::string& agent, std::uint64_t eachSecond, int from, int to)
{
    for (int second = from; second < to; ++second) {
        for (int quarter = 0; quarter < 4; ++quarter) {
            const std::uint64_t requests = eachSecond * static_cast<std::uint64_t>(second - from);
            meter.take(agent, {requests, requests * 300, requests * 50},
                       at(second * 1'000ms + quarter * 250ms));
        }
    }
}

TEST(DemandMeter, SumsWhatThePoolsAgentsWereAskedFor)
{
    DemandMeter meter;
    serve(meter, "gpu-01", 3, 0, 90);
    serve(meter, "gpu-02", 5, 0, 90);

    const auto demand = meter.of(kBoth, at(90s));

    ASSERT_TRUE(demand);
    EXPECT_DOUBLE_EQ(demand->requestsPerSecond, 8);
    EXPECT_DOUBLE_EQ(demand->promptTokens, 300);
    EXPECT_DOUBLE_EQ(demand->outputTokens, 50);
    EXPECT_DOUBLE_EQ(demand->dispersion, 0) << "as even as a clock";
}

TEST(DemandMeter, OnlyTheLastMinuteCounts)
{
    DemandMeter meter;
    serve(meter, "gpu-01", 100, 0, 60);
    // Then nothing new for more than a minute, but its reports go on.
    for (int second = 60; second < 130; ++second)
        meter.take("gpu-01", {5'900, 5'900 * 300, 5'900 * 50}, at(second * 1'000ms));

    const auto demand = meter.of(kBoth, at(130s));

    ASSERT_TRUE(demand);
    EXPECT_DOUBLE_EQ(demand->requestsPerSecond, 0);
    EXPECT_DOUBLE_EQ(demand->dispersion, 1);
}

TEST(DemandMeter, ABurstIsSeenAsOne)
{
    DemandMeter meter;
    for (int second = 0; second <= 40; ++second)
        meter.take("gpu-01", {second < 20 ? 0U : 80U, 0, 0}, at(second * 1'000ms));

    const auto demand = meter.of(kBoth, at(41s));

    ASSERT_TRUE(demand);
    EXPECT_DOUBLE_EQ(demand->requestsPerSecond, 2);
    EXPECT_GT(demand->dispersion, 50) << "all within one of forty seconds";
}

TEST(DemandMeter, TooLittleToSayIsNothing)
{
    DemandMeter meter;
    EXPECT_FALSE(meter.of(kBoth, at(0s)));

    serve(meter, "gpu-01", 3, 0, 60);
    EXPECT_TRUE(meter.of(kBoth, at(60s))) << "the other one reports nothing: it serves nothing";

    serve(meter, "gpu-02", 3, 55, 60);
    EXPECT_FALSE(meter.of(kBoth, at(60s))) << "it has reported for five seconds only";

    meter.forget("gpu-02");
    EXPECT_TRUE(meter.of(kBoth, at(60s)));
}

TEST(DemandMeter, AnAgentThatBeganAnewBeginsAnewHere)
{
    DemandMeter meter;
    serve(meter, "gpu-01", 100, 0, 60);
    serve(meter, "gpu-01", 2, 60, 75);

    const auto demand = meter.of(kBoth, at(75s));

    ASSERT_TRUE(demand);
    EXPECT_DOUBLE_EQ(demand->requestsPerSecond, 2);
}

TEST(DemandMeter, SecondsWithoutAReportAreLikeTheOneBefore)
{
    DemandMeter meter;
    for (const int second : {0, 9, 18, 27})
        meter.take("gpu-01", {static_cast<std::uint64_t>(second), 0, 0}, at(second * 1'000ms));

    const auto demand = meter.of(kBoth, at(28s));

    ASSERT_TRUE(demand);
    EXPECT_DOUBLE_EQ(demand->requestsPerSecond, 1);
}

} // namespace
} // namespace signalbox::control
