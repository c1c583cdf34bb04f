// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/bars.h"

#include "console/theme/hatch.h"
#include "console/theme/metrics.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace signalbox::theme {

namespace {

int pixels(double share, int length)
{
    if (!std::isfinite(share))
        return 0;
    return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * length));
}

QBrush valueBrush(const QPainter& painter, BarFill fill, const Tokens& t)
{
    if (fill == BarFill::Hatched)
        return hatchBrush(Hatch::Gap, t, painter.device()->devicePixelRatioF());
    return t.ink2;
}

// Four fills: a pen would be antialiased and cost ten times as much.
void paintFrame(QPainter& painter, const QRect& box, const QColor& colour)
{
    painter.fillRect(QRect(box.left(), box.top(), box.width(), kHairline), colour);
    painter.fillRect(QRect(box.left(), box.bottom(), box.width(), kHairline), colour);
    painter.fillRect(QRect(box.left(), box.top(), kHairline, box.height()), colour);
    painter.fillRect(QRect(box.right(), box.top(), kHairline, box.height()), colour);
}

void paintDashes(QPainter& painter, const QRect& line, const QColor& colour)
{
    const bool upright = line.height() > line.width();
    const int length = upright ? line.height() : line.width();
    for (int at = 0; at < length; at += 4) {
        const int piece = std::min(2, length - at);
        painter.fillRect(upright ? QRect(line.left(), line.top() + at, line.width(), piece)
                                 : QRect(line.left() + at, line.top(), piece, line.height()),
                         colour);
    }
}

} // namespace

void paintHBar(QPainter& painter, const QRect& box, const BarReading& reading, const Tokens& t)
{
    painter.fillRect(box, t.track);
    if (reading.bandLow && reading.bandHigh) {
        const int from = pixels(*reading.bandLow, box.width());
        const int to = pixels(*reading.bandHigh, box.width());
        painter.fillRect(QRect(box.left() + from, box.top(), to - from, box.height()), t.band);
    }
    if (reading.value) {
        const int at = pixels(*reading.value, box.width());
        const int thick = box.height() > kBarHeight ? kBarValueWide : kBarValue;
        const int top = box.top() + (box.height() - thick) / 2;
        painter.fillRect(QRect(box.left(), top, at, thick), valueBrush(painter, reading.fill, t));
        const int marker = std::max(0, at - kBarMarker);
        painter.fillRect(QRect(box.left() + marker, box.top(), kBarMarker, box.height()), t.ink);
    }
    if (reading.limit) {
        const int at = std::min(pixels(*reading.limit, box.width()), box.width() - 1);
        paintDashes(painter, QRect(box.left() + at, box.top(), kHairline, box.height()), t.ink2);
    }
    paintFrame(painter, box, t.line2);
}

void paintVBar(QPainter& painter, const QRect& box, const BarReading& reading, const Tokens& t)
{
    const int foot = box.top() + box.height();
    painter.fillRect(box, t.track);
    if (reading.bandLow && reading.bandHigh) {
        const int from = foot - pixels(*reading.bandHigh, box.height());
        const int to = foot - pixels(*reading.bandLow, box.height());
        painter.fillRect(QRect(box.left(), from, box.width(), to - from), t.band);
    }
    const int top = reading.value ? foot - pixels(*reading.value, box.height()) : foot;
    if (reading.value) {
        const int thick = box.width() > 9 ? kBarValueWide : kBarValue;
        painter.fillRect(QRect(box.left() + (box.width() - thick) / 2, top, thick, foot - top),
                         valueBrush(painter, reading.fill, t));
    }
    if (reading.limit) {
        const int at = std::max(box.top(), foot - pixels(*reading.limit, box.height()));
        paintDashes(painter, QRect(box.left(), at, box.width(), kHairline), t.ink2);
    }
    paintFrame(painter, box, t.line2);
    if (reading.value) // wider than the bar: in a row of bars it is the marker that is read
        painter.fillRect(
            QRect(box.left() - 1, std::min(top, foot - kBarMarker), box.width() + 2, kBarMarker),
            t.ink);
}

void paintSegments(QPainter& painter, const QRect& box, std::span<const Segment> segments,
                   const Tokens& t)
{
    if (segments.empty())
        return;
    const int count = static_cast<int>(segments.size());
    const int gap = box.width() / count >= 6 ? 2 : box.width() / count >= 3 ? 1 : 0;
    for (int i = 0; i < count; ++i) {
        const int from = static_cast<int>(static_cast<std::int64_t>(box.width()) * i / count);
        const int to = static_cast<int>(static_cast<std::int64_t>(box.width()) * (i + 1) / count);
        const QRect piece(box.left() + from, box.top(), std::max(1, to - from - gap), box.height());
        const Segment segment = segments[static_cast<std::size_t>(i)];
        painter.fillRect(piece, segment == Segment::Done ? t.ink2 : t.track);
        if (segment != Segment::Done)
            paintFrame(painter, piece, segment == Segment::Last ? t.ink : t.outline);
    }
}

void paintCell(QPainter& painter, const QRect& box, double load, const Tokens& t)
{
    painter.fillRect(box, t.cell);
    const int high = pixels(load, box.height());
    painter.fillRect(QRect(box.left(), box.top() + box.height() - high, box.width(), high),
                     t.cellOn);
}

const QColor& heatOf(double load, const Tokens& t)
{
    const double steps = static_cast<double>(t.heat.size());
    const double step = std::isfinite(load) ? std::clamp(load * steps, 0.0, steps - 1) : 0.0;
    return t.heat[static_cast<std::size_t>(step)];
}

} // namespace signalbox::theme
