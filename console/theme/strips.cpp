// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/theme/strips.h"

#include "console/theme/hatch.h"
#include "console/theme/metrics.h"

#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace signalbox::theme {

namespace {

constexpr double kReferenceWidth = 1.25;

// From sample and value to a point of the box.
struct Field {
    QRectF box;
    double lowest = 0;
    double highest = 1;
    std::size_t count = 0;

    double x(std::size_t index) const
    {
        const double share
            = count > 1 ? static_cast<double>(index) / static_cast<double>(count - 1) : 0;
        return box.left() + share * box.width();
    }
    double y(double value) const
    {
        const double share = (std::clamp(value, lowest, highest) - lowest) / (highest - lowest);
        return box.bottom() - share * box.height();
    }
};

float greatestOf(std::span<const float> values)
{
    float greatest = 0;
    for (const float value : values)
        greatest = std::isfinite(value) ? std::max(greatest, value) : greatest;
    return greatest;
}

Field fieldOf(const QRect& box, const StripData& data)
{
    Field field;
    field.box = QRectF(box).adjusted(0, 1, 0, -1);
    field.box.setWidth(std::max(1.0, field.box.width() * std::clamp(data.dataEnds, 0.0, 1.0)));
    field.count = data.values.size();
    field.lowest = data.lowest;
    field.highest = data.highest;
    if (!(data.highest > data.lowest)) {
        const float top = std::max({greatestOf(data.values), greatestOf(data.bandHigh),
                                    greatestOf(data.reference), data.threshold.value_or(0)});
        field.highest = std::max(static_cast<double>(roundTop(top)), field.lowest + 1e-6);
    }
    return field;
}

// One line a run of samples without gaps; long series are drawn by pixel columns.
void drawSeries(QPainter& painter, const Field& field, std::span<const float> values)
{
    QPolygonF line;
    const auto flush = [&] {
        if (line.size() == 1)
            painter.drawPoint(line.front());
        else if (!line.isEmpty())
            painter.drawPolyline(line);
        line.clear();
    };
    const int columns = std::max(1, static_cast<int>(field.box.width()));
    if (values.size() <= static_cast<std::size_t>(columns) * 2) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (std::isfinite(values[i]))
                line << QPointF(field.x(i), field.y(values[i]));
            else
                flush();
        }
    } else {
        const std::vector<Column> pieces = decimate(values, columns);
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            if (!pieces[i].filled) {
                flush();
                continue;
            }
            const double x = field.box.left() + static_cast<double>(i) + 0.5;
            line << QPointF(x, field.y(pieces[i].low)) << QPointF(x, field.y(pieces[i].high))
                 << QPointF(x, field.y(pieces[i].last));
        }
    }
    flush();
}

void drawBand(QPainter& painter, const Field& field, const StripData& data, const QColor& colour)
{
    const std::size_t count
        = std::min({data.values.size(), data.bandLow.size(), data.bandHigh.size()});
    const std::size_t step
        = std::max<std::size_t>(1, count / static_cast<std::size_t>(field.box.width() + 1));
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    QPolygonF upper;
    QPolygonF lower;
    const auto flush = [&] {
        std::reverse(lower.begin(), lower.end());
        if (upper.size() > 1)
            painter.drawPolygon(upper + lower);
        upper.clear();
        lower.clear();
    };
    // The last sample always, so that the band reaches as far as the series.
    const auto next
        = [&](std::size_t i) { return i + 1 < count && i + step >= count ? count - 1 : i + step; };
    for (std::size_t i = 0; i < count; i = next(i)) {
        if (!std::isfinite(data.bandLow[i]) || !std::isfinite(data.bandHigh[i])) {
            flush();
            continue;
        }
        upper << QPointF(field.x(i), field.y(data.bandHigh[i]));
        lower << QPointF(field.x(i), field.y(data.bandLow[i]));
    }
    flush();
    painter.setBrush(Qt::NoBrush);
}

