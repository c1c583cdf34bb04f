// SPDX-License-Identifier: Apache-2.0
#include "shared/yaml/scalar_text.h"

#include <gtest/gtest.h>

#include <chrono>

namespace signalbox::yaml {
namespace {

using namespace std::chrono_literals;

TEST(ScalarText, ReadsOneGrammarOfDurations)
{
    EXPECT_EQ(*parseDuration("200ms"), 200ms);
    EXPECT_EQ(*parseDuration("5s"), 5s);
    EXPECT_EQ(*parseDuration("10m"), 10min);
    EXPECT_EQ(*parseDuration("1h"), 1h);
    EXPECT_EQ(*parseDuration("0s"), 0s);
    for (const char* wrong : {"", "1", "-1s", "+1s", "1h1h", "99999999d", "1.5s", " 1s", "1 s",
                              "1S", "01s", "1e3s", "99999999999999999999s", "8785h", "s", "inf"})
        EXPECT_FALSE(parseDuration(wrong)) << wrong;
}

TEST(ScalarText, ReadsOneGrammarOfSizes)
{
    EXPECT_EQ(*parseBytes("512B"), 512U);
    EXPECT_EQ(*parseBytes("16KiB"), 16'384U);
    EXPECT_EQ(*parseBytes("4MiB"), 4'194'304U);
    EXPECT_EQ(*parseBytes("1024GiB"), 1'099'511'627'776U);
    for (const char* wrong : {"1KB", "1kib", "1K", "1", "-1B", "1025GiB", "1TiB", "0x10B", "1_0B"})
        EXPECT_FALSE(parseBytes(wrong)) << wrong;
}

TEST(ScalarText, ReadsOneGrammarOfNumbersAndBooleans)
{
    EXPECT_EQ(*parseInteger("0"), 0U);
    EXPECT_EQ(*parseInteger("42"), 42U);
    EXPECT_DOUBLE_EQ(*parseNumber("0.25"), 0.25);
    EXPECT_DOUBLE_EQ(*parseNumber("2"), 2.0);
    EXPECT_TRUE(*parseBoolean("true"));
    EXPECT_FALSE(*parseBoolean("false"));
    for (const char* wrong : {"1_000", "1e3", "0x10", "010", "inf", "nan", "-1", "", "1.",
                              "9999999999"
                              "999999999"})
        EXPECT_FALSE(parseInteger(wrong)) << wrong;
    for (const char* wrong : {".5", "1.", "1e3", "-1", "inf", "nan", "1.2.3", "00.5"})
        EXPECT_FALSE(parseNumber(wrong)) << wrong;
    for (const char* wrong : {"yes", "on", "no", "off", "True", "1", ""})
        EXPECT_FALSE(parseBoolean(wrong)) << wrong;
}

TEST(ScalarText, WritesWhatItReads)
{
    for (const auto value : {0ms, 1ms, 999ms, 1000ms, 1500ms, 60'000ms, 90'000ms, 3'600'000ms})
        EXPECT_EQ(*parseDuration(durationText(value)), value);
    EXPECT_EQ(durationText(90s), "90s");
    EXPECT_EQ(durationText(2h), "2h");
    for (const std::uint64_t value : {0ULL, 1ULL, 1024ULL, 1500ULL, 4'194'304ULL})
        EXPECT_EQ(*parseBytes(bytesText(value)), value);
    EXPECT_EQ(bytesText(4'194'304), "4MiB");
}

TEST(ScalarText, SaysWhatToWriteInstead)
{
    EXPECT_EQ(
        parseDuration("1h1h").error().text(),
        "\"1h1h\" is not a duration: write one number and one unit, as in 200ms, 5s, 10m or 1h");
    EXPECT_EQ(excerpt(std::string(100, 'x')), "\"" + std::string(64, 'x') + "...\"");
    EXPECT_EQ(excerpt("a\n\"b"), "\"a??b\"");
}

} // namespace
} // namespace signalbox::yaml
