// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/breaker.h"

#include "agent/upstream/retry_policy.h"

#include <gtest/gtest.h>

namespace signalbox::upstream {
namespace {

constexpr Ticks kSecond = 1'000'000'000;
constexpr Ticks kStart = 1'000 * kSecond;

void failTimes(Breaker& breaker, int times, Ticks at)
{
    for (int i = 0; i < times; ++i)
        breaker.failed(Failure::ServerError, at);
}

TEST(Breaker, OpensOnFiveFailuresInARow)
{
    Breaker breaker;
    failTimes(breaker, 4, kStart);
    breaker.succeeded(kStart);
    failTimes(breaker, 4, kStart);
    EXPECT_FALSE(breaker.isOpen()) << "a success between them starts the row again";

    breaker.failed(Failure::Stall, kStart + 1);

    EXPECT_EQ(breaker.state(), model::Breaker::Open);
    EXPECT_EQ(breaker.cause(), TripCause::FailuresInARow);
    EXPECT_EQ(breaker.lastFailure(), Failure::Stall);
    EXPECT_EQ(breaker.since(), kStart + 1);
    EXPECT_EQ(breaker.tripsTotal(), 1U);
}

TEST(Breaker, OpensBelowSeventyPercentSuccessOfTenOutcomesInTwentySeconds)
{
    Breaker breaker;
    for (int i = 0; i < 3; ++i) { // 6 good, 3 bad: too few to judge
        breaker.succeeded(kStart);
        breaker.failed(Failure::Cut, kStart);
        breaker.succeeded(kStart);
    }
    ASSERT_FALSE(breaker.isOpen());

    breaker.failed(Failure::Cut, kStart + 10 * kSecond);

    EXPECT_TRUE(breaker.isOpen()) << "6 of 10";
    EXPECT_EQ(breaker.cause(), TripCause::SuccessShare);
}

TEST(Breaker, ForgetsOutcomesAfterTwentySeconds)
{
    Breaker breaker;
    for (int i = 0; i < 4; ++i) {
        breaker.failed(Failure::Cut, kStart);
        breaker.succeeded(kStart);
    }
    EXPECT_GT(breaker.failureShare(kStart), 0.3);

    const Ticks later = kStart + 21 * kSecond;
    breaker.failed(Failure::Cut, later);
    breaker.succeeded(later);

    EXPECT_FALSE(breaker.isOpen());
    EXPECT_EQ(breaker.failureShare(later + 21 * kSecond), 0);
}

TEST(Breaker, TwoGoodTrialsFiveSecondsApartCloseIt)
{
    Breaker breaker;
    failTimes(breaker, 5, kStart);
    EXPECT_FALSE(breaker.wantsTrial(kStart + 4 * kSecond));
    ASSERT_TRUE(breaker.wantsTrial(kStart + 5 * kSecond));

    breaker.trialBegan(kStart + 5 * kSecond);
    breaker.trialEnded(Breaker::Trial::Token, kStart + 5 * kSecond);
    EXPECT_EQ(breaker.state(), model::Breaker::HalfOpen);
    EXPECT_FALSE(breaker.wantsTrial(kStart + 9 * kSecond));
    breaker.trialBegan(kStart + 10 * kSecond);
    breaker.trialEnded(Breaker::Trial::Token, kStart + 10 * kSecond);

    EXPECT_EQ(breaker.state(), model::Breaker::Closed);
    EXPECT_EQ(breaker.failureShare(kStart + 10 * kSecond), 0) << "it begins anew";
    failTimes(breaker, 4, kStart + 11 * kSecond);
    EXPECT_FALSE(breaker.isOpen());
}

TEST(Breaker, OpenTimeDoublesToTwentySecondsAndItsEndIsWaitedFor)
{
    Breaker breaker;
    failTimes(breaker, 5, kStart);
    Ticks now = kStart + 5 * kSecond;
    for (int i = 0; i < 4; ++i, now += 5 * kSecond) { // fails for long: 20 s from the last trial
        breaker.trialBegan(now);
        breaker.trialEnded(Breaker::Trial::Nothing, now);
    }
    const Ticks lastBad = now - 5 * kSecond;
    for (int i = 0; i < 3; ++i, now += 5 * kSecond) {
        breaker.trialBegan(now);
        breaker.trialEnded(Breaker::Trial::Token, now);
        EXPECT_TRUE(breaker.isOpen()) << i;
    }

    breaker.settle(lastBad + 20 * kSecond);

    EXPECT_FALSE(breaker.isOpen());
}

TEST(Breaker, AFailureBetweenTwoGoodTrialsStartsThemAgain)
{
    Breaker breaker;
    failTimes(breaker, 5, kStart);
    breaker.trialEnded(Breaker::Trial::Token, kStart + 5 * kSecond);
    breaker.failed(Failure::ServerError, kStart + 6 * kSecond); // one that was open there
    breaker.trialEnded(Breaker::Trial::Token, kStart + 10 * kSecond);
    EXPECT_TRUE(breaker.isOpen());
}

TEST(Breaker, TokensOfRequestsThatAreOpenThereCountAsTrialsFiveSecondsApart)
{
    Breaker breaker;
    failTimes(breaker, 5, kStart);
    for (int i = 0; i < 20; ++i)
        breaker.succeeded(kStart + 6 * kSecond);
    EXPECT_EQ(breaker.state(), model::Breaker::HalfOpen) << "twenty at once are one";

    breaker.succeeded(kStart + 11 * kSecond);

    EXPECT_FALSE(breaker.isOpen());
}

TEST(Breaker, WhatCannotShowATokenWaitsForItsOpenTimeOnly)
{
    Breaker breaker;
    failTimes(breaker, 5, kStart);
    breaker.trialEnded(Breaker::Trial::CannotTell, kStart + 5 * kSecond);
    EXPECT_FALSE(breaker.isOpen());
}

TEST(Breaker, TheSameTroubleSoonAfterClosingOpensItForLonger)
{
    Breaker breaker;
    failTimes(breaker, 5, kStart);
    breaker.trialEnded(Breaker::Trial::CannotTell, kStart + 5 * kSecond);
    ASSERT_FALSE(breaker.isOpen());

    failTimes(breaker, 5, kStart + 6 * kSecond);
    breaker.trialEnded(Breaker::Trial::CannotTell, kStart + 11 * kSecond);

    EXPECT_TRUE(breaker.isOpen());
    breaker.settle(kStart + 16 * kSecond);
    EXPECT_FALSE(breaker.isOpen());
}

TEST(FailureOf, NothingThatIsTheAddressesTheLoadsOrTheRequestsCounts)
{
    EXPECT_EQ(failureOf({AttemptEnd::Refused, 0, {}}), Failure::None);
    EXPECT_EQ(failureOf({AttemptEnd::Draining, 503, {}}), Failure::None);
    EXPECT_EQ(failureOf({AttemptEnd::Status, 429, {}}), Failure::None);
    EXPECT_EQ(failureOf({AttemptEnd::Status, 400, {}}), Failure::None);
    for (const int status : {500, 502, 503, 504})
        EXPECT_EQ(failureOf({AttemptEnd::Status, status, {}}), Failure::ServerError) << status;
    EXPECT_EQ(failureOf({AttemptEnd::LostWithoutByte, 0, {}}), Failure::NoByte);
    EXPECT_EQ(failureOf({AttemptEnd::LostBeforeToken, 200, {}}), Failure::Cut);
    EXPECT_EQ(failureOf({AttemptEnd::FirstTokenDeadline, 0, {}}), Failure::NoToken);
}

} // namespace
} // namespace signalbox::upstream
