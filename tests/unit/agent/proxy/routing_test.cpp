// SPDX-License-Identifier: Apache-2.0
// Where a request goes, what keeps it from going elsewhere, and what is told of it.
#include "tests/support/proxy_harness.h"
#include "tests/support/scripted_engine.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace signalbox::proxy {
namespace {

using namespace tests;

const std::string kGoodBody
    = R"({"id":"c1","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}],)"
      R"("usage":{"prompt_tokens":7,"completion_tokens":3}})";
const std::string kTooLong
    = R"({"error":{"message":"This model's maximum context length is 4096 tokens."}})";

void addLargerContext(ProxyHarness& proxy, const std::string& engine)
{
    proxy.edit([&](ProxySnapshot& snapshot) {
        auto traits = std::make_shared<upstream::EngineTraits>();
        traits->classify = [](int status, std::string_view body) {
            if (status < 400)
                return upstream::AnswerClass::Success;
            return body.find("maximum context length") == std::string_view::npos
                ? upstream::AnswerClass::BadRequest
                : upstream::AnswerClass::ContextOverflow;
        };
        snapshot.pools[0].members[0].traits = std::move(traits);
        PoolPlan pool = snapshot.pools[0];
        pool.name = "long";
        pool.members.resize(1);
        pool.members[0].id = pool.members[0].address = engine;
        pool.members[0].cell = std::make_shared<upstream::MemberCell>();
        snapshot.routes[0].largerContext.push_back(snapshot.pools.size());
        snapshot.pools.push_back(pool);
    });
}

TEST(Routing, APromptThatIsTooLongGoesToThePoolOfLargerContexts)
{
    ScriptedEngine small({answers(jsonAnswer(400, kTooLong))});
    ScriptedEngine large({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({small.address()});
    addLargerContext(proxy, large.address());

    const std::string answer = proxy.ask(chatBody());

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
    EXPECT_EQ(small.requests(), 1);
    EXPECT_EQ(large.requests(), 1);
    EXPECT_EQ(proxy.core().statistics().largerContexts.value(), 1U);
    EXPECT_EQ(proxy.core().statistics().retries.value(), 0U) << "nothing has failed";
}

TEST(Routing, AnOverflowWithoutALargerPoolAndAnyOther400AreTheEnginesLastWord)
{
    ScriptedEngine small({answers(jsonAnswer(400, kTooLong))});
    ProxyHarness proxy({small.address()});
    EXPECT_TRUE(proxy.ask(chatBody()).starts_with("HTTP/1.1 400"));

    ScriptedEngine refusing({answers(jsonAnswer(400, R"({"error":{"message":"no"}})"))});
    ScriptedEngine large({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness other({refusing.address()});
    addLargerContext(other, large.address());
    EXPECT_TRUE(other.ask(chatBody()).starts_with("HTTP/1.1 400"));
    EXPECT_EQ(large.requests(), 0);
}

TEST(Routing, AnOverflowKeepsTheEnginesAnswerWhenNobodyLargerIsThere)
{
    ScriptedEngine small({answers(jsonAnswer(400, kTooLong))});
    ScriptedEngine large({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({small.address()});
    addLargerContext(proxy, large.address());
    proxy.member(0, 1).setReachability(upstream::Reachability::Down);

    const std::string answer = proxy.ask(chatBody());

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
    EXPECT_NE(answer.find("maximum context length"), std::string::npos);
}

TEST(Routing, AFastFailerIsAskedAFewTimesAndNoClientFeelsIt)
{
    ScriptedEngine failing({answers(jsonAnswer(500, "{}"))});
    ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({failing.address(), engine.address(), engine.address()});

    for (int i = 0; i < 200; ++i)
        ASSERT_TRUE(proxy.ask(chatBody()).starts_with("HTTP/1.1 200")) << i;

    EXPECT_LE(failing.requests(), 5);
    EXPECT_GE(failing.requests(), 1);
    EXPECT_LE(proxy.core().statistics().retries.value(), 5U);
}

TEST(Routing, TheLastEndpointIsAskedAllTheSameWhenNoFurtherPoolIsReady)
{
    ScriptedEngine failing({answers(jsonAnswer(500, R"({"error":{"message":"out of it"}})"))});
    ProxyHarness proxy({failing.address()});
    for (int i = 0; i < 5; ++i)
        proxy.member(0).breaker().failed(upstream::Failure::ServerError,
                                         proxy.core().loop().now().time_since_epoch().count());

    const std::string answer = proxy.ask(chatBody());

    EXPECT_NE(answer.find("out of it"), std::string::npos) << "its own word, not one of ours";
    EXPECT_GE(proxy.core().statistics().panicPicks.value(), 1U);

    ScriptedEngine spare({answers(jsonAnswer(200, kGoodBody))});
    proxy.addFallback({spare.address()});
    const int before = failing.requests();
    EXPECT_TRUE(proxy.ask(chatBody()).starts_with("HTTP/1.1 200"));
    EXPECT_EQ(failing.requests(), before) << "a further pool is ready";
}

TEST(Routing, ASessionStaysWithItsCanary)
{
    ScriptedEngine stable({answers(jsonAnswer(200, kGoodBody))});
    ScriptedEngine canary({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({stable.address()});
    proxy.addFallback({canary.address()});
    proxy.edit([](ProxySnapshot& snapshot) {
        RoutePlan& route = snapshot.routes[0];
        route.fallbacks.clear();
        route.targets = {{0, 50}, {1, 50}};
        route.weightTotal = 100;
    });

    int inCanary = 0;
    for (int session = 0; session < 40; ++session) {
        const std::string field = "x-session-id: user-" + std::to_string(session) + "\r\n";
        const int before = canary.requests();
        for (int i = 0; i < 3; ++i)
            proxy.ask(chatBody(), field);
        const int there = canary.requests() - before;
        EXPECT_TRUE(there == 0 || there == 3) << session;
        inCanary += there == 3 ? 1 : 0;
    }

    EXPECT_GT(inCanary, 8);
    EXPECT_LT(inCanary, 32);
}

TEST(Routing, WhatFailedIsToldWithItsCandidatesAndTheirReasons)
{
    ScriptedEngine failing({answers(jsonAnswer(503, "{}"))});
    ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({failing.address(), engine.address()});
    proxy.member(1).refusedWork();

    proxy.ask(chatBody(), "x-request-id: told\r\n");
    (void)proxy.recordNumber(1);
    const model::Decision* decision = proxy.core().decisions().find("told");

    ASSERT_NE(decision, nullptr);
    EXPECT_EQ(decision->kept, "failed");
    EXPECT_EQ(decision->outcome, "unavailable");
    EXPECT_EQ(decision->status, 503);
    ASSERT_GE(decision->attempts.size(), 2U);
    const model::DecisionAttempt& first = decision->attempts.front();
    EXPECT_EQ(first.pool, "chat");
    EXPECT_EQ(first.member, failing.address());
    EXPECT_EQ(first.rule, "only");
    EXPECT_EQ(first.end, "status");
    EXPECT_EQ(first.status, 503);
    ASSERT_EQ(first.candidates.size(), 2U);
    EXPECT_EQ(first.candidates[1].excluded, "it takes no new work");
    EXPECT_GE(first.beganUs, 0);
    EXPECT_GE(first.endedUs, first.beganUs);
}

} // namespace
} // namespace signalbox::proxy
