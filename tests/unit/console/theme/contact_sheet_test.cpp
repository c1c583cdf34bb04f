// SPDX-License-Identifier: Apache-2.0
// Every mark in every scheme. With SIGNALBOX_CONTACT_SHEET=FOLDER the sheets are also written
// there, for eyes.
#include "console/theme/bars.h"
#include "console/theme/hatch.h"
#include "console/theme/icons.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/strips.h"
#include "console/theme/typography.h"

#include <QDir>
#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

namespace signalbox::theme {
namespace {

constexpr int kWidth = 760;
constexpr int kHeight = 470;

constexpr Priority kPriorities[] = {Priority::P1, Priority::P2, Priority::P3};
constexpr model::Admin kAdmins[]
    = {model::Admin::Warm, model::Admin::Drain,   model::Admin::Maint,
       model::Admin::Off,  model::Admin::Standby, model::Admin::Canary};
constexpr model::Freshness kFreshness[] = {model::Freshness::Live, model::Freshness::Late,
                                           model::Freshness::Stale, model::Freshness::Disconnected};

void drawBadges(QPainter& painter, const Tokens& t)
{
    int x = 12;
    for (const Priority priority : kPriorities) {
        for (const Ack ack : {Ack::New, Ack::Acknowledged, Ack::Shelved}) {
            paintBadge(painter, QRectF(x, 8, 24, 24), priority, ack, t);
            x += 28;
        }
        paintBadgeNone(painter, QRectF(x, 8, 24, 24), priority, t);
        x += 40;
    }
    for (const Priority priority : kPriorities) {
        paintBadgeRing(painter, QRectF(x, 4, 32, 32), priority, Ack::New, t);
        x += 44;
    }
    painter.fillRect(QRect(x, 4, 120, 32), t.heat[2]);
    for (const Priority priority : kPriorities) {
        paintBadgeOver(painter, QRectF(x + 8, 8, 20, 20), priority, Ack::New, t.canvas, t);
        x += 40;
    }
}

void drawMarks(QPainter& painter, const Tokens& t)
{
    int x = 12;
    for (int kind = 0; kind <= static_cast<int>(Kind::Route); ++kind, x += 28)
        paintKind(painter, QRectF(x, 48, 20, 20), static_cast<Kind>(kind), t);
    for (const model::Admin admin : kAdmins) {
        paintAdmin(painter, QRectF(x, 50, 16, 16), admin, t);
        x += 24;
    }
    for (const model::Freshness freshness : kFreshness) {
        paintFreshLine(painter, QRectF(x, 50, 20, 12), freshness, t);
        x += 28;
    }
    x = 12;
    for (const model::Freshness freshness : kFreshness) {
        paintFreshOutline(painter, kindPath(Kind::Instance, QRectF(x, 80, 48, 48)), freshness, t);
        x += 60;
    }
    paintLoading(painter, QRectF(x, 80, 48, 48), 62, t);
    paintSelectionRing(painter, QRectF(x + 70, 84, 80, 40), 4, t.canvas, t);
    paintFocusRing(painter, QRectF(x + 170, 84, 80, 40), 4, t);
    painter.fillRect(QRect(x + 270, 92, 120, 24), t.sel);
    paintSelectionBar(painter, QRect(x + 270, 92, 120, 24), t);
    paintCellFocus(painter, QRect(x + 310, 92, 60, 24), t);
}

void drawBars(QPainter& painter, const Tokens& t)
{
    paintHBar(painter, QRect(12, 144, 160, 12), {0.43, 0.2, 0.6, std::nullopt}, t);
    paintHBar(painter, QRect(188, 144, 160, 12), {0.8, std::nullopt, std::nullopt, 0.9}, t);
    paintHBar(painter, QRect(364, 144, 160, 12), {0.7, {}, {}, {}, BarFill::Hatched}, t);
    paintHBar(painter, QRect(540, 144, 160, 12), {}, t);
    for (int i = 0; i < 8; ++i)
        paintVBar(painter, QRect(12 + i * 16, 168, i % 2 == 0 ? 8 : 12, 40),
                  {0.1 * (i + 1), 0.3, 0.7, 0.95}, t);
    const Segment segments[] = {Segment::Done, Segment::Done, Segment::Done,
                                Segment::Open, Segment::Open, Segment::Last};
    paintSegments(painter, QRect(160, 176, 140, 12), segments, t);
    for (int i = 0; i < 10; ++i) {
        paintCell(painter, QRect(320 + i * 14, 172, 12, 12), i / 9.0, t);
        painter.fillRect(QRect(320 + i * 14, 192, 12, 12), heatOf(i / 10.0, t));
    }
    for (int i = 0; i < 4; ++i)
        painter.fillRect(QRect(480 + i * 64, 168, 56, 40), hatchBrush(static_cast<Hatch>(i), t, 1));
}

void drawStrips(QPainter& painter, const Tokens& t)
{
    std::vector<float> values;
    std::vector<float> low;
    std::vector<float> high;
    for (int i = 0; i < 240; ++i) {
        const float wave = 50 + 8 * std::sin(static_cast<float>(i) / 9);
        const float jitter = 6 * std::sin(static_cast<float>(i * i % 97));
        values.push_back(i > 180 && i < 220 ? 92 + jitter / 3 : wave + jitter);
        low.push_back(wave - 14);
        high.push_back(wave + 14);
    }
    values[60] = values[61] = values[62] = std::nanf("");
    StripData data;
    data.values = values;
    data.bandLow = low;
    data.bandHigh = high;
    data.highest = 120;
    paintStrip(painter, QRect(12, 224, 300, 48), data, t);
    data.threshold = 100;
    data.dataEnds = 0.8;
    data.cursor = 0.4;
    paintStrip(painter, QRect(324, 224, 300, 48), data, t);
    paintSparkline(painter, QRect(640, 236, 96, 20), values, t);
    paintHatchFrame(painter, QRect(640, 262, 96, 30), Hatch::Replay, 6, t);
}

void drawIcons(QPainter& painter, const Tokens& t)
{
    for (int i = 0; i <= static_cast<int>(Icon::Brand); ++i)
        paintIcon(painter, QRectF(12 + i * 24, 300, 16, 16), static_cast<Icon>(i), t.ink2);
}

void drawText(QPainter& painter, const Tokens& t)
{
    const std::pair<TextStyle, QString> lines[] = {
        {TextStyle::Caption, QStringLiteral("Caption 0123456789 13:10Z")},
        {TextStyle::Base, QStringLiteral("Base: Wedged: no token, 9 requests held 1,111 0,000")},
        {TextStyle::Name, QStringLiteral("chat-70b-b02-2")},
        {TextStyle::Figure, QStringLiteral("36.7k 225k 111 000")},
        {TextStyle::Answer, QStringLiteral("14 streams left")},
        {TextStyle::AnswerLarge, QStringLiteral("Applied by 7 of 8")},
        {TextStyle::Mono, QStringLiteral("req_01HZX7 != -> === diff")},
    };
    int y = 340;
    int x = 12;
    for (const auto& [style, text] : lines) {
        painter.setFont(fontFor(style));
        painter.setPen(style == TextStyle::Caption ? t.ink3 : t.ink);
        painter.drawText(x, y, text);
        y += 32;
        if (y > kHeight - 10) {
            y = 340;
            x += 380;
        }
    }
}

QImage sheetOf(const Tokens& t, double ratio)
{
    QImage sheet(qRound(kWidth * ratio), qRound(kHeight * ratio),
                 QImage::Format_ARGB32_Premultiplied);
    sheet.setDevicePixelRatio(ratio);
    sheet.fill(t.canvas);
    QPainter painter(&sheet);
    drawBadges(painter, t);
    drawMarks(painter, t);
    drawBars(painter, t);
    drawStrips(painter, t);
    drawIcons(painter, t);
    drawText(painter, t);
    return sheet;
}

TEST(ContactSheet, EveryMarkIsPaintedTheSameTwice)
{
    const QString folder = qEnvironmentVariable("SIGNALBOX_CONTACT_SHEET");
    for (const Scheme scheme : {Scheme::Light, Scheme::Dark, Scheme::HighContrast}) {
        const Tokens& t = tokensOf(scheme);

        const QImage first = sheetOf(t, 1);
        const QImage second = sheetOf(t, 1);

        EXPECT_EQ(first, second);
        if (folder.isEmpty())
            continue;
        const QString name = QStringLiteral("sheet-%1").arg(static_cast<int>(scheme));
        EXPECT_TRUE(first.save(QDir(folder).filePath(name + QStringLiteral(".png"))));
        EXPECT_TRUE(sheetOf(t, 2).save(QDir(folder).filePath(name + QStringLiteral("@2.png"))));
    }
}

} // namespace
} // namespace signalbox::theme
