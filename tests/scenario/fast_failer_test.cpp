// SPDX-License-Identifier: Apache-2.0
// One of three engines answers 500 at once while clients keep coming: the fastest answer in the
// pool attracts nobody, no client sees a failure, and the engine is back soon after its recovery.
#include "tests/scenario/live_fleet.h"
#include "tests/scenario/load.h"

#include <gtest/gtest.h>

namespace signalbox::tests {
namespace {

// Five in a row open its breaker, what is under way by then comes on top, and a trial each 5 s.
// Its failures count against it before that, so that mostly it is asked less often.
constexpr std::uint64_t kStrikesMost = 30;

TEST(FastFailer, LosesItsTrafficCostsNobodyAndComesBack)
{
    LiveFleet fleet({"--instances", "3"});
    fleet.arm("chat-1", R"({"kind":"500","for_s":18})");

    const LoadResult failing
        = Load(fleet.gateway(), {"--rate", "20", "--duration", "15"}).finish();

    EXPECT_EQ(failing.ok, failing.requests) << failing.report;
    EXPECT_GT(failing.requests, 150U);
    EXPECT_GT(fleet.strikes("chat-1", "500"), 0U) << "the fault met somebody";
    EXPECT_LE(fleet.strikes("chat-1", "500"), kStrikesMost);
    const std::uint64_t before = fleet.engineCount("chat-1", "started");

    // It recovers soon after this begins, and has 30 s to be asked again.
    const LoadResult recovered
        = Load(fleet.gateway(), {"--rate", "20", "--duration", "36"}).finish();

    EXPECT_EQ(recovered.ok, recovered.requests) << recovered.report;
    EXPECT_LE(fleet.strikes("chat-1", "500"), kStrikesMost);
    EXPECT_GT(fleet.engineCount("chat-1", "started"), before) << "it has work again";
}

TEST(FastFailer, ARequestThatItFailedIsExplained)
{
    LiveFleet fleet({"--instances", "2"});
    fleet.arm("chat-1", R"({"kind":"500","for_s":60})");
    // The choice between two idle replicas is a coin's: one of many meets the fault.
    for (int i = 0; i < 60 && fleet.strikes("chat-1", "500") == 0; ++i) {
        const Finished asked = runToEnd(
            {"curl", "-sS", "-H", "content-type: application/json", "-H",
             "x-request-id: explained-" + std::to_string(i), "-d",
             R"({"model":"sim-8b","max_tokens":2,"messages":[{"role":"user","content":"hi"}]})",
             fleet.gateway() + "/v1/chat/completions"});
        ASSERT_EQ(asked.status, 0) << asked.output;
        if (fleet.strikes("chat-1", "500") == 0)
            continue;
        const Finished told = fleet.ctl({"explain", "explained-" + std::to_string(i)});
        EXPECT_EQ(told.status, 0) << told.output;
        EXPECT_NE(told.output.find("kept as: retried"), std::string::npos) << told.output;
        EXPECT_NE(told.output.find("attempt 1: chat-1 in chat"), std::string::npos)
            << told.output;
        EXPECT_NE(told.output.find("attempt 2: chat-2 in chat"), std::string::npos)
            << told.output;
    }
    EXPECT_GT(fleet.strikes("chat-1", "500"), 0U);
    EXPECT_NE(fleet.ctl({"explain", "nobody-asked-this"}).status, 0);
}

} // namespace
} // namespace signalbox::tests
