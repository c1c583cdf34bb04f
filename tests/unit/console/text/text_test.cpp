// SPDX-License-Identifier: Apache-2.0
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>

namespace signalbox::text {
namespace {

using namespace std::string_view_literals;

std::string bytes(const QString& text)
{
    return text.toStdString();
}

TEST(Numbers, RatesHaveThreeDigits)
{
    EXPECT_EQ(bytes(rateText(0)), "0.00");
    EXPECT_EQ(bytes(rateText(3.1)), "3.10");
    EXPECT_EQ(bytes(rateText(38.6)), "38.6");
    EXPECT_EQ(bytes(rateText(568.6)), "569");
    EXPECT_EQ(bytes(rateText(36'700)), "36.7k");
    EXPECT_EQ(bytes(rateText(225'000)), "225k");
    EXPECT_EQ(bytes(rateText(3'100'000)), "3.10M");
    EXPECT_EQ(bytes(rateText(-12.34)), "-12.3");
    EXPECT_EQ(bytes(rateText(std::nullopt)), "?");
    EXPECT_EQ(bytes(rateText(std::numeric_limits<double>::infinity())), "?");
}

TEST(Numbers, RoundingNeverAddsADigit)
{
    EXPECT_EQ(bytes(rateText(9.999)), "10.0");
    EXPECT_EQ(bytes(rateText(99.96)), "100");
    EXPECT_EQ(bytes(rateText(999.7)), "1.00k");
    EXPECT_EQ(bytes(rateText(999'900)), "1.00M");
}

TEST(Numbers, CountsAreWholeWhileTheyAreShort)
{
    EXPECT_EQ(bytes(countText(0)), "0");
    EXPECT_EQ(bytes(countText(3550)), "3,550");
    EXPECT_EQ(bytes(countText(50'214)), "50,214");
    EXPECT_EQ(bytes(countText(124'321)), "124k");
    EXPECT_EQ(bytes(countText(std::nullopt)), "?");
    EXPECT_EQ(bytes(ofText(21, 24)), "21 of 24");
}

TEST(Numbers, SharesBelowAllNeverReadAll)
{
    EXPECT_EQ(bytes(percentText(0)), "0 %");
    EXPECT_EQ(bytes(percentText(0.0042)), "0.42 %");
    EXPECT_EQ(bytes(percentText(0.031)), "3.1 %");
    EXPECT_EQ(bytes(percentText(0.43)), "43 %");
    EXPECT_EQ(bytes(percentText(0.9999)), "99.9 %");
    EXPECT_EQ(bytes(percentText(1)), "100 %");
    EXPECT_EQ(bytes(percentText(std::nan(""))), "?");
}

TEST(Numbers, TimesAreWordsWithUnits)
{
    EXPECT_EQ(bytes(millisecondsText(1.4)), "1.4 ms");
    EXPECT_EQ(bytes(millisecondsText(412)), "412 ms");
    EXPECT_EQ(bytes(millisecondsText(18'400)), "18.4 s");
    EXPECT_EQ(bytes(durationText(840)), "840 ms");
    EXPECT_EQ(bytes(durationText(6'420)), "6.4 s");
    EXPECT_EQ(bytes(durationText(99'000)), "1 min 39 s");
    EXPECT_EQ(bytes(durationText(180'000)), "3 min");
    EXPECT_EQ(bytes(durationText(8'700'000)), "2 h 25 min");
    EXPECT_EQ(bytes(durationText(1'051'200'000)), "12 d 4 h");
    EXPECT_EQ(bytes(durationText(-1)), "?");
    EXPECT_EQ(bytes(ageText(420)), "0.4 s");
    EXPECT_EQ(bytes(ageText(12'900)), "12 s");
    EXPECT_EQ(bytes(ageText(-300)), "0.0 s");
}

TEST(Numbers, MomentsAreUtcAndSaySo)
{
    EXPECT_EQ(bytes(timeText(1'772'460'451'000)), "14:07:31Z");
    EXPECT_EQ(bytes(dateTimeText(1'772'460'451'000)), "2026-03-02 14:07:31Z");
    EXPECT_EQ(bytes(timeText(0)), "?");
    EXPECT_EQ(bytes(rangeText(QStringLiteral("446"), QStringLiteral("568"))), "446 to 568");
}

TEST(Numbers, BytesAreBinary)
{
    EXPECT_EQ(bytes(bytesText(512)), "512 B");
    EXPECT_EQ(bytes(bytesText(1536)), "1.5 KiB");
    EXPECT_EQ(bytes(bytesText(85'899'345'920)), "80.0 GiB");
    EXPECT_EQ(bytes(bytesText(-1)), "?");
}

TEST(Numbers, IdsAreCutInTheMiddle)
{
    EXPECT_EQ(bytes(cutMiddle(QStringLiteral("chat-70b-b02-2"), 20)), "chat-70b-b02-2");
    EXPECT_EQ(bytes(cutMiddle(QStringLiteral("chat-70b-standby-d02-3"), 13)), "chat-7…-d02-3");
    EXPECT_EQ(cutMiddle(QStringLiteral("chat-70b-standby-d02-3"), 13).size(), 13);
    EXPECT_EQ(bytes(cutMiddle(QStringLiteral("abc"), 1)), "…");
}

TEST(PlainText, ControlAndDirectionCharactersBecomeVisible)
{
    EXPECT_EQ(bytes(plainText("gpu-b02"sv)), "gpu-b02");
    EXPECT_EQ(bytes(plainText("a\x1b[31mb"sv)), "a\xEF\xBF\xBD[31mb");
    EXPECT_EQ(bytes(plainText("one\ntwo\tthree"sv)), "one two three");
    EXPECT_EQ(bytes(plainText("a\xE2\x80\xAE"
                              "b"sv)),
              "a\xEF\xBF\xBD"
              "b"); // right-to-left override
    EXPECT_EQ(bytes(plainText("a\xE2\x80\x8B"
                              "b"sv)),
              "a\xEF\xBF\xBD"
              "b"); // zero width space
    EXPECT_EQ(bytes(plainText("\xFF\xFE"sv)), "\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(bytes(plainText("Zürich 東京 🚦"sv)), "Zürich 東京 🚦");
}

TEST(PlainText, IsCutByCharactersAndNeverInTheMiddleOfOne)
{
    EXPECT_EQ(bytes(plainText("abcdef"sv, 6)), "abcdef");
    EXPECT_EQ(bytes(plainText("abcdefg"sv, 6)), "abcde…");
    EXPECT_EQ(bytes(plainText("🚦🚦🚦🚦"sv, 3)), "🚦🚦…");
    EXPECT_EQ(plainText(std::string(1'000'000, 'x'), kReasonCharacters).size(), kReasonCharacters);
}

TEST(PlainText, HeapsOfMarksAreBroken)
{
    std::string heap = "e";
    for (int i = 0; i < 20; ++i)
        heap += "\xCC\x81"; // combining acute

    const QString shown = plainText(heap);

    EXPECT_EQ(shown.count(QChar(0x0301)), 3);
}

TEST(PlainText, RichTextPlacesGetNoMarkup)
{
    EXPECT_EQ(bytes(escapedText("<b>\"x\" & y</b>"sv)), "&lt;b&gt;&quot;x&quot; &amp; y&lt;/b&gt;");
}

} // namespace
} // namespace signalbox::text
