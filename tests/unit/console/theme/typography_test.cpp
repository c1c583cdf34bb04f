// SPDX-License-Identifier: Apache-2.0
#include "console/theme/typography.h"

#include <QFontInfo>
#include <QFontMetricsF>
#include <gtest/gtest.h>

namespace signalbox::theme {
namespace {

constexpr TextWeight kWeights[]
    = {TextWeight::Regular, TextWeight::Medium, TextWeight::SemiBold, TextWeight::Bold};

double widthOf(const QFont& font, const QString& text)
{
    return QFontMetricsF(font).horizontalAdvance(text);
}

TEST(Typography, TheHouseFontIsBuiltIn)
{
    EXPECT_TRUE(loadFonts());
    EXPECT_EQ(QFontInfo(fontFor(TextStyle::Base)).family(), QStringLiteral("Signalbox Sans"));
    EXPECT_EQ(QFontInfo(fontFor(TextStyle::Mono)).family(), QStringLiteral("Signalbox Mono"));
    EXPECT_EQ(QFontInfo(fontFor(TextStyle::BadgeDigit)).weight(), QFont::Bold);
    EXPECT_EQ(QFontInfo(fontFor(TextStyle::Title)).weight(), QFont::DemiBold);
}

TEST(Typography, FiguresAreOfOneWidthInEveryWeightAndSize)
{
    for (const TextStyle style : {TextStyle::Caption, TextStyle::Base, TextStyle::Name,
                                  TextStyle::Figure, TextStyle::Answer, TextStyle::AnswerLarge}) {
        for (const TextWeight weight : kWeights) {
            const QFont font = fontFor(style, weight);
            const double zero = widthOf(font, QStringLiteral("0"));
            for (int digit = 1; digit <= 9; ++digit)
                EXPECT_DOUBLE_EQ(widthOf(font, QString::number(digit)), zero);
            EXPECT_DOUBLE_EQ(widthOf(font, QStringLiteral("1,111.1:11")),
                             widthOf(font, QStringLiteral("4,087.6:93")));
        }
    }
}

TEST(Typography, EveryPairOfFiguresHasOneWidth)
{
    const QFont font = fontFor(TextStyle::Base);
    const double both = widthOf(font, QStringLiteral("00"));

    for (int pair = 10; pair <= 99; ++pair)
        EXPECT_DOUBLE_EQ(widthOf(font, QString::number(pair)), both) << pair;
}

TEST(Typography, SizesAreThoseOfTheTable)
{
    EXPECT_EQ(fontFor(TextStyle::Caption).pixelSize(), 11);
    EXPECT_EQ(fontFor(TextStyle::Base).pixelSize(), 12);
    EXPECT_EQ(fontFor(TextStyle::AnswerLarge).pixelSize(), 24);
    EXPECT_EQ(lineHeightOf(TextStyle::Base), 16);
    EXPECT_EQ(fontFor(TextStyle::Base).hintingPreference(), QFont::PreferNoHinting);
}

} // namespace
} // namespace signalbox::theme
