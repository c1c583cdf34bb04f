// SPDX-License-Identifier: Apache-2.0
#include "console/theme/bars.h"
#include "console/theme/hatch.h"
#include "console/theme/icons.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/path_text.h"
#include "console/theme/strips.h"
#include "console/theme/theme.h"

#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

namespace signalbox::theme {
namespace {

constexpr Scheme kSchemes[] = {Scheme::Light, Scheme::Dark, Scheme::HighContrast};

QImage painted(const Tokens& t, const std::function<void(QPainter&)>& paint)
{
    QImage image(kBadgeSize * 2, kBadgeSize, QImage::Format_ARGB32_Premultiplied);
    image.fill(t.canvas);
    QPainter painter(&image);
    paint(painter);
    return image;
}

QImage badge(const Tokens& t, Priority priority, Ack ack)
{
    return painted(t, [&](QPainter& p) { paintBadge(p, QRectF(0, 0, 24, 24), priority, ack, t); });
}

// Only where something was drawn, without its colours.
QImage shapeOf(const QImage& image, const QColor& ground)
{
    QImage shape(image.size(), QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            shape.setPixelColor(x, y, image.pixelColor(x, y) == ground ? Qt::white : Qt::black);
    }
    return shape;
}

void expectAllDiffer(const std::vector<QImage>& images)
{
    for (std::size_t i = 0; i < images.size(); ++i) {
        for (std::size_t j = i + 1; j < images.size(); ++j)
            EXPECT_NE(images[i], images[j]) << i << " and " << j;
    }
}

TEST(Badges, ShapesDifferWithoutAnyColour)
{
    for (const Scheme scheme : kSchemes) {
        const Tokens& t = tokensOf(scheme);
        std::vector<QImage> shapes;
        for (const Priority priority : {Priority::P1, Priority::P2, Priority::P3})
            shapes.push_back(shapeOf(badge(t, priority, Ack::New), t.canvas));
        expectAllDiffer(shapes);
    }
}

TEST(Badges, NewAcknowledgedAndShelvedDifferInGrey)
{
    for (const Scheme scheme : kSchemes) {
        const Tokens& t = tokensOf(scheme);
        for (const Priority priority : {Priority::P1, Priority::P2, Priority::P3}) {
            std::vector<QImage> grey;
            for (const Ack ack : {Ack::New, Ack::Acknowledged, Ack::Shelved})
                grey.push_back(badge(t, priority, ack).convertToFormat(QImage::Format_Grayscale8));
            expectAllDiffer(grey);
        }
    }
}

TEST(Badges, NoneLeavesTheGroundAlone)
{
    const Tokens& t = tokensOf(Scheme::Dark);

    EXPECT_EQ(badge(t, Priority::None, Ack::New), painted(t, [](QPainter&) {}));
}

TEST(Badges, ThePixmapFollowsTheScheme)
{
    const Scheme before = Theme::current().scheme();
    Theme::current().setScheme(Scheme::Light);
    const QImage inLight = badgePixmap(Priority::P1, Ack::New, 2).toImage();
    Theme::current().setScheme(Scheme::Dark);
    const QImage inDark = badgePixmap(Priority::P1, Ack::New, 2).toImage();
    Theme::current().setScheme(before);

    EXPECT_EQ(inDark.size(), QSize(48, 48));
    EXPECT_NE(inLight, inDark);
}

TEST(Marks, EveryKindAdminAndFreshnessHasAFormOfItsOwn)
{
    const Tokens& t = tokensOf(Scheme::Dark);
    const QRectF box(0, 0, 20, 20);
    std::vector<QImage> kinds;
    for (int kind = 0; kind <= static_cast<int>(Kind::Route); ++kind)
        kinds.push_back(
            painted(t, [&](QPainter& p) { paintKind(p, box, static_cast<Kind>(kind), t); }));
    std::vector<QImage> admins;
    for (int admin = 0; admin <= static_cast<int>(model::Admin::Canary); ++admin)
        admins.push_back(painted(
            t, [&](QPainter& p) { paintAdmin(p, box, static_cast<model::Admin>(admin), t); }));
    std::vector<QImage> ages;
    for (int age = 0; age <= static_cast<int>(model::Freshness::Disconnected); ++age)
        ages.push_back(painted(t, [&](QPainter& p) {
            paintFreshOutline(p, kindPath(Kind::Instance, box), static_cast<model::Freshness>(age),
                              t);
        }));

    expectAllDiffer(kinds);
    expectAllDiffer(admins);
    expectAllDiffer(ages);
    EXPECT_EQ(admins.front(), painted(t, [](QPainter&) {})) << "run has no glyph";
}

TEST(Icons, EachIsDrawnInsideItsField)
{
    for (int icon = 0; icon <= static_cast<int>(Icon::Brand); ++icon) {
        const QPainterPath path = iconPath(static_cast<Icon>(icon));
        EXPECT_FALSE(path.isEmpty()) << icon;
        EXPECT_TRUE(QRectF(0, 0, kIconSize, kIconSize).contains(path.boundingRect())) << icon;
    }
}

TEST(PathText, ReadsLinesCurvesAndArcs)
{
    EXPECT_EQ(pathFromText("M2 3h4v-2z").boundingRect(), QRectF(2, 1, 4, 2));
    EXPECT_EQ(pathFromText("M1.5.5L3-2").currentPosition(), QPointF(3, -2));
    const QRectF half = pathFromText("M2 8a6 6 0 0 1 12 0").boundingRect();
    EXPECT_NEAR(half.top(), 2, 1e-6);
    EXPECT_NEAR(half.bottom(), 8, 1e-6);
    EXPECT_TRUE(pathFromText("?").isEmpty());
}

TEST(Bars, TheMarkerStandsWhereTheValueIs)
{
    const Tokens& t = tokensOf(Scheme::Dark);
    const QImage bar = painted(t, [&](QPainter& p) {
        paintHBar(p, QRect(0, 0, 40, 12), {0.5, 0.25, 0.75, std::nullopt}, t);
    });

    EXPECT_EQ(bar.pixelColor(18, 2), t.ink);
    EXPECT_EQ(bar.pixelColor(19, 9), t.ink);
    EXPECT_EQ(bar.pixelColor(15, 2), t.band);
    EXPECT_EQ(bar.pixelColor(5, 6), t.ink2);
    EXPECT_EQ(bar.pixelColor(35, 6), t.track);
    EXPECT_EQ(bar.pixelColor(0, 0), t.line2);
}

TEST(Bars, UnknownHasNoMarkerAndNothingLeavesTheBar)
{
    const Tokens& t = tokensOf(Scheme::Dark);
    const QImage unknown
        = painted(t, [&](QPainter& p) { paintHBar(p, QRect(0, 0, 40, 12), {}, t); });
    const QImage beyond = painted(t, [&](QPainter& p) {
        paintHBar(p, QRect(0, 0, 40, 12), {7.0, -3.0, std::nan(""), 2.0}, t);
    });

    EXPECT_EQ(unknown.pixelColor(20, 6), t.track);
    EXPECT_EQ(beyond.pixelColor(40, 6), t.canvas);
    EXPECT_EQ(heatOf(-1, t), t.heat[0]);
    EXPECT_EQ(heatOf(2, t), t.heat[4]);
}

TEST(Strips, ColumnsKeepLeastAndGreatest)
{
    std::vector<float> values(1000, 5);
    values[500] = 90;
    values[501] = 1;

    const std::vector<Column> columns = decimate(values, 10);

    ASSERT_EQ(columns.size(), 10u);
    EXPECT_EQ(columns[5].high, 90);
    EXPECT_EQ(columns[5].low, 1);
    EXPECT_EQ(columns[4].high, 5);
    values.assign(1000, std::nanf(""));
    EXPECT_FALSE(decimate(values, 10)[3].filled);
    EXPECT_TRUE(decimate(values, 0).empty());
}

TEST(Strips, OnlyLastingRunsOutsideTheBandAreAbnormal)
{
    const std::vector<float> low(20, 10);
    const std::vector<float> high(20, 20);
    std::vector<float> values(20, 15);
    for (std::size_t i = 3; i < 7; ++i) // four: a spike
        values[i] = 30;
    for (std::size_t i = 10; i < 15; ++i) // five: abnormal
        values[i] = 5;
    values[16] = std::nanf("");
    StripData data;
    data.values = values;
    data.bandLow = low;
    data.bandHigh = high;

    const std::vector<SampleRun> runs = abnormalRuns(data);

    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].begin, 10u);
    EXPECT_EQ(runs[0].end, 15u);
}