void drawAbnormal(QPainter& painter, const Field& field, const StripData& data, const Tokens& t)
{
    painter.setPen(QPen(t.ink, kAbnormalTraceWidth, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
    std::vector<float> only;
    for (const SampleRun& run : abnormalRuns(data)) {
        // From the sample before, so that the stroke is seen to leave the band.
        const std::size_t begin = run.begin > 0 ? run.begin - 1 : 0;
        if (data.values.size() <= static_cast<std::size_t>(field.box.width()) * 2) {
            QPolygonF line;
            for (std::size_t i = begin; i < run.end; ++i) {
                if (std::isfinite(data.values[i]))
                    line << QPointF(field.x(i), field.y(data.values[i]));
            }
            painter.drawPolyline(line);
            continue;
        }
        only.assign(data.values.size(), std::nanf(""));
        std::copy(data.values.begin() + static_cast<std::ptrdiff_t>(begin),
                  data.values.begin() + static_cast<std::ptrdiff_t>(run.end),
                  only.begin() + static_cast<std::ptrdiff_t>(begin));
        drawSeries(painter, field, only);
    }
}

void drawGrid(QPainter& painter, const QRect& box, int intervals, const Tokens& t)
{
    for (int i = 0; intervals > 0 && i <= intervals; ++i) {
        const int y = box.top() + (box.height() - 1) * i / intervals;
        painter.fillRect(QRect(box.left(), y, box.width(), kHairline), t.line);
    }
}

void drawMarks(QPainter& painter, const QRect& box, const Field& field, const StripData& data,
               const Tokens& t)
{
    if (data.threshold) {
        const double y = std::floor(field.y(*data.threshold)) + 0.5;
        QPen pen(t.ink2, kHairline, Qt::CustomDashLine, Qt::FlatCap);
        pen.setDashPattern({4, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(box.left(), y), QPointF(box.left() + box.width(), y));
    }
    if (data.dataEnds < 1) {
        QRect gap = box;
        gap.setLeft(static_cast<int>(std::ceil(field.box.right())));
        painter.fillRect(gap, hatchBrush(Hatch::Gap, t, painter.device()->devicePixelRatioF()));
    }
}

} // namespace

std::vector<Column> decimate(std::span<const float> values, int columns)
{
    std::vector<Column> pieces(static_cast<std::size_t>(std::max(columns, 0)));
    if (pieces.empty() || values.empty())
        return pieces;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float value = values[i];
        if (!std::isfinite(value))
            continue;
        Column& column = pieces[i * pieces.size() / values.size()];
        column.low = column.filled ? std::min(column.low, value) : value;
        column.high = column.filled ? std::max(column.high, value) : value;
        column.last = value;
        column.filled = true;
    }
    return pieces;
}

std::vector<SampleRun> abnormalRuns(const StripData& data)
{
    const std::size_t count
        = std::min({data.values.size(), data.bandLow.size(), data.bandHigh.size()});
    std::vector<SampleRun> runs;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= count; ++i) {
        // Comparisons with a gap are false: an unknown value is not abnormal.
        if (i < count && (data.values[i] > data.bandHigh[i] || data.values[i] < data.bandLow[i]))
            continue;
        if (i - begin >= static_cast<std::size_t>(kAbnormalRun))
            runs.push_back({begin, i});
        begin = i + 1;
    }
    return runs;
}

float roundTop(float highest)
{
    if (!std::isfinite(highest) || highest <= 0)
        return 1;
    const float power = std::pow(10.0F, std::floor(std::log10(highest)));
    for (const float step : {1.0F, 2.0F, 5.0F}) {
        if (highest <= step * power)
            return step * power;
    }
    return 10 * power;
}

void paintStrip(QPainter& painter, const QRect& box, const StripData& data, const Tokens& t)
{
    if (box.width() <= 0 || box.height() <= 2)
        return;
    const Field field = fieldOf(box, data);
    painter.save();
    painter.setClipRect(box, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!data.bandLow.empty())
        drawBand(painter, field, data, t.band);
    drawGrid(painter, box, data.gridIntervals, t);
    drawMarks(painter, box, field, data, t);
    if (!data.reference.empty()) {
        Field peers = field;
        peers.count = data.reference.size();
        painter.setPen(QPen(t.outline, kReferenceWidth, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
        drawSeries(painter, peers, data.reference);
    }
    painter.setPen(QPen(t.trace, kTraceWidth, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
    drawSeries(painter, field, data.values);
    if (!data.bandLow.empty())
        drawAbnormal(painter, field, data, t);
    if (data.cursor) {
        const int x = box.left() + static_cast<int>((box.width() - 1) * *data.cursor);
        painter.fillRect(QRect(x, box.top(), kHairline, box.height()), t.deliberate);
    }
    painter.restore();
}

void paintSparkline(QPainter& painter, const QRect& box, std::span<const float> values,
                    const Tokens& t)
{
    StripData data;
    data.values = values;
    data.highest = 0;
    data.gridIntervals = 0;
    paintStrip(painter, box, data, t);
}

} // namespace signalbox::theme
