// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/retry_policy.h"
#include "agent/upstream/retry_budget.h"

#include <gtest/gtest.h>

#include <vector>

namespace signalbox::upstream {
namespace {

using namespace std::chrono_literals;

RetryState fresh()
{
    RetryState state;
    state.deadlineIn = 600s;
    return state;
}

Attempt status(int code)
{
    Attempt attempt;
    attempt.end = AttemptEnd::Status;
    attempt.status = code;
    return attempt;
}

TEST(RetryPolicy, ARefusedConnectGoesElsewhereAtOnceAndOutsideTheBudget)
{
    RetryState state = fresh();
    state.otherEndpointInPool = true;

    const auto decision = decideRetry(Attempt{}, state);

    EXPECT_EQ(decision.step, RetryStep::OtherEndpoint);
    EXPECT_FALSE(decision.asksBudget);
    EXPECT_EQ(decision.waitUpTo, 0ms);
}

TEST(RetryPolicy, AnAnswerOrADeadlineAsksTheBudgetAndWaits)
{
    RetryState state = fresh();
    state.otherEndpointInPool = true;
    Attempt late;
    late.end = AttemptEnd::FirstTokenDeadline;

    for (const Attempt& attempt : {status(503), status(429), late}) {
        const auto decision = decideRetry(attempt, state);
        EXPECT_EQ(decision.step, RetryStep::OtherEndpoint);
        EXPECT_TRUE(decision.asksBudget);
        EXPECT_EQ(decision.waitUpTo, 25ms);
    }
    state.attempts = 2;
    EXPECT_EQ(decideRetry(status(500), state).waitUpTo, 50ms);
}

TEST(RetryPolicy, OtherClientErrorsAreFinal)
{
    RetryState state = fresh();
    state.otherEndpointInPool = state.furtherPoolReady = true;

    for (const int code : {400, 401, 403, 404, 408, 409, 413, 422, 501})
        EXPECT_EQ(decideRetry(status(code), state).step, RetryStep::GiveUp) << code;
}

TEST(RetryPolicy, ThreeAttemptsInAllAndTwoInAPoolWhileAFurtherOneIsReady)
{
    RetryState state = fresh();
    state.otherEndpointInPool = state.furtherPoolReady = true;
    state.attempts = state.attemptsInPool = 2;
    EXPECT_EQ(decideRetry(status(503), state).step, RetryStep::NextPool);

    state.furtherPoolReady = false;
    EXPECT_EQ(decideRetry(status(503), state).step, RetryStep::OtherEndpoint);

    state.attempts = 3;
    EXPECT_EQ(decideRetry(status(503), state).step, RetryStep::GiveUp);
}

TEST(RetryPolicy, WithoutAnotherEndpointTheSameOneIsAskedAgainUnlessItMissedTheDeadline)
{
    RetryState state = fresh();
    EXPECT_EQ(decideRetry(status(500), state).step, RetryStep::SameEndpoint);

    state.sameEndpointUsable = false;
    EXPECT_EQ(decideRetry(status(500), state).step, RetryStep::GiveUp);

    state.furtherPoolReady = true;
    EXPECT_EQ(decideRetry(status(500), state).step, RetryStep::NextPool);
}

TEST(RetryPolicy, RetryAfterOfTheOnlyEndpointIsHonouredUpToFiveSeconds)
{
    RetryState state = fresh();
    Attempt asked = status(429);
    asked.retryAfter = 3s;
    EXPECT_EQ(decideRetry(asked, state).step, RetryStep::SameEndpoint);
    EXPECT_EQ(decideRetry(asked, state).waitExactly, 3s);

    asked.retryAfter = 6s;
    EXPECT_EQ(decideRetry(asked, state).step, RetryStep::GiveUp);
    state.furtherPoolReady = true;
    EXPECT_EQ(decideRetry(asked, state).step, RetryStep::NextPool);

    asked.retryAfter = 3s;
    state.deadlineIn = 2s;
    EXPECT_EQ(decideRetry(asked, state).step, RetryStep::NextPool);

    state.otherEndpointInPool = true;
    EXPECT_EQ(decideRetry(asked, state).step, RetryStep::OtherEndpoint)
        << "with another endpoint nobody waits";
}

TEST(RetryBudget, StartsWithTenSecondsWorthAndFillsByThreeASecond)
{
    RetryBudget budget;
    Ticks now = 1'000'000'000;
    std::vector<RetryBudget::Grant> grants;

    for (int i = 0; i < 40; ++i)
        grants.push_back(budget.ask(now));

    EXPECT_EQ(budget.grantedTotal(), 30U);
    EXPECT_EQ(budget.refusedTotal(), 10U);
    EXPECT_NEAR(budget.left(now), 0, 0.04);
    now += 1'000'000'000;
    for (int i = 0; i < 10; ++i)
        grants.push_back(budget.ask(now));
    EXPECT_EQ(budget.grantedTotal(), 33U);
}

TEST(RetryBudget, AFifthOfTheActiveRequestsMayRetryAtOnceWithoutTheBucket)
{
    RetryBudget budget;
    for (int i = 0; i < 100; ++i)
        budget.requestStarted();
    std::vector<RetryBudget::Grant> grants;

    for (int i = 0; i < 20; ++i)
        grants.push_back(budget.ask(1));

    EXPECT_EQ(budget.grantedTotal(), 20U);
    EXPECT_DOUBLE_EQ(budget.left(1), 1.0) << "the bucket was not touched";
    grants.clear();
    EXPECT_TRUE(budget.ask(1)) << "finished retries give their share back";
}

} // namespace
} // namespace signalbox::upstream
