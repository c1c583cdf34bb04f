// SPDX-License-Identifier: Apache-2.0
#include "agent/health/step_time_fit.h"

#include "tests/support/manual_clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace signalbox::health {
namespace {

using namespace std::chrono_literals;

// An engine with a known step time, seen second by second: a + b x running + d x prompt tokens.
struct KnownEngine {
    double a;
    double b;
    double d;

    // A step of s ms with p prompt tokens in it: s = a + b n + d p, and p = promptRate x s / 1000.
    EngineSecond at(double running, double promptPerSecond) const
    {
        const double stepMs = (a + b * running) / (1 - d * promptPerSecond / 1000);
        return {running, 1000 * running / stepMs, promptPerSecond};
    }
};

// Fitted for Llama-3.1-8B on an RTX PRO 6000 (algorithms.md §6.2).
constexpr KnownEngine kEngine{13.8, 0.113, 0.045};

TEST(StepTimeFit, FindsTheParametersOfAnEngine)
{
    StepTimeFit fit;
    tests::ManualClock clock;
    std::minstd_rand random(7);
    std::uniform_real_distribution<double> running(4, 128);
    std::uniform_real_distribution<double> prompt(0, 8'000);
    for (int second = 0; second < 300; ++second) {
        fit.add(kEngine.at(running(random), prompt(random)), clock.monotonic());
        clock.advance(1s);
    }

    ASSERT_TRUE(fit.fit());
    EXPECT_NEAR(fit.fit()->baseMs, kEngine.a, 0.2);
    EXPECT_NEAR(fit.fit()->perSequenceMs, kEngine.b, 0.005);
    EXPECT_NEAR(fit.fit()->perPromptTokenMs, kEngine.d, 0.002);
    EXPECT_NEAR(fit.fit()->prefillTokensPerSecond(), 1000 / (0.045 + 13.8 / 2048), 1'000);
    EXPECT_EQ(fit.samples(), 300U);
}

TEST(StepTimeFit, IsNotMovedByOddSeconds)
{
    StepTimeFit fit;
    tests::ManualClock clock;
    std::minstd_rand random(11);
    std::uniform_real_distribution<double> running(4, 128);
    std::uniform_real_distribution<double> prompt(0, 8'000);
    std::uniform_real_distribution<double> noise(0.97, 1.03);
    for (int second = 0; second < 900; ++second) {
        EngineSecond seen = kEngine.at(running(random), prompt(random));
        seen.generatedPerSecond *= noise(random);
        if (second % 20 == 19)
            seen.generatedPerSecond /= 8; // the engine paused for most of that second
        fit.add(seen, clock.monotonic());
        clock.advance(1s);
    }

    ASSERT_TRUE(fit.fit());
    EXPECT_NEAR(fit.fit()->baseMs, kEngine.a, 2.5);
    EXPECT_NEAR(fit.fit()->perSequenceMs, kEngine.b, 0.04);
    EXPECT_NEAR(fit.fit()->perPromptTokenMs, kEngine.d, 0.01);
}

TEST(StepTimeFit, FollowsAnEngineThatBecomesSlower)
{
    StepTimeFit fit;
    tests::ManualClock clock;
    std::minstd_rand random(3);
    std::uniform_real_distribution<double> running(4, 64);
    std::uniform_real_distribution<double> prompt(0, 4'000);
    KnownEngine engine = kEngine;
    for (int second = 0; second < 3 * 3'600; ++second) {
        if (second == 1'800)
            engine.b = 0.3;
        fit.add(engine.at(running(random), prompt(random)), clock.monotonic());
        clock.advance(1s);
    }
    EXPECT_NEAR(fit.fit()->perSequenceMs, 0.3, 0.02);
}

TEST(StepTimeFit, SaysNothingBeforeItKnows)
{
    StepTimeFit fit;
    tests::ManualClock clock;
    for (int second = 0; second < 100; ++second)
        fit.add(kEngine.at(2, 100), clock.monotonic());
    EXPECT_EQ(fit.samples(), 0U) << "too few requests run";
    fit.add({8, 0, 0}, clock.monotonic());
    fit.add({8, 0.001, 0}, clock.monotonic());
    EXPECT_EQ(fit.samples(), 0U) << "a pause is no step";
    for (int second = 0; second < 20; ++second)
        fit.add(kEngine.at(8, 100), clock.monotonic());
    EXPECT_FALSE(fit.fit()) << "too few seconds";
}

TEST(PrefillRate, IsTheMiddleOfWhatFirstTokensTell)
{
    PrefillRate rate;
    EXPECT_EQ(rate.tokensPerSecond(), 0);
    rate.take(0, 1s);
    rate.take(100, 0s);
    EXPECT_EQ(rate.tokensPerSecond(), 0);
    for (int i = 0; i < 200; ++i) {
        rate.take(1'000, 100ms);
        if (i % 10 == 9)
            rate.take(1'000, 10s); // one that waited in the engine's queue
    }
    EXPECT_NEAR(rate.tokensPerSecond(), 10'000, 800);
}

} // namespace
} // namespace signalbox::health
