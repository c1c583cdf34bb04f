// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instance_detail/reading_chart.h"

#include "console/text/numbers.h"
#include "console/theme/hatch.h"
#include "console/theme/metrics.h"
#include "console/theme/strips.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"
#include "console/views/frame/panel.h"

#include <QChart>
#include <QEvent>
#include <QGraphicsLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace signalbox::views {

namespace {

constexpr int kAxisWidth = 36;
constexpr int kAxisTop = 8;
constexpr int kColumnsAtMost = 180; // two points each
constexpr int kMoments = 4;
constexpr int kNarrow = 300; // less: the ends of the axis only
constexpr float kHair = 0.1F; // of the median: so far outside the band is still inside
constexpr int kQuietSeconds = 3; // a report that is not late leaves no gap
constexpr float kShrinkBelow = 0.3F; // of the top; then the axis comes down

double xOf(std::size_t place, std::size_t count)
{
    return -models::kTrackSeconds
        + static_cast<double>(place) * models::kTrackSeconds / static_cast<double>(count);
}

} // namespace

ReadingChart::ReadingChart(const QString& title, models::InstanceColumn column, QWidget* parent)
    : QWidget(parent), column_(column),
      scale_(column == models::InstanceColumn::Kv ? 100.0F : 1.0F), panel_(new Panel(title, this)),
      now_(plainLabel({}, "figure", panel_)), peers_(plainLabel({}, "dim", panel_)),
      view_(new QChartView(panel_)), moments_(new QWidget(panel_)), x_(new QValueAxis(this)),
      y_(new QValueAxis(this)), bandLow_(new QLineSeries(this)), bandHigh_(new QLineSeries(this)),
      band_(new QAreaSeries(bandHigh_, bandLow_)), gapFloor_(new QLineSeries(this)),
      gapTop_(new QLineSeries(this)), gap_(new QAreaSeries(gapTop_, gapFloor_))
{
    panel_->head()->addWidget(now_);
    panel_->head()->addWidget(peers_);
    panel_->body()->setContentsMargins(0, 0, 0, theme::kGap4);
    panel_->body()->addWidget(view_, 1);
    auto* row = new QHBoxLayout(moments_);
    row->setSizeConstraint(QLayout::SetNoConstraint);
    row->setContentsMargins(kAxisWidth + theme::kPadding, 0, theme::kPadding, 0);
    for (int i = 0; i < kMoments; ++i) {
        momentLabels_.push_back(plainLabel({}, "captionFaint", moments_));
        row->addWidget(momentLabels_.back());
        if (i + 1 < kMoments)
            row->addStretch(1);
    }
    panel_->body()->addWidget(moments_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(panel_);
    QChart* chart = view_->chart();
    chart->legend()->hide();
    chart->setBackgroundVisible(false);
    chart->setAnimationOptions(QChart::NoAnimation);
    chart->setMargins({});
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    x_->setRange(-models::kTrackSeconds, 0);
    x_->setVisible(false);
    y_->setTickCount(3);
    chart->addAxis(x_, Qt::AlignBottom);
    chart->addAxis(y_, Qt::AlignLeft);
    for (QAbstractSeries* series : {static_cast<QAbstractSeries*>(band_),
                                    static_cast<QAbstractSeries*>(gap_)}) {
        chart->addSeries(series);
        series->attachAxis(x_);
        series->attachAxis(y_);
    }
    view_->setRenderHint(QPainter::Antialiasing);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setFocusPolicy(Qt::NoFocus);
    view_->setMinimumSize(kAxisWidth * 3, kAxisWidth);
    view_->installEventFilter(this);
    dress();
}

void ReadingChart::dress()
{
    const theme::Tokens& t = theme::tokens();
    view_->setBackgroundBrush(t.surface);
    y_->setLabelsFont(theme::fontFor(theme::TextStyle::Caption));
    y_->setLabelsColor(t.ink3);
    y_->setGridLineColor(t.line);
    y_->setLinePenColor(t.line);
    y_->setLineVisible(false);
    band_->setPen(Qt::NoPen);
    band_->setBrush(t.band);
    gap_->setPen(Qt::NoPen);
    gap_->setBrush(theme::hatchBrush(theme::Hatch::Gap, t, devicePixelRatioF()));
}

void ReadingChart::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        dress();
    QWidget::changeEvent(event);
}

bool ReadingChart::eventFilter(QObject* watched, QEvent* event)
{
    // The chart lays itself out in this event; where we want it comes after that.
    if (watched == view_ && event->type() == QEvent::Resize)
        QMetaObject::invokeMethod(this, &ReadingChart::place, Qt::QueuedConnection);
    return QWidget::eventFilter(watched, event);
}

// The same place in every chart, however long its figures are.
void ReadingChart::place()
{
    const QSizeF room = view_->size();
    const bool isNarrow = width() < kNarrow;
    for (std::size_t i = 1; i + 1 < momentLabels_.size(); ++i)
        momentLabels_[i]->setHidden(isNarrow);
    view_->chart()->setPlotArea(QRectF(kAxisWidth + theme::kPadding, kAxisTop,
                                       room.width() - kAxisWidth - 2 * theme::kPadding,
                                       room.height() - 2 * kAxisTop));
    view_->chart()->layout()->invalidate(); // or the axes stay where they were
}

