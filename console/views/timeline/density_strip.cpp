// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/timeline/density_strip.h"

#include "console/models/words.h"
#include "console/text/plain_text.h"
#include "console/theme/badges.h"
#include "console/theme/metrics.h"
#include "console/theme/strips.h"
#include "console/views/frame/painting.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace signalbox::timeline {

namespace {

using theme::TextStyle;

constexpr std::int64_t kSpanMs = 10'000;
constexpr std::size_t kSpans = DensityStrip::kWindowMs / kSpanMs;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kTickMs = 10 * kMinuteMs;
constexpr int kAxisHeight = 16;
constexpr int kMarkHeight = 12; // row of the diamonds, under the field
constexpr double kDiamond = 3.5;
constexpr int kSmallBadge = 20;
constexpr int kHitWidth = 4;

} // namespace

DensityStrip::DensityStrip(views::Session& session, const lists::ChangeListModel& changes,
                           const lists::EventLogModel& events, QWidget* parent)
    : QWidget(parent), session_(session), changes_(changes), events_(events),
      requests_(kSpanMs, kSpans)
{
    setMouseTracking(true);
    setAccessibleName(tr("Last 60 minutes"));
    setToolTip(tr("Requests of the fleet over the last 60 minutes, with alarms, changes and what "
                  "became worse"));
}

void DensityStrip::remember()
{
    if (session_.store.link().state == fleet::LinkState::Connected)
        requests_.add(session_.store.nowUnixMs(),
                      session_.store.sums().readings[fleet::Reading::RequestsPerSecond]);
}

void DensityStrip::refresh()
{
    nowUnixMs_ = session_.store.nowUnixMs();
    update();
}

QSize DensityStrip::minimumSizeHint() const
{
    return {2 * theme::kInspectorNarrowWidth, kAxisHeight + kMarkHeight + theme::kRowHeight};
}

QRect DensityStrip::field() const
{
    return rect().adjusted(0, theme::kGap, 0, -kAxisHeight - kMarkHeight);
}

double DensityStrip::xOf(std::int64_t unixMs) const
{
    const double share
        = 1 - static_cast<double>(nowUnixMs_ - unixMs) / static_cast<double>(kWindowMs);
    return share * (width() - 1);
}

void DensityStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Tokens& t = views::tokensFor(session_.store);
    paintDensity(painter, t);
    paintAxis(painter, t);
    paintChanges(painter, t);
    paintEvents(painter, t);
    paintAlarms(painter, t);
    painter.fillRect(QRect(width() - theme::kFocusWidth, field().top(), theme::kFocusWidth,
                           field().height()),
                     t.ink2);
}

// A column for each pixel; a minute that nobody measured stays empty.
void DensityStrip::paintDensity(QPainter& painter, const theme::Tokens& t) const
{
    const std::vector<float> values = requests_.values(nowUnixMs_);
    const QRect box = field();
    float most = 0;
    for (const float value : values)
        most = std::isfinite(value) ? std::max(most, value) : most;
    const auto top = static_cast<double>(theme::roundTop(most));
    for (int x = 0; x < box.width(); ++x) {
        const std::size_t bin = static_cast<std::size_t>(x) * values.size()
            / static_cast<std::size_t>(box.width());
        if (!std::isfinite(values[bin]))
            continue;
        const int high
            = static_cast<int>(std::lround(static_cast<double>(values[bin]) / top * box.height()));
        painter.fillRect(QRect(x, box.bottom() + 1 - high, 1, high), t.band);
        painter.fillRect(QRect(x, box.bottom() + 1 - high, 1, theme::kHairline), t.trace);
    }
    painter.fillRect(QRect(0, box.bottom() + 1, width(), theme::kHairline), t.line2);
}

