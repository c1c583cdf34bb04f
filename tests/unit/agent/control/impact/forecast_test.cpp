// SPDX-License-Identifier: Apache-2.0
#include "agent/control/impact/forecast.h"

#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

// Llama-2-70B on eight H100, and the chat trace at four times its speed (algorithms.md §0.2, §1.2).
constexpr StepTimes kStep{29.9, 0.223, 1.6e-4, 0.091};
constexpr Demand kChat{22, 1'155, 211, 1, 1.2};

TEST(Forecast, MeetsTheReplayOfTheChatTrace)
{
    const Forecast eight = closedForm(kStep, kChat, 8);

    EXPECT_NEAR(eight.utilisation, 0.53, 0.03);
    EXPECT_NEAR(eight.ttftMs, 204, 50) << "the replay's mean is 0.204 to 0.271 s";
}

TEST(Forecast, FewerMembersAreBusierAndSlower)
{
    double utilisation = 0;
    double ttft = 0;
    for (std::uint32_t members = 12; members >= 7; --members) {
        const Forecast forecast = closedForm(kStep, kChat, members);
        EXPECT_GT(forecast.utilisation, utilisation) << members;
        EXPECT_GT(forecast.ttftMs, ttft) << members;
        utilisation = forecast.utilisation;
        ttft = forecast.ttftMs;
    }
}

TEST(Forecast, WhereTheFormulaIsKnownToFailTheTimeStaysUnknown)
{
    Demand bursty = kChat;
    bursty.dispersion = 2.5;

    EXPECT_EQ(closedForm(kStep, bursty, 8).ttftMs, kUnknown);
    EXPECT_GT(closedForm(kStep, bursty, 8).utilisation, 0) << "the share of work is sure";
    EXPECT_EQ(closedForm(kStep, kChat, 5).ttftMs, kUnknown) << "0.86 is too near to melting";
    EXPECT_GE(closedForm(kStep, kChat, 4).utilisation, 1);
}

TEST(Forecast, WhatIsNotKnownIsNotGuessed)
{
    EXPECT_EQ(closedForm({}, kChat, 8).utilisation, kUnknown);
    EXPECT_EQ(closedForm(kStep, kChat, 0).utilisation, kUnknown);
    const Forecast withoutFixed = closedForm({0, 0.223, 0, 0.091}, kChat, 8);
    EXPECT_GT(withoutFixed.utilisation, 0.4);
    EXPECT_EQ(withoutFixed.ttftMs, kUnknown);
    EXPECT_EQ(sharedTtftMs({}, 3), kUnknown);
    EXPECT_EQ(sharedTtftMs({model::LoadReport{}}, 3), kUnknown);
}

TEST(Forecast, PlacedWorkIsSharedByThoseThatStay)
{
    model::LoadReport report;
    report.pendingPrefillTokens = 1'000;
    report.decoding = 10;
    report.prefillTokensPerSecond = 10'000;
    report.decodeMsPerSequence = 0.5F;
    const std::vector<model::LoadReport> two{report, report};

    // 1,000 tokens each at 10,000/s are 100 ms; ten streams for eight steps of 0.5 ms are 40 ms.
    EXPECT_NEAR(sharedTtftMs(two, 2), 140, 0.01);
    EXPECT_NEAR(sharedTtftMs(two, 1), 280, 0.01);
    EXPECT_EQ(sharedTtftMs(two, 0), kUnknown);
}

TEST(Forecast, AMemberThatHasNotMeasuredYetDoesNotSpoilTheMean)
{
    model::LoadReport measured;
    measured.prefillTokensPerSecond = 10'000;
    measured.decodeMsPerSequence = 0.5F;

    const StepTimes step = stepFrom({measured, model::LoadReport{}});

    EXPECT_NEAR(step.perPrefillToken, 0.1, 1e-9);
    EXPECT_NEAR(step.perSequence, 0.5, 1e-9);
}

} // namespace
} // namespace signalbox::control
