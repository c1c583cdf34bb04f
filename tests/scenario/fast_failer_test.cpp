// SPDX-License-Identifier: Apache-2.0
// One of three engines answers 500 at once while clients keep coming: the fastest answer in the
// pool attracts nobody, no client sees a failure, and the engine is back soon after its recovery.
#include "tests/scenario/live_fleet.h"
#include "tests/scenario/load.h"

#include <gtest/gtest.h>

#include <chrono>

namespace signalbox::tests {
namespace {

using Seconds = std::chrono::duration<double>;

// Five in a row open its breaker, what is under way by then comes on top, and a trial each 5 s.
constexpr std::uint64_t kStrikesMost = 30;

TEST(FastFailer, LosesItsTrafficCostsNobodyAndComesBack)
{
    LiveFleet fleet({"--instances", "3"});
    const auto watch = fleet.watch();
    Load load(fleet.gateway(), {"--rate", "20", "--duration", "50"});
    ASSERT_TRUE(load.hasBegun());

    fleet.arm("chat-1", R"({"kind":"500","for_s":12})");
    const auto armed = std::chrono::steady_clock::now();

    ASSERT_TRUE(
        watch->waitForLine("gateway-1 sends nothing to chat-1 in chat: its breaker is open"))
        << watch->output();
    ASSERT_TRUE(watch->waitForLine("gateway-1 sends to chat-1 in chat again")) << watch->output();
    const Seconds away = std::chrono::steady_clock::now() - armed;
    EXPECT_GE(away.count(), 12) << "it was let in while it still failed";
    EXPECT_LE(away.count(), 12 + 30) << "30 s after it had recovered";
    EXPECT_LE(fleet.strikes("chat-1", "500"), kStrikesMost);
    const std::uint64_t before = fleet.engineCount("chat-1", "started");

    const LoadResult result = load.finish();

    EXPECT_EQ(result.ok, result.requests) << result.report;
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
