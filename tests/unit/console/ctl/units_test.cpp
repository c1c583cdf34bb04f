// SPDX-License-Identifier: Apache-2.0
#include "console/ctl/units.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace signalbox::ctl {
namespace {

TEST(Units, DurationsReadLikeSpeech)
{
    EXPECT_EQ(durationText(840), "840 ms");
    EXPECT_EQ(durationText(4'280), "4.2 s");
    EXPECT_EQ(durationText(192'000), "3 min 12 s");
    EXPECT_EQ(durationText(18'180'000), "5 h 03 min");
    EXPECT_EQ(durationText(1'051'200'000), "12 d 4 h");
    EXPECT_EQ(durationText(-1), "-");
    EXPECT_EQ(shortDuration(192'000), "3m12s");
    EXPECT_EQ(shortDuration(0), "0ms");
}

TEST(Units, UnknownIsADashAndNeverZero)
{
    EXPECT_EQ(countText(std::nullopt), "-");
    EXPECT_EQ(countText(std::numeric_limits<double>::quiet_NaN()), "-");
    EXPECT_EQ(millisecondsText(std::nullopt), "-");
    EXPECT_EQ(percentText(-1.0), "-");
    EXPECT_EQ(countText(0.0), "0");
}

TEST(Units, CountsKeepThreeDigits)
{
    EXPECT_EQ(countText(0.4234), "0.42");
    EXPECT_EQ(countText(12.34), "12.3");
    EXPECT_EQ(countText(12.0), "12");
    EXPECT_EQ(countText(950.4), "950");
    EXPECT_EQ(countText(12'400.0), "12.4k");
    EXPECT_EQ(countText(3'100'000.0), "3.1M");
    EXPECT_EQ(millisecondsText(38.4), "38 ms");
    EXPECT_EQ(millisecondsText(1'240.0), "1.24 s");
    EXPECT_EQ(percentText(0.424), "42 %");
}

TEST(Units, MomentsInUtcForScripts)
{
    EXPECT_EQ(isoText(1'767'225'600'250), "2026-01-01T00:00:00.250Z");
    EXPECT_EQ(momentText(0, 5), "-");
}

TEST(Units, DurationsFromText)
{
    EXPECT_EQ(durationFromText("90"), 90'000);
    EXPECT_EQ(durationFromText("90s"), 90'000);
    EXPECT_EQ(durationFromText("1.5m"), 90'000);
    EXPECT_EQ(durationFromText("2h"), 7'200'000);
    EXPECT_EQ(durationFromText("250ms"), 250);
    EXPECT_EQ(durationFromText(""), std::nullopt);
    EXPECT_EQ(durationFromText("10x"), std::nullopt);
    EXPECT_EQ(durationFromText("0s"), std::nullopt);
    EXPECT_EQ(durationFromText("-5s"), std::nullopt);
    EXPECT_EQ(durationFromText("nan"), std::nullopt);
    EXPECT_EQ(durationFromText("1000d"), std::nullopt);
}

} // namespace
} // namespace signalbox::ctl
