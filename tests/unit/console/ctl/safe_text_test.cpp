// SPDX-License-Identifier: Apache-2.0
#include "console/ctl/safe_text.h"

#include <gtest/gtest.h>

namespace signalbox::ctl {
namespace {

TEST(SafeText, ControlCharactersBecomeVisible)
{
    EXPECT_EQ(safeText("gpu-02"), "gpu-02");
    EXPECT_EQ(safeText("a\x1b[2Jb"), "a\\x1b[2Jb");
    EXPECT_EQ(safeText("a\nb\tc\x7f"), "a\\x0ab\\x09c\\x7f");
    EXPECT_EQ(safeText("\xc2\x9b"), "\\u{9b}"); // CSI as one character
}

TEST(SafeText, BidirectionalAndInvisibleCharactersBecomeVisible)
{
    EXPECT_EQ(safeText("\u202Eabc"), "\\u{202e}abc");
    EXPECT_EQ(safeText("a\u2066b\u2069"), "a\\u{2066}b\\u{2069}");
    EXPECT_EQ(safeText("a\u200Bb"), "a\\u{200b}b");
    EXPECT_EQ(safeText("\uFEFF"), "\\u{feff}");
    EXPECT_EQ(safeText("\U000E0041"), "\\u{e0041}");
}

TEST(SafeText, OrdinaryWritingStays)
{
    EXPECT_EQ(safeText("Zürich – 東京 🚦"), "Zürich – 東京 🚦");
}

TEST(SafeText, BrokenUtf8IsShownByteByByte)
{
    EXPECT_EQ(safeText("a\xffz"), "a\\xffz");
    EXPECT_EQ(safeText("\xe6\x9d"), "\\xe6\\x9d"); // cut short
    EXPECT_EQ(safeText("\xc0\xaf"), "\\xc0\\xaf"); // overlong
    EXPECT_EQ(safeText("\xed\xa0\x80"), "\\xed\\xa0\\x80"); // surrogate
    EXPECT_EQ(safeText("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80"); // above U+10FFFF
}

TEST(SafeText, WideCharactersTakeTwoColumnsAndMarksNone)
{
    EXPECT_EQ(columnsOf("abc"), 3u);
    EXPECT_EQ(columnsOf("東京"), 4u);
    EXPECT_EQ(columnsOf("e\u0301"), 1u);
}

TEST(SafeText, CuttingEndsInAnEllipsisAndNeverSplitsACharacter)
{
    EXPECT_EQ(cutTo("abcdef", 6), "abcdef");
    EXPECT_EQ(cutTo("abcdef", 4), "abc…");
    EXPECT_EQ(cutTo("東京都", 4), "東…");
    EXPECT_EQ(cutTo("abc", 1), "…");
    EXPECT_EQ(cutTo("abc", 0), "");
}

TEST(SafeText, FittingPadsToTheExactWidth)
{
    EXPECT_EQ(fitTo("ab", 4), "ab  ");
    EXPECT_EQ(fitTo("ab", 4, Align::Right), "  ab");
    EXPECT_EQ(fitTo("東京", 5), "東京 ");
    EXPECT_EQ(columnsOf(fitTo("東京都", 4)), 4u);
}

} // namespace
} // namespace signalbox::ctl
