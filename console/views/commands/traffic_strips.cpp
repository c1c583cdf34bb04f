// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/commands/traffic_strips.h"

#include "console/models/edit_words.h"
#include "console/text/numbers.h"
#include "console/theme/metrics.h"
#include "console/theme/strips.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace signalbox::views {

namespace {

constexpr int kHeight = 168;
constexpr int kHead = 24;
constexpr int kFoot = 16;
constexpr int kAxis = 44;
constexpr int kSeconds = 120;

float highestOf(const std::vector<float>& values, float highest)
{
    for (const float value : values) {
        if (std::isfinite(value))
            highest = std::max(highest, value);
    }
    return highest;
}

} // namespace

TrafficStrips::TrafficStrips(Session& session, QWidget* parent) : QWidget(parent), session_(session)
{
    setAccessibleName(tr("Requests and time to first token of both pools"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TrafficStrips::setTraffic(Traffic traffic)
{
    traffic_ = std::move(traffic);
    update();
}

QSize TrafficStrips::sizeHint() const
{
    return {600, kHeight};
}

void TrafficStrips::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const int half = (width() - theme::kSheetPadding) / 2;
    const QString to = models::shownName(traffic_.to);
    const QString hint = traffic_.from.empty()
        ? to
        : tr("%1; grey: %2").arg(to, models::shownName(traffic_.from));
    const QString said = traffic_.predictedTtftMs
        ? tr("%1; dashed: the preview's mean").arg(to)
        : to;
    paintChart(painter, QRect(0, 0, half, height()),
               {tr("Requests /s"), hint, fleet::Reading::RequestsPerSecond});
    paintChart(painter, QRect(half + theme::kSheetPadding, 0, half, height()),
               {tr("TTFT p95, ms"), said, fleet::Reading::TtftP95Ms});
}

// Where on the axis the command was applied.
double TrafficStrips::cursorShare(std::int64_t lastUnixMs, std::size_t samples) const
{
    const double ago = static_cast<double>(lastUnixMs - traffic_.appliedUnixMs) / 1000.0;
    return samples < 2 ? 1 : std::clamp(1.0 - ago / static_cast<double>(samples - 1), 0.0, 1.0);
}

void TrafficStrips::paintChart(QPainter& painter, QRect box, const Chart& chart) const
{
    const theme::Tokens& t = theme::tokens();
    const history::Series to = session_.history.ofPool(traffic_.to, chart.reading, kSeconds);
    const bool hasReference
        = chart.reading == fleet::Reading::RequestsPerSecond && !traffic_.from.empty();
    const history::Series from = hasReference
        ? session_.history.ofPool(traffic_.from, chart.reading, kSeconds)
        : history::Series{};
    const QRect head(box.left(), box.top(), box.width(), kHead);
    painter.setFont(theme::fontFor(theme::TextStyle::Base, theme::TextWeight::SemiBold));
    painter.setPen(t.ink);
    painter.drawText(head, Qt::AlignVCenter, chart.title);
    const int titleWidth = painter.fontMetrics().horizontalAdvance(chart.title) + theme::kGap;
    painter.setFont(theme::fontFor(theme::TextStyle::Base));
    painter.setPen(t.ink2);
    const QRect hintBox = head.adjusted(titleWidth, 0, 0, 0);
    painter.drawText(
        hintBox, Qt::AlignVCenter,
        painter.fontMetrics().elidedText(chart.hint, Qt::ElideRight, hintBox.width()));

    theme::StripData strip;
    strip.values = to.values;
    strip.reference = from.values;
    const bool isTtft = chart.reading == fleet::Reading::TtftP95Ms;
    if (isTtft && traffic_.predictedTtftMs)
        strip.threshold = static_cast<float>(*traffic_.predictedTtftMs);
    strip.highest = theme::roundTop(
        highestOf(from.values, highestOf(to.values, strip.threshold.value_or(1.0F))));
    strip.cursor = cursorShare(to.lastUnixMs, to.values.size());
    const QRect plot = box.adjusted(kAxis, kHead, 0, -kFoot);
    theme::paintStrip(painter, plot, strip, t);

    painter.setFont(theme::fontFor(theme::TextStyle::Caption));
    painter.setPen(t.ink3);
    const QRect axis(box.left(), plot.top() - 8, kAxis - theme::kGap, 16);
    painter.drawText(axis, Qt::AlignRight | Qt::AlignVCenter,
                     text::countText(static_cast<std::int64_t>(strip.highest)));
    painter.drawText(axis.translated(0, plot.height()), Qt::AlignRight | Qt::AlignVCenter,
                     QStringLiteral("0"));
    const QRect foot(plot.left(), plot.bottom() + 1, plot.width(), kFoot);
    painter.drawText(foot, Qt::AlignLeft | Qt::AlignVCenter,
                     tr("-%1 s").arg(std::max<std::size_t>(1, to.values.size()) - 1));
    painter.drawText(foot, Qt::AlignRight | Qt::AlignVCenter, tr("now"));
}

} // namespace signalbox::views