float ReadingChart::topOf(const models::PeerTrack& track)
{
    if (column_ == models::InstanceColumn::Kv)
        return 100;
    float highest = 0;
    for (const std::vector<float>* values : {&track.own, &track.high, &track.median}) {
        for (const float value : *values)
            highest = std::isfinite(value) ? std::max(highest, value) : highest;
    }
    // An axis that follows each sample would move all that was read on it.
    if (highest > top_ || highest < top_ * kShrinkBelow || top_ <= 0)
        top_ = theme::roundTop(highest * 1.05F);
    return top_;
}

QLineSeries* ReadingChart::newLine()
{
    auto* line = new QLineSeries(this);
    view_->chart()->addSeries(line);
    line->attachAxis(x_);
    line->attachAxis(y_);
    return line;
}

void ReadingChart::drawRuns(Lines& lines, const std::vector<float>& values, const QPen& pen)
{
    const std::vector<theme::Column> columns = theme::decimate(values, kColumnsAtMost);
    std::size_t used = 0;
    QList<QPointF> points;
    const auto flush = [&] {
        if (points.isEmpty())
            return;
        if (used == lines.size())
            lines.push_back(newLine());
        lines[used]->setPen(pen);
        lines[used++]->replace(points);
        points.clear();
    };
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const theme::Column& column = columns[i];
        if (!column.filled) {
            flush();
            continue;
        }
        const double x = xOf(i, columns.size());
        const float first = column.last == column.low ? column.high : column.low;
        if (first != column.last)
            points << QPointF(x, static_cast<double>(first * scale_));
        points << QPointF(x, static_cast<double>(column.last * scale_));
    }
    flush();
    for (; used < lines.size(); ++used) {
        if (lines[used]->count() > 0)
            lines[used]->clear();
    }
}

void ReadingChart::drawBand(const models::PeerTrack& track)
{
    QList<QPointF> low;
    QList<QPointF> high;
    constexpr std::size_t kStep = 5;
    for (std::size_t i = 0; i < track.low.size(); i += kStep) {
        if (!std::isfinite(track.low[i]) || !std::isfinite(track.high[i]))
            continue;
        const double x = xOf(i, track.low.size());
        low << QPointF(x, static_cast<double>(track.low[i] * scale_));
        high << QPointF(x, static_cast<double>(track.high[i] * scale_));
    }
    bandLow_->replace(low);
    bandHigh_->replace(high);
    band_->setVisible(!low.isEmpty());
}

void ReadingChart::drawGap(const models::PeerTrack& track)
{
    const auto newest = std::find_if(track.own.rbegin(), track.own.rend(),
                                     [](float value) { return std::isfinite(value); });
    const auto silent = newest - track.own.rbegin();
    const bool isGap = silent > kQuietSeconds && newest != track.own.rend();
    gap_->setVisible(isGap);
    if (!isGap)
        return;
    const auto from = -static_cast<double>(silent);
    gapFloor_->replace(QList<QPointF>{{from, 0}, {0, 0}});
    gapTop_->replace(QList<QPointF>{{from, y_->max()}, {0, y_->max()}});
}

void ReadingChart::setHead(const models::PeerTrack& track, float now)
{
    now_->setText(models::figureText(column_, now));
    const auto median = std::find_if(track.median.rbegin(), track.median.rend(),
                                     [](float value) { return std::isfinite(value); });
    peers_->setText(track.peers == 0 || median == track.median.rend()
                        ? tr("no peers")
                        : tr("peers %1").arg(models::figureText(column_, *median)));
    const QString spoken = words();
    if (spoken != accessibleName())
        setAccessibleName(spoken);
}

QString ReadingChart::words() const
{
    return tr("%1: %2, %3").arg(panel_->accessibleName(), now_->text(), peers_->text());
}

int ReadingChart::points() const
{
    int points = 0;
    for (const Lines* lines : {&medians_, &traces_, &abnormal_}) {
        for (const QLineSeries* line : *lines)
            points += line->count();
    }
    return points;
}

void ReadingChart::show(const models::PeerTrack& track, float now, const QStringList& moments)
{
    const theme::Tokens& t = theme::tokens();
    const auto top = static_cast<double>(topOf(track));
    if (y_->max() != top) {
        y_->setRange(0, top);
        y_->setLabelFormat(top < 5 ? QStringLiteral("%.1f") : QStringLiteral("%.0f"));
    }
    drawBand(track);
    drawGap(track);
    drawRuns(medians_, track.median, QPen(t.outline, theme::kHairline));
    drawRuns(traces_, track.own, QPen(t.trace, theme::kTraceWidth));
    theme::StripData strip;
    strip.values = track.own;
    std::vector<float> low = track.low;
    std::vector<float> high = track.high;
    for (std::size_t i = 0; i < low.size(); ++i) {
        low[i] -= kHair * track.median[i];
        high[i] += kHair * track.median[i];
    }
    strip.bandLow = low;
    strip.bandHigh = high;
    std::vector<float> outside(track.own.size(), fleet::kUnknown);
    for (const theme::SampleRun& run : theme::abnormalRuns(strip)) {
        for (std::size_t i = run.begin; i < run.end; ++i)
            outside[i] = track.own[i];
    }
    drawRuns(abnormal_, outside, QPen(t.ink, theme::kAbnormalTraceWidth));
    setHead(track, now);
    for (std::size_t i = 0; i < momentLabels_.size(); ++i)
        momentLabels_[i]->setText(moments.value(static_cast<qsizetype>(i)));
    place();
}

} // namespace signalbox::views