void DensityStrip::paintAxis(QPainter& painter, const theme::Tokens& t) const
{
    const QFont font = theme::fontFor(TextStyle::Caption);
    const int top = height() - kAxisHeight;
    constexpr int kLabelWidth = 88;
    for (std::int64_t at = nowUnixMs_ / kTickMs * kTickMs; at > nowUnixMs_ - kWindowMs;
         at -= kTickMs) {
        const int x = static_cast<int>(xOf(at));
        if (x < kLabelWidth / 2 || x > width() - kLabelWidth / 2)
            continue;
        painter.fillRect(QRect(x, field().bottom() + 1, theme::kHairline, theme::kGap4), t.outline);
        views::paintText(painter, QRect(x - kLabelWidth / 2, top, kLabelWidth, kAxisHeight),
                         session_.time.moment(at, nowUnixMs_), font, t.ink3, Qt::AlignHCenter);
    }
}

void DensityStrip::paintChanges(QPainter& painter, const theme::Tokens& t) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double foot = field().bottom() + 1 + kMarkHeight / 2.0;
    for (int i = 0; i < changes_.rowCount(); ++i) {
        const double x = std::floor(xOf(changes_.row(i).atUnixMs)) + 0.5;
        if (x < 0)
            continue;
        painter.fillRect(QRectF(x - 0.5, field().top(), 1, foot - field().top()), t.ink2);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.ink2);
        painter.drawPolygon(QPolygonF{QPointF(x, foot - kDiamond), QPointF(x + kDiamond, foot),
                                      QPointF(x, foot + kDiamond), QPointF(x - kDiamond, foot)});
    }
    painter.restore();
}

// What became worse, as short ticks; good news is in the list only.
void DensityStrip::paintEvents(QPainter& painter, const theme::Tokens& t) const
{
    for (int i = 0; i < events_.rowCount(); ++i) {
        const lists::EventRow& event = events_.row(i);
        if (event.severity == model::Severity::Info)
            continue;
        const double x = xOf(event.unixMs);
        if (x < 0)
            break;
        const int high = event.severity == model::Severity::Critical ? theme::kGap : theme::kGap4;
        painter.fillRect(QRect(static_cast<int>(x), field().bottom() + 1, theme::kFocusWidth, high),
                         t.ink);
    }
}

// The worst last, over the others.
void DensityStrip::paintAlarms(QPainter& painter, const theme::Tokens& t) const
{
    const auto& alarms = session_.store.alarms().alarms();
    for (auto alarm = alarms.rbegin(); alarm != alarms.rend(); ++alarm) {
        const double x = std::clamp(xOf(alarm->sinceUnixMs), kSmallBadge / 2.0,
                                    width() - kSmallBadge / 2.0);
        theme::paintBadgeOver(
            painter, QRectF(x - kSmallBadge / 2.0, field().top(), kSmallBadge, kSmallBadge),
            alarm->priority, alarm->ack, t.surface, t);
    }
}

void DensityStrip::mouseMoveEvent(QMouseEvent* event)
{
    const auto isHit = [&](std::int64_t unixMs) {
        return std::abs(xOf(unixMs) - event->position().x()) <= kHitWidth;
    };
    QStringList lines;
    const auto add = [&](std::int64_t unixMs, const QString& text) {
        if (lines.size() < 6 && isHit(unixMs))
            lines
                << QStringLiteral("%1  %2").arg(session_.time.exact(unixMs), text).toHtmlEscaped();
    };
    for (const fleet::Alarm& alarm : session_.store.alarms().alarms())
        add(alarm.sinceUnixMs, QStringLiteral("%1: %2").arg(text::plainText(alarm.key.object),
                                                            models::alarmTitle(alarm)));
    for (int i = 0; i < changes_.rowCount(); ++i)
        add(changes_.row(i).atUnixMs, changes_.row(i).what);
    for (int i = 0; i < events_.rowCount(); ++i)
        add(events_.row(i).unixMs, events_.row(i).text);
    const double share = event->position().x() / std::max(1, width() - 1);
    const auto at = nowUnixMs_
        - static_cast<std::int64_t>((1 - share) * static_cast<double>(kWindowMs));
    setToolTip(lines.isEmpty() ? session_.time.clock(at) : lines.join(QStringLiteral("<br>")));
}

} // namespace signalbox::timeline
