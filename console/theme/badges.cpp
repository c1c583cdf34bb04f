// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/badges.h"

#include "console/theme/hatch.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <QPixmapCache>
#include <QPolygonF>

#include <algorithm>

namespace signalbox::theme {

namespace {

constexpr double kMiddle = kBadgeSize / 2.0;
constexpr double kRoot3 = 1.732;
constexpr int kSmallDigit = 9; // in hollow shapes

struct Colours {
    QColor fill;
    QColor on;
};

Colours coloursOf(Priority priority, const Tokens& t)
{
    switch (priority) {
    case Priority::P1: return {t.p1, t.p1On};
    case Priority::P2: return {t.p2, t.p2On};
    case Priority::P3:
    case Priority::None: break;
    }
    return {t.p3, t.p3On};
}

// The outline on a field of kBadgeSize; half = half the width of the shape, out = grown by so much.
// The middle of a triangle is where its weight is, so that it sits as high as the square.
QPainterPath shapeOf(Priority priority, double half, double out)
{
    QPainterPath path;
    if (priority == Priority::P1) {
        const double side = half * 0.86 + out;
        path.addRect(QRectF(kMiddle - side, kMiddle - side, 2 * side, 2 * side));
        return path;
    }
    const double high = half * kRoot3;
    const double top = 13 - high * 0.58;
    QPolygonF triangle{QPointF(kMiddle, top - 2 * out),
                       QPointF(kMiddle + half + kRoot3 * out, top + high + out),
                       QPointF(kMiddle - half - kRoot3 * out, top + high + out)};
    if (priority == Priority::P3) {
        for (QPointF& corner : triangle)
            corner.setY(kBadgeSize - corner.y());
    }
    path.addPolygon(triangle);
    path.closeSubpath();
    return path;
}

// The baseline of the digit is given: centred by metrics it would leave the triangle.
double baselineOf(Priority priority, double half)
{
    const double high = half * kRoot3;
    const double top = 13 - high * 0.58;
    if (priority == Priority::P1)
        return 15.8;
    return priority == Priority::P2 ? top + high - 2.4 : kBadgeSize - top - high + 9.6;
}

QPen sharp(const QColor& colour, double width)
{
    return QPen(colour, width, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
}

// A drawing of one badge, on a field of kBadgeSize by kBadgeSize.
struct Drawing {
    QPainter& painter;
    Priority priority;
    const Tokens& t;

    void stroke(const QPainterPath& path, const QPen& pen) const
    {
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(path);
    }

    void fill(const QPainterPath& path, const QBrush& brush) const
    {
        painter.fillPath(path, brush);
    }

    QPointF digitPlace(const QFont& font, double half) const
    {
        const double wide = QFontMetricsF(font).horizontalAdvance(text());
        return {kMiddle - wide / 2, baselineOf(priority, half)};
    }

    QString text() const { return QString::number(static_cast<int>(priority)); }

    void digit(const QColor& colour, int pixelSize, double half) const
    {
        const QFont font = fontFor(TextStyle::BadgeDigit, TextWeight::Bold, pixelSize);
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(digitPlace(font, half), text());
    }

    void solid(double half) const
    {
        const Colours colours = coloursOf(priority, t);
        const QPainterPath shape = shapeOf(priority, half, 0);
        if (t.edgeWidth > 0)
            stroke(shape, sharp(t.edge, 2 * t.edgeWidth));
        if (t.alarmFill == AlarmFill::Pattern && priority != Priority::P1) {
            patterned(shape, half);
            return;
        }
        fill(shape, colours.fill);
        digit(colours.on, pixelSizeOf(TextStyle::BadgeDigit), half);
    }

    // Without colour: P1 is full, P2 hatched, P3 barred; the digit stands clear of the threads.
    void patterned(const QPainterPath& shape, double half) const
    {
        const QColor ink = coloursOf(priority, t).fill;
        fill(shape, t.canvas);
        painter.save();
        painter.setClipPath(shape, Qt::IntersectClip);
        painter.setPen(QPen(ink, 1));
        for (int at = -kBadgeSize; at < 2 * kBadgeSize; at += priority == Priority::P2 ? 4 : 3) {
            const bool slanted = priority == Priority::P2;
            painter.drawLine(slanted ? QLineF(at, kBadgeSize, at + kBadgeSize, 0)
                                     : QLineF(0, at, kBadgeSize, at));
        }
        painter.restore();
        stroke(shape, sharp(ink, 1.8));
        const QFont font
            = fontFor(TextStyle::BadgeDigit, TextWeight::Bold, pixelSizeOf(TextStyle::BadgeDigit));
        QPainterPath letter;
        letter.addText(digitPlace(font, half), font, text());
        stroke(letter, QPen(t.canvas, 4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        fill(letter, t.ink);
    }

    void hollow(const QColor& outline) const
    {
        const QPainterPath shape = shapeOf(priority, 8.8, 0);
        if (t.edgeWidth > 0)
            stroke(shape, sharp(t.edge, 4));
        fill(shape, t.hollow);
        stroke(shape, sharp(outline, t.edgeWidth > 0 ? 2 : 1.8));
    }

    void clock() const
    {
        const double y = priority == Priority::P2 ? 14.4 : priority == Priority::P3 ? 9.6 : kMiddle;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(t.ink, 1));
        painter.drawEllipse(QPointF(kMiddle, y), 3.2, 3.2);
        painter.drawPolyline(
            QPolygonF{QPointF(kMiddle, y - 2), QPointF(kMiddle, y), QPointF(kMiddle + 1.6, y)});
    }

    void draw(Ack ack, double solidHalf) const
    {
        if (ack == Ack::New) {
            solid(solidHalf);
        } else if (ack == Ack::Acknowledged) {
            hollow(coloursOf(priority, t).fill);
            digit(t.ink, kSmallDigit, 8.8);
        } else {
            hollow(t.deliberate);
            clock();
        }
    }
};

void enter(QPainter& painter, const QRectF& box)
{
    const double scale = std::min(box.width(), box.height()) / kBadgeSize;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(box.center() - QPointF(kMiddle, kMiddle) * scale);
    painter.scale(scale, scale);
}

} // namespace

void paintBadge(QPainter& painter, const QRectF& box, Priority priority, Ack ack, const Tokens& t)
{
    if (priority == Priority::None)
        return;
    enter(painter, box);
    Drawing{painter, priority, t}.draw(ack, 9.4);
    painter.restore();
}

void paintBadgeNone(QPainter& painter, const QRectF& box, Priority priority, const Tokens& t)
{
    if (priority == Priority::None)
        return;
    enter(painter, box);
    const Drawing drawing{painter, priority, t};
    drawing.stroke(shapeOf(priority, 7.6, 0), sharp(t.line2, 1));
    drawing.digit(t.ink3, kSmallDigit, 7.6);
    painter.restore();
}

void paintBadgeOver(QPainter& painter, const QRectF& box, Priority priority, Ack ack,
                    const QColor& ground, const Tokens& t)
{
    if (priority == Priority::None)
        return;
    enter(painter, box);
    const Drawing drawing{painter, priority, t};
    const double out = ack != Ack::New ? 3 : t.edgeWidth > 0 ? 5.6 : 5;
    drawing.fill(shapeOf(priority, ack == Ack::New ? 9.4 : 8.8, out), ground);
    drawing.draw(ack, 9.4);
    painter.restore();
}

void paintBadgeRing(QPainter& painter, const QRectF& box, Priority priority, Ack ack,
                    const Tokens& t)
{
    if (priority == Priority::None)
        return;
    enter(painter, box);
    const Drawing drawing{painter, priority, t};
    if (ack == Ack::New) {
        const bool edged = t.edgeWidth > 0;
        const QColor ring = edged ? t.ink : coloursOf(priority, t).fill;
        drawing.stroke(shapeOf(priority, 9, edged ? 3.2 : 2.6), sharp(ring, 1));
    }
    drawing.draw(ack, 9);
    painter.restore();
}

QPixmap badgePixmap(Priority priority, Ack ack, double devicePixelRatio)
{
    const QString key = QStringLiteral("signalbox/badge/%1/%2/%3/%4")
                            .arg(static_cast<int>(Theme::current().scheme()))
                            .arg(static_cast<int>(priority))
                            .arg(static_cast<int>(ack))
                            .arg(devicePixelRatio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    const int size = qRound(kBadgeSize * devicePixelRatio);
    pixmap = QPixmap(size, size);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintBadge(painter, QRectF(0, 0, kBadgeSize, kBadgeSize), priority, ack, tokens());
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

} // namespace signalbox::theme
