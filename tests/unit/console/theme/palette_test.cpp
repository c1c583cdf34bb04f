// SPDX-License-Identifier: Apache-2.0
// The promises of the palette, computed again: contrast as WCAG 2 defines it, distance of colours
// as CIEDE2000 under four kinds of vision (Machado 2009 at full severity).
#include "console/theme/apply_theme.h"
#include "console/theme/tokens.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::theme {
namespace {

constexpr double kTextFloor = 4.5;
constexpr double kGraphicsFloor = 3;
constexpr double kDistanceFloor = 10;

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

constexpr Matrix kNormal{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Matrix kProtan{{{0.152286, 1.052583, -0.204868},
                          {0.114503, 0.786281, 0.099216},
                          {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix kDeutan{{{0.367322, 0.860646, -0.227968},
                          {0.280085, 0.672501, 0.047413},
                          {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix kTritan{{{1.255528, -0.076749, -0.178779},
                          {-0.078411, 0.930809, 0.147602},
                          {0.004733, 0.691367, 0.303900}}};

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

// Eight bits a channel, as it is shown: QColor keeps sixteen.
Vector linear(const QColor& colour)
{
    return {linear(colour.red() / 255.0), linear(colour.green() / 255.0),
            linear(colour.blue() / 255.0)};
}

double dot(const Vector& a, const Vector& b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

double contrast(const QColor& a, const QColor& b)
{
    const Vector weights{0.2126, 0.7152, 0.0722};
    const double one = dot(weights, linear(a)) + 0.05;
    const double two = dot(weights, linear(b)) + 0.05;
    return std::max(one, two) / std::min(one, two);
}

Vector labOf(const QColor& colour, const Matrix& vision)
{
    constexpr Matrix kToXyz{{{0.4124564, 0.3575761, 0.1804375},
                             {0.2126729, 0.7151522, 0.0721750},
                             {0.0193339, 0.1191920, 0.9503041}}};
    constexpr Vector kWhite{0.95047, 1.0, 1.08883};
    const Vector rgb = linear(colour);
    Vector seen{};
    for (std::size_t i = 0; i < 3; ++i)
        seen[i] = std::clamp(dot(vision[i], rgb), 0.0, 1.0);
    Vector f{};
    for (std::size_t i = 0; i < 3; ++i) {
        const double v = dot(kToXyz[i], seen) / kWhite[i];
        f[i] = v > 216.0 / 24389 ? std::cbrt(v) : (24389.0 / 27 * v + 16) / 116;
    }
    return {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

double radians(double degrees)
{
    return degrees * std::numbers::pi / 180;
}

double hueOf(double a, double b)
{
    return std::fmod(std::atan2(b, a) * 180 / std::numbers::pi + 360, 360);
}

double meanHue(double h1, double h2, double chromas)
{
    if (chromas == 0)
        return h1 + h2;
    if (std::fabs(h1 - h2) <= 180)
        return (h1 + h2) / 2;
    return h1 + h2 < 360 ? (h1 + h2 + 360) / 2 : (h1 + h2 - 360) / 2;
}

double ciede2000(const Vector& one, const Vector& two)
{
    const double power25 = std::pow(25.0, 7);
    const auto weight
        = [&](double c) { return std::sqrt(std::pow(c, 7) / (std::pow(c, 7) + power25)); };
    const double mean = (std::hypot(one[1], one[2]) + std::hypot(two[1], two[2])) / 2;
    const double g = 0.5 * (1 - weight(mean));
    const double a1 = one[1] * (1 + g);
    const double a2 = two[1] * (1 + g);
    const double c1 = std::hypot(a1, one[2]);
    const double c2 = std::hypot(a2, two[2]);
    const double h1 = hueOf(a1, one[2]);
    const double h2 = hueOf(a2, two[2]);
    double turn = h2 - h1;
    if (c1 * c2 == 0)
        turn = 0;
    else if (turn > 180)
        turn -= 360;
    else if (turn < -180)
        turn += 360;
    const double dL = two[0] - one[0];
    const double dC = c2 - c1;
    const double dH = 2 * std::sqrt(c1 * c2) * std::sin(radians(turn / 2));
    const double lm = (one[0] + two[0]) / 2;
    const double cm = (c1 + c2) / 2;
    const double hm = meanHue(h1, h2, c1 * c2);
    const double t = 1 - 0.17 * std::cos(radians(hm - 30)) + 0.24 * std::cos(radians(2 * hm))
        + 0.32 * std::cos(radians(3 * hm + 6)) - 0.20 * std::cos(radians(4 * hm - 63));
    const double square = (lm - 50) * (lm - 50);
    const double sl = 1 + 0.015 * square / std::sqrt(20 + square);
    const double sc = 1 + 0.045 * cm;
    const double sh = 1 + 0.015 * cm * t;
    const double bend = 60 * std::exp(-std::pow((hm - 275) / 25, 2));
    const double rt = -std::sin(radians(bend)) * 2 * weight(cm);
    const double l = dL / sl;
    const double c = dC / sc;
    const double h = dH / sh;
    return std::sqrt(l * l + c * c + h * h + rt * c * h);
}

const Tokens& dark()
{
    return tokensOf(Scheme::Dark);
}
const Tokens& light()
{
    return tokensOf(Scheme::Light);
}

std::vector<QColor> groundsOf(const Tokens& t)
{
    return {t.canvas, t.surface, t.sunken, t.raised, t.sel};
}

double worstDistance(const Tokens& t, const Matrix& vision)
{
    const std::array<QColor, 4> colours{t.p1, t.p2, t.p3, t.deliberate};
    double worst = 1000;
    for (std::size_t i = 0; i < colours.size(); ++i) {
        for (std::size_t j = i + 1; j < colours.size(); ++j)
            worst
                = std::min(worst, ciede2000(labOf(colours[i], vision), labOf(colours[j], vision)));
    }
    return worst;
}

double nearestToGrey(const Tokens& t)
{
    double nearest = 1000;
    for (const Matrix& vision : {kNormal, kProtan, kDeutan, kTritan}) {
        for (const QColor& colour : {t.p1, t.p2, t.p3, t.deliberate})
            nearest = std::min(nearest, ciede2000(labOf(colour, vision), labOf(t.normal, vision)));
    }
    return nearest;
}

TEST(Palette, TheFormulaKnowsPublishedPairs)
{
    // From the test data that Sharma, Wu and Dalal published with the formula.
    EXPECT_NEAR(ciede2000({50, 2.6772, -79.7751}, {50, 0, -82.7485}), 2.0425, 1e-4);
    EXPECT_NEAR(ciede2000({50, 2.5, 0}, {73, 25, -18}), 27.1492, 1e-4);
    EXPECT_NEAR(ciede2000({2.0776, 0.0795, -1.135}, {0.9033, -0.0636, -0.5514}), 0.9082, 1e-4);
    EXPECT_NEAR(contrast(QColor(0, 0, 0), QColor(255, 255, 255)), 21, 1e-9);
}

TEST(Palette, TextIsReadableOnEveryGround)
{
    for (const Scheme scheme : {Scheme::Light, Scheme::Dark, Scheme::HighContrast}) {
        const Tokens& t = tokensOf(scheme);
        const Tokens down = oneStepDown(t);
        for (const QColor& ground : groundsOf(t)) {
            for (const QColor& ink : {t.ink, t.ink2, t.ink3, down.ink, down.ink2})
                EXPECT_GE(contrast(ink, ground), kTextFloor)
                    << ink.name().toStdString() << " on " << ground.name().toStdString();
        }
    }
}

TEST(Palette, DigitsAreReadableOnTheirBadges)
{
    for (const Scheme scheme : {Scheme::Light, Scheme::Dark, Scheme::HighContrast}) {
        const Tokens& t = tokensOf(scheme);
        const std::pair<QColor, QColor> pairs[]
            = {{t.p1On, t.p1}, {t.p2On, t.p2}, {t.p3On, t.p3}, {t.deliberateOn, t.deliberate}};
        for (const auto& [digit, fill] : pairs)
            EXPECT_GE(contrast(digit, fill), kTextFloor) << fill.name().toStdString();
        EXPECT_GE(contrast(t.ink, t.hollow), kTextFloor);
    }
}

TEST(Palette, GraphicsStandOutFromTheirGround)
{
    for (const Scheme scheme : {Scheme::Light, Scheme::Dark, Scheme::HighContrast}) {
        const Tokens& t = tokensOf(scheme);
        EXPECT_GE(contrast(t.outline, t.canvas), kGraphicsFloor);
        EXPECT_GE(contrast(t.outline, t.surface), kGraphicsFloor);
        EXPECT_GE(contrast(t.edgePen, t.canvas), kGraphicsFloor);
        EXPECT_GE(contrast(t.trace, t.band), kGraphicsFloor);
        EXPECT_GE(contrast(t.ink, t.band), kGraphicsFloor);
        EXPECT_GE(contrast(t.cellOn, t.surface), kGraphicsFloor);
        EXPECT_GE(contrast(t.ink, t.sel), kGraphicsFloor); // focus and selection
    }
}

// A badge stands out by its fill or, in the light, by the edge round it.
TEST(Palette, BadgesStandOutEverywhere)
{
    for (const Scheme scheme : {Scheme::Light, Scheme::Dark, Scheme::HighContrast}) {
        const Tokens& t = tokensOf(scheme);
        for (const QColor& ground : groundsOf(t)) {
            for (const QColor& fill : {t.p1, t.p2, t.p3, t.deliberate}) {
                const double seen = t.edgeWidth > 0
                    ? std::max(contrast(fill, ground), contrast(t.edge, ground))
                    : contrast(fill, ground);
                EXPECT_GE(seen, kGraphicsFloor) << fill.name().toStdString();
                if (t.edgeWidth > 0) {
                    EXPECT_GE(contrast(t.edge, fill), kGraphicsFloor);
                }
            }
        }
    }
}

TEST(Palette, AlarmColoursAreToldApartByEverybody)
{
    for (const Tokens* t : {&dark(), &light()}) {
        for (const Matrix& vision : {kNormal, kProtan, kDeutan, kTritan})
            EXPECT_GE(worstDistance(*t, vision), kDistanceFloor);
        EXPECT_GE(nearestToGrey(*t), 21.95);
    }
    EXPECT_NEAR(worstDistance(dark(), kDeutan), 11.0, 0.05);
    EXPECT_NEAR(worstDistance(light(), kDeutan), 11.6, 0.05);
    EXPECT_NEAR(worstDistance(dark(), kProtan), 15.2, 0.05);
    EXPECT_NEAR(worstDistance(dark(), kTritan), 17.9, 0.05);
    EXPECT_NEAR(worstDistance(light(), kTritan), 18.8, 0.05);
    EXPECT_NEAR(worstDistance(dark(), kNormal), 21.7, 0.05);
}

TEST(Palette, HighContrastHasNoColour)
{
    const Tokens& t = tokensOf(Scheme::HighContrast);

    for (const QColor& colour : {t.ink, t.ink2, t.canvas, t.sel, t.band, t.p1, t.p2, t.p3,
                                 t.deliberate, t.line, t.heat[0], t.heat[4]})
        EXPECT_EQ(colour.hsvSaturation(), 0) << colour.name().toStdString();
    EXPECT_EQ(t.alarmFill, AlarmFill::Pattern);
}

TEST(Palette, LinkLostIsOneStepDownAndKeepsTheBanner)
{
    const Tokens down = oneStepDown(dark());

    EXPECT_EQ(down.ink, dark().ink2);
    EXPECT_EQ(down.ink2, dark().ink3);
    EXPECT_EQ(down.inkSolid, dark().ink);
    EXPECT_EQ(down.p1, dark().p1);
}

TEST(Palette, DisabledTextIsFaintAndTheRestIsNot)
{
    const QPalette palette = paletteOf(dark());

    EXPECT_EQ(palette.color(QPalette::Active, QPalette::Text), dark().ink);
    EXPECT_EQ(palette.color(QPalette::Inactive, QPalette::Text), dark().ink);
    EXPECT_EQ(palette.color(QPalette::Disabled, QPalette::Text), dark().ink3);
    EXPECT_EQ(palette.color(QPalette::Disabled, QPalette::ButtonText), dark().ink3);
}

TEST(Palette, TheStyleSheetHasEveryColourFilledInAndLeavesTablesAlone)
{
    for (const Scheme scheme : {Scheme::Light, Scheme::Dark, Scheme::HighContrast}) {
        const QString sheet = styleSheetOf(tokensOf(scheme));
        EXPECT_FALSE(sheet.contains(QLatin1Char('@')));
        EXPECT_FALSE(sheet.contains(QLatin1String("QTableView")));
        EXPECT_FALSE(sheet.contains(QLatin1String("QTreeView")));
    }
    EXPECT_NE(styleSheetOf(dark()), styleSheetOf(light()));
}

} // namespace
} // namespace signalbox::theme
