// SPDX-License-Identifier: Apache-2.0
#include "agent/health/token_judge.h"

#include "tests/support/manual_clock.h"

#include <gtest/gtest.h>

#include <chrono>

namespace signalbox::health {
namespace {

using namespace std::chrono_literals;

// Asks the judge five times a second, as the checker does.
struct Rig {
    tests::ManualClock clock;
    TokenJudge judge{6s};
    TokenFacts facts;
    double prefillRate = 1'000;

    void tokenNow() { facts.lastProgress = clock.monotonic(); }
    bool isWedgedWithin(std::chrono::milliseconds time)
    {
        bool isWedged = false;
        for (auto left = time; left > 0ms && !isWedged; left -= 200ms) {
            clock.advance(200ms);
            isWedged = judge.judge(facts, prefillRate, clock.monotonic()).has_value();
        }
        return isWedged;
    }
};

TEST(TokenJudge, FindsAnEngineWhoseStreamsStandStill)
{
    Rig rig;
    rig.facts.streams = 3;
    rig.tokenNow();

    EXPECT_FALSE(rig.isWedgedWithin(6s));
    EXPECT_TRUE(rig.isWedgedWithin(600ms));
    EXPECT_EQ(*rig.judge.judge(rig.facts, 1'000, rig.clock.monotonic()),
              "3 streams run and no token has moved for 6 s");
}

TEST(TokenJudge, DoesNotTakeALongPrefillForAStandstill)
{
    Rig rig;
    rig.facts.streams = 1;
    rig.facts.pendingPrefillTokens = 30'000; // 30 s at 1,000 tokens/s
    rig.tokenNow();

    EXPECT_FALSE(rig.isWedgedWithin(60s));
    EXPECT_TRUE(rig.isWedgedWithin(1s));

    Rig unknown;
    unknown.prefillRate = 0;
    unknown.facts = rig.facts;
    unknown.tokenNow();
    EXPECT_FALSE(unknown.isWedgedWithin(290s)) << "where the rate is not known, patience is";
    EXPECT_TRUE(unknown.isWedgedWithin(20s));
}

TEST(TokenJudge, CountsFromTheLastTokenOrTheFirstStream)
{
    Rig rig;
    rig.clock.advance(1h); // idle since the start
    rig.facts.streams = 1;
    EXPECT_FALSE(rig.isWedgedWithin(6s));
    rig.tokenNow();
    EXPECT_FALSE(rig.isWedgedWithin(6s));
    rig.facts.streams = 0;
    EXPECT_FALSE(rig.isWedgedWithin(60s));
    rig.facts.streams = 1;
    EXPECT_FALSE(rig.isWedgedWithin(6s)) << "a new stream begins a new wait";
    EXPECT_TRUE(rig.isWedgedWithin(1s));
}

TEST(TokenJudge, DoesNotJudgePlainRequestsWhoseTokensNobodySees)
{
    Rig rig;
    rig.facts.plain = 4;
    rig.tokenNow();
    EXPECT_FALSE(rig.isWedgedWithin(60s));
    rig.facts.streams = 1; // waits behind them
    EXPECT_FALSE(rig.isWedgedWithin(60s));

    // With the engine's own token counter it is known whether they move.
    rig.judge.takeCountedTokens(100, rig.clock.monotonic());
    EXPECT_FALSE(rig.isWedgedWithin(5s));
    rig.judge.takeCountedTokens(150, rig.clock.monotonic());
    EXPECT_FALSE(rig.isWedgedWithin(5s));
    rig.judge.takeCountedTokens(150, rig.clock.monotonic());
    EXPECT_TRUE(rig.isWedgedWithin(2s));
}

TEST(TokenJudge, SaysWhenATokenMovesAgain)
{
    Rig rig;
    rig.facts.streams = 1;
    rig.tokenNow();
    EXPECT_TRUE(rig.isWedgedWithin(10s));
    (void)rig.judge.judge(rig.facts, 1'000, rig.clock.monotonic());
    EXPECT_FALSE(rig.judge.hasMoved());
    rig.clock.advance(1s);
    rig.tokenNow();
    EXPECT_FALSE(rig.judge.judge(rig.facts, 1'000, rig.clock.monotonic()));
    EXPECT_TRUE(rig.judge.hasMoved());
    (void)rig.judge.judge(rig.facts, 1'000, rig.clock.monotonic());
    EXPECT_FALSE(rig.judge.hasMoved()) << "said once";
}

} // namespace
} // namespace signalbox::health
