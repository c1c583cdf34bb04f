// SPDX-License-Identifier: Apache-2.0
// A stream that has begun and breaks ends as an error that no client can take for an answer.
#include "tests/scenario/chat.h"
#include "tests/scenario/live_fleet.h"

#include <gtest/gtest.h>

#include <csignal>

namespace signalbox::tests {
namespace {

constexpr const char* kLongStall = R"({"kind":"stall","after":5,"count":1})";

void expectHonestEnd(const ChatAnswer& answer)
{
    EXPECT_EQ(answer.status, 200);
    EXPECT_GT(answer.textEvents, 0u);
    EXPECT_EQ(answer.judgement.verdict, replay::Verdict::ExplicitError) << describe(answer);
    EXPECT_EQ(answer.end, replay::BodyEnd::Broken) << describe(answer);
    EXPECT_NE(answer.body.find(R"("error")"), std::string::npos) << describe(answer);
    EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos) << describe(answer);
}

TEST(InterruptedStream, IsAnErrorWhateverTheEngineDoes)
{
    LiveFleet fleet({"--instances", "1"});
    for (const char* kind : {"cut", "abort", "stream_error", "early_end", "missing_done"}) {
        fleet.arm("chat-1", std::string(R"({"after":5,"count":1,"kind":")") + kind + "\"}");

        const ChatAnswer answer = chat({.url = fleet.gateway(), .prompt = kind});

        SCOPED_TRACE(kind);
        EXPECT_EQ(fleet.strikes("chat-1", kind), 1u);
        if (std::string_view(kind) == "missing_done") // the text is whole: only its last word lacks
            EXPECT_NE(answer.judgement.verdict, replay::Verdict::WrongBytes) << describe(answer);
        else
            expectHonestEnd(answer);
    }
    EXPECT_EQ(chat({.url = fleet.gateway()}).judgement.verdict, replay::Verdict::Ok);
}

TEST(InterruptedStream, IsAnErrorWhenTheEngineIsKilled)
{
    LiveFleet fleet({"--instances", "1"});
    fleet.arm("chat-1", kLongStall);
    const LiveAgent agent = fleet.agent("chat-1");

    expectHonestEnd(chat({.url = fleet.gateway(),
                          .onFirstText = [&] { EXPECT_EQ(::kill(agent.enginePid, SIGKILL), 0); }}));
}

TEST(InterruptedStream, IsAnErrorWhenTheAgentIsKilled)
{
    LiveFleet fleet({"--instances", "1"});
    const auto watch = fleet.watch();
    fleet.arm("chat-1", kLongStall);
    const LiveAgent agent = fleet.agent("chat-1");

    expectHonestEnd(chat({.url = fleet.gateway(),
                          .onFirstText = [&] { EXPECT_EQ(::kill(agent.pid, SIGKILL), 0); }}));

    ASSERT_TRUE(watch->waitForLine("gateway-1 sends to chat-1 in chat again"));
    EXPECT_EQ(chat({.url = fleet.gateway()}).judgement.verdict, replay::Verdict::Ok);
}

} // namespace
} // namespace signalbox::tests
