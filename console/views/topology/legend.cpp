// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/legend.h"

#include "console/text/numbers.h"
#include "console/theme/badges.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"

#include <QPainter>
#include <QPainterPath>

namespace signalbox::topology {

namespace {

using Mark = Legend::Mark;

constexpr int kHeight = 28;

double widthOf(Mark mark)
{
    switch (mark) {
    case Mark::None: return 0;
    case Mark::Gateway:
    case Mark::Pool:
    case Mark::Instance:
    case Mark::StateStore: return 16;
    case Mark::AlarmNone:
    case Mark::AlarmNew:
    case Mark::AlarmAcknowledged: return theme::kBadgeSize;
    case Mark::Drain:
    case Mark::Maintenance:
    case Mark::Standby: return 18;
    case Mark::Live:
    case Mark::Late:
    case Mark::Stale:
    case Mark::Disconnected:
    case Mark::Edge:
    case Mark::ReserveEdge: return theme::kFreshnessWidth;
    case Mark::Heat: return 5 * 22;
    }
    return 0;
}

void paintShape(QPainter& painter, const QRectF& box, theme::Kind kind, const theme::Tokens& t)
{
    QRectF mark(0, 0, theme::kKindSize, theme::kKindSize);
    mark.moveCenter(box.center());
    theme::paintKind(painter, mark, kind, t);
}

void paintEdge(QPainter& painter, const QRectF& box, Mark mark, const theme::Tokens& t)
{
    QPen pen(t.edgePen, mark == Mark::Edge ? 3 : 1.5);
    if (mark == Mark::ReserveEdge)
        pen.setDashPattern({4, 3});
    painter.setPen(pen);
    painter.drawLine(QPointF(box.left(), box.center().y()),
                     QPointF(box.right(), box.center().y()));
}

void paintHeat(QPainter& painter, const QRectF& box, const theme::Tokens& t)
{
    double x = box.left();
    for (const QColor& step : t.heat) {
        painter.fillRect(QRectF(x, box.center().y() - 6, 18, 12), step);
        x += 22;
    }
}

void paintMark(QPainter& painter, const QRectF& box, Mark mark, const theme::Tokens& t)
{
    using model::Ack;
    using model::Admin;
    using model::Freshness;
    using model::Priority;
    switch (mark) {
    case Mark::None: break;
    case Mark::Gateway: paintShape(painter, box, theme::Kind::Gateway, t); break;
    case Mark::Pool: paintShape(painter, box, theme::Kind::Pool, t); break;
    case Mark::Instance: paintShape(painter, box, theme::Kind::Instance, t); break;
    case Mark::StateStore: paintShape(painter, box, theme::Kind::StateStore, t); break;
    case Mark::AlarmNone: theme::paintBadgeNone(painter, box, Priority::P1, t); break;
    case Mark::AlarmNew: theme::paintBadge(painter, box, Priority::P2, Ack::New, t); break;
    case Mark::AlarmAcknowledged:
        theme::paintBadge(painter, box, Priority::P3, Ack::Acknowledged, t);
        break;
    case Mark::Drain: theme::paintAdmin(painter, box, Admin::Drain, t); break;
    case Mark::Maintenance: theme::paintAdmin(painter, box, Admin::Maint, t); break;
    case Mark::Standby: theme::paintAdmin(painter, box, Admin::Standby, t); break;
    case Mark::Live: theme::paintFreshLine(painter, box, Freshness::Live, t); break;
    case Mark::Late: theme::paintFreshLine(painter, box, Freshness::Late, t); break;
    case Mark::Stale: theme::paintFreshLine(painter, box, Freshness::Stale, t); break;
    case Mark::Disconnected:
        theme::paintFreshLine(painter, box, Freshness::Disconnected, t);
        break;
    case Mark::Heat: paintHeat(painter, box, t); break;
    case Mark::Edge:
    case Mark::ReserveEdge: paintEdge(painter, box, mark, t); break;
    }
}

std::vector<Legend::Entry> alarms()
{
    return {{Mark::AlarmNone, {}},
            {Mark::AlarmNew, {}},
            {Mark::AlarmAcknowledged, Legend::tr("alarm: none, new, acknowledged")}};
}

std::vector<Legend::Entry> freshness()
{
    return {{Mark::Live, Legend::tr("live")},
            {Mark::Late, Legend::tr("late")},
            {Mark::Stale, Legend::tr("stale")},
            {Mark::Disconnected, Legend::tr("disconnected")}};
}

std::vector<Legend::Entry> fleetEntries()
{
    std::vector<Legend::Entry> entries{{Mark::Gateway, Legend::tr("gateway, CPU of its host")},
                                       {Mark::Pool, Legend::tr("pool")},
                                       {Mark::StateStore, Legend::tr("state store")}};
    for (Legend::Entry& entry : alarms())
        entries.push_back(std::move(entry));
    entries.push_back({Mark::Drain, Legend::tr("draining")});
    entries.push_back({Mark::Standby, Legend::tr("standby")});
    for (Legend::Entry& entry : freshness())
        entries.push_back(std::move(entry));
    entries.push_back({Mark::Edge, Legend::tr("width = req/s, log")});
    entries.push_back({Mark::ReserveEdge, Legend::tr("failover path")});
    return entries;
}

std::vector<Legend::Entry> cardEntries(Detail detail, double queueFullMs)
{
    std::vector<Legend::Entry> entries{
        {Mark::None, Legend::tr("in circle: load, band = 90 % of the pool now")}};
    if (detail == Detail::Full) {
        entries.push_back({Mark::None, Legend::tr("Q queue wait p95, full = %1")
                                           .arg(text::millisecondsText(queueFullMs))});
        entries.push_back({Mark::None, Legend::tr("KV cache use")});
        entries.push_back({Mark::None, Legend::tr("line: TTFT p95")});
    }
    entries.push_back({Mark::AlarmNew, Legend::tr("new")});
    entries.push_back({Mark::AlarmAcknowledged, Legend::tr("acknowledged")});
    entries.push_back({Mark::Drain, Legend::tr("draining")});
    for (Legend::Entry& entry : freshness())
        entries.push_back(std::move(entry));
    return entries;
}

std::vector<Legend::Entry> heatEntries()
{
    std::vector<Legend::Entry> entries{{Mark::Heat, Legend::tr("load 0 to 100 %")},
                                       {Mark::Drain, Legend::tr("draining: blue outline")},
                                       {Mark::AlarmNew, Legend::tr("new")},
                                       {Mark::AlarmAcknowledged, Legend::tr("acknowledged")},
                                       {Mark::Stale, Legend::tr("stale")},
                                       {Mark::Disconnected, Legend::tr("disconnected")},
                                       {Mark::None, Legend::tr("zoom in (+) for names and bars")}};
    return entries;
}

std::vector<Legend::Entry> instanceEntries()
{
    std::vector<Legend::Entry> entries{
        {Mark::Edge, Legend::tr("sends, width = in flight, log")},
        {Mark::ReserveEdge, Legend::tr("could send and does not")}};
    for (Legend::Entry& entry : alarms())
        entries.push_back(std::move(entry));
    for (Legend::Entry& entry : freshness())
        entries.push_back(std::move(entry));
    return entries;
}

} // namespace

Legend::Legend(QWidget* parent) : QWidget(parent)
{
    setFixedHeight(kHeight);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setAccessibleName(tr("Legend"));
}

void Legend::tell(const Sight& sight, Detail detail, double queueFullMs)
{
    const bool isFleet = sight.level == Level::Fleet && sight.manner == Manner::Graph;
    const bool isInstance = sight.level == Level::Instance && sight.manner == Manner::Graph;
    if (isFleet)
        entries_ = fleetEntries();
    else if (isInstance)
        entries_ = instanceEntries();
    else
        entries_ = detail >= Detail::NoBars ? heatEntries() : cardEntries(detail, queueFullMs);
    QStringList words;
    for (const Entry& entry : entries_) {
        if (!entry.words.isEmpty())
            words << entry.words;
    }
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

void Legend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Tokens& t = theme::tokens();
    painter.fillRect(rect(), t.canvas);
    painter.fillRect(QRect(0, 0, width(), theme::kHairline), t.line);
    const LabelStyle style{theme::TextStyle::Caption, theme::TextWeight::Regular, t.ink2};
    painter.setRenderHint(QPainter::Antialiasing);
    double x = theme::kSheetPadding;
    for (const Entry& entry : entries_) {
        const double mark = widthOf(entry.mark);
        const double words = entry.words.isEmpty() ? 0 : labels_.widthOf(entry.words, style);
        const double gap = mark > 0 && words > 0 ? 6 : 0;
        if (x + mark + gap + words > width())
            return;
        paintMark(painter, QRectF(x, 1, mark, kHeight - 1), entry.mark, t);
        x += mark + gap;
        labels_.draw(painter, QRectF(x, 1, words + 1, kHeight - 1), entry.words, style);
        x += words + (words > 0 ? 16 : 4);
    }
}

} // namespace signalbox::topology
