// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/overview/signal_strip.h"

#include "console/text/numbers.h"
#include "console/theme/metrics.h"
#include "console/theme/strips.h"
#include "console/views/frame/painting.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace signalbox::overview {

namespace {

using theme::TextStyle;

constexpr int kFigureWidth = 96;
constexpr int kNameHeight = 16;
constexpr int kFigureHeight = 20;
constexpr int kMostStripHeight = 64;
constexpr std::size_t kLeastSamples = 60; // before that nothing is usual

std::optional<double> known(float value)
{
    return std::isfinite(value) ? std::optional<double>(static_cast<double>(value)) : std::nullopt;
}

} // namespace

SignalStrip::SignalStrip(views::Session& session, Signal signal, QWidget* parent)
    : QWidget(parent), session_(session), signal_(std::move(signal))
{
    setAccessibleName(signal_.name);
    setToolTip(tr("%1 of the fleet, last 15 min. Grey field: what was usual in that time (5th to "
                  "95th percentile, a quarter wider)")
                   .arg(signal_.name));
}

QSize SignalStrip::minimumSizeHint() const
{
    return {kFigureWidth + theme::kTargetSize, kNameHeight + kFigureHeight};
}

history::Series SignalStrip::read() const
{
    history::Series series = session_.history.ofFleet(signal_.reading, kSeconds);
    if (!signal_.isShareOfRequests)
        return series;
    const history::Series requests
        = session_.history.ofFleet(fleet::Reading::RequestsPerSecond, kSeconds);
    for (std::size_t i = 0; i < std::min(series.values.size(), requests.values.size()); ++i)
        series.values[i] = requests.values[i] > 0 ? series.values[i] / requests.values[i]
                                                  : series.values[i] * 0;
    return series;
}

void SignalStrip::refresh()
{
    const history::Series series = read();
    values_.assign(kSeconds, fleet::kUnknown);
    const std::size_t count = std::min<std::size_t>(series.values.size(), kSeconds);
    std::copy_n(series.values.end() - static_cast<std::ptrdiff_t>(count), count,
                values_.end() - static_cast<std::ptrdiff_t>(count));
    usual_ = lists::usualRange(values_, kLeastSamples);
    const std::int64_t missing = series.lastUnixMs == 0
        ? 0
        : (session_.store.nowUnixMs() - series.lastUnixMs) / 1'000;
    const bool isLost = session_.store.link().state == fleet::LinkState::Lost;
    dataEnds_ = isLost ? 1 - std::clamp(static_cast<double>(missing) / kSeconds, 0.0, 1.0) : 1;
    figure_ = figureOf(values_.back());
    setAccessibleDescription(figure_);
    update();
}

QString SignalStrip::figureOf(float value) const
{
    switch (signal_.unit) {
    case SignalUnit::Milliseconds: return text::millisecondsText(known(value));
    case SignalUnit::PerSecond: return tr("%1 /s").arg(text::rateText(known(value)));
    case SignalUnit::Percent: return text::percentText(known(value));
    case SignalUnit::Count: return text::wholeText(known(value));
    }
    return {};
}

void SignalStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Tokens& t = views::tokensFor(session_.store);
    const int high = std::min(height(), kMostStripHeight);
    const int top = (height() - kNameHeight - kFigureHeight) / 2;
    views::paintText(painter, QRect(0, top, kFigureWidth, kNameHeight), signal_.name,
                     theme::fontFor(TextStyle::Caption), t.ink2);
    QString number = figure_;
    QString unit;
    if (const qsizetype blank = figure_.indexOf(u' '); blank > 0) {
        number = figure_.left(blank);
        unit = figure_.mid(blank);
    }
    const QFont big = theme::fontFor(TextStyle::Figure);
    const QRect figureBox(0, top + kNameHeight, kFigureWidth, kFigureHeight);
    views::paintText(painter, figureBox, number, big, t.ink);
    const int wide = QFontMetrics(big).horizontalAdvance(number);
    views::paintText(painter, figureBox.adjusted(wide, 1, 0, 0), unit,
                     theme::fontFor(TextStyle::Base), t.ink2);

    std::vector<float> low;
    std::vector<float> highest;
    theme::StripData strip;
    strip.values = values_;
    strip.highest = 0;
    strip.dataEnds = dataEnds_;
    if (usual_) {
        // From the first sample on: before that nobody knows what was usual.
        const auto begin = std::find_if(values_.begin(), values_.end(),
                                        [](float value) { return std::isfinite(value); });
        low.assign(values_.size(), usual_->low);
        highest.assign(values_.size(), usual_->high);
        std::fill_n(low.begin(), begin - values_.begin(), fleet::kUnknown);
        strip.bandLow = low;
        strip.bandHigh = highest;
    }
    theme::paintStrip(painter,
                      QRect(kFigureWidth + theme::kGap, (height() - high) / 2 + 2,
                            width() - kFigureWidth - theme::kGap, high - 4),
                      strip, t);
}

} // namespace signalbox::overview