TEST(Strips, AGapIsNotBridged)
{
    const Tokens& t = tokensOf(Scheme::Dark);
    std::vector<float> values(48, 0.5F);
    for (std::size_t i = 20; i < 28; ++i)
        values[i] = std::nanf("");
    StripData data;
    data.values = values;
    data.gridIntervals = 0;
    const QImage strip
        = painted(t, [&](QPainter& p) { paintStrip(p, QRect(0, 0, 48, 24), data, t); });

    for (int y = 0; y < 24; ++y)
        EXPECT_EQ(strip.pixelColor(24, y), t.canvas);
    EXPECT_NE(shapeOf(strip, t.canvas), shapeOf(painted(t, [](QPainter&) {}), t.canvas));
}

TEST(Strips, TheTopOfAnAxisIsRound)
{
    EXPECT_FLOAT_EQ(roundTop(0), 1);
    EXPECT_FLOAT_EQ(roundTop(41), 50);
    EXPECT_FLOAT_EQ(roundTop(100), 100);
    EXPECT_FLOAT_EQ(roundTop(569), 1000);
}

TEST(Hatches, RepeatEveryEightPixelsAtEveryRatio)
{
    const Tokens& t = tokensOf(Scheme::Dark);
    for (const double ratio : {1.0, 1.5, 2.0}) {
        const QBrush brush = hatchBrush(Hatch::Replay, t, ratio);
        EXPECT_EQ(brush.textureImage().width(), qRound(kHatchSize * ratio));
        EXPECT_DOUBLE_EQ(brush.transform().m11() * brush.textureImage().width(), kHatchSize);
    }
}

} // namespace
} // namespace signalbox::theme
