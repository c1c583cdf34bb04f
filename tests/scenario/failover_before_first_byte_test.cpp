// SPDX-License-Identifier: Apache-2.0
// A replica fails before the client has a byte: the request succeeds on another one.
#include "tests/scenario/chat.h"
#include "tests/scenario/live_fleet.h"

#include <gtest/gtest.h>

#include <csignal>

namespace signalbox::tests {
namespace {

constexpr int kRequestsMost = 60; // the choice between two idle replicas is a coin's

// Asks until the fault has struck; every answer must be whole and right.
void askUntilItStruck(LiveFleet& fleet, const std::string& kind)
{
    for (int i = 0; i < kRequestsMost && fleet.strikes("chat-1", kind) == 0; ++i) {
        const auto delivery = i % 2 == 0 ? replay::Delivery::Stream : replay::Delivery::Whole;
        const ChatAnswer answer = chat({.url = fleet.gateway(),
                                        .prompt = kind + std::to_string(i),
                                        .delivery = delivery,
                                        .tokens = 5});
        ASSERT_EQ(answer.judgement.verdict, replay::Verdict::Ok) << describe(answer);
    }
    EXPECT_GT(fleet.strikes("chat-1", kind), 0u) << kind << " never met a request";
}

TEST(FailoverBeforeFirstByte, ResetsAndRefusalsOfAnEngineCostNoRequest)
{
    for (const char* kind : {"reset", "503", "429", "500"}) {
        // A fleet each: who has just failed gets little traffic for a while.
        LiveFleet fleet({"--instances", "2"});
        fleet.arm("chat-1", std::string(R"({"count":1,"kind":")") + kind + "\"}");
        askUntilItStruck(fleet, kind);
    }
}

TEST(FailoverBeforeFirstByte, AnEngineThatIsKilledCostsNoRequest)
{
    LiveFleet fleet({"--instances", "2"});
    const auto watch = fleet.watch();

    ASSERT_EQ(::kill(fleet.agent("chat-1").enginePid, SIGKILL), 0);
    for (int i = 0; i < 20; ++i) {
        const ChatAnswer answer = chat({.url = fleet.gateway(), .tokens = 3});
        ASSERT_EQ(answer.judgement.verdict, replay::Verdict::Ok) << describe(answer);
    }

    EXPECT_TRUE(fleet.program().waitForLine("engine-chat-1 ended by signal 9"));
    EXPECT_TRUE(fleet.program().waitForLine("engine-chat-1 started"));
}

TEST(FailoverBeforeFirstByte, AnAgentThatIsKilledCostsNoRequestAndIsTakenBack)
{
    LiveFleet fleet({"--instances", "2"});
    const auto watch = fleet.watch();

    ASSERT_EQ(::kill(fleet.agent("chat-1").pid, SIGKILL), 0);
    for (int i = 0; i < 20; ++i) {
        const ChatAnswer answer = chat({.url = fleet.gateway(), .tokens = 3});
        ASSERT_EQ(answer.judgement.verdict, replay::Verdict::Ok) << describe(answer);
    }

    EXPECT_TRUE(watch->waitForLine("gateway-1 sends nothing to chat-1"));
    EXPECT_TRUE(watch->waitForLine("gateway-1 sends to chat-1 in chat again"));
}

} // namespace
} // namespace signalbox::tests
