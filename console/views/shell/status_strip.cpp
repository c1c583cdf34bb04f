// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/shell/status_strip.h"

#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/badges.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/theme.h"
#include "console/theme/typography.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <array>
#include <cstdlib>
#include <utility>

namespace signalbox::views {

namespace {

using fleet::LinkState;
using model::Freshness;
using model::Priority;
using theme::TextStyle;
using theme::TextWeight;

constexpr int kModeWidth = theme::kNavigationWidth;
constexpr int kAlarmsWidth = 214;
constexpr int kAgentsWidth = 344;
constexpr int kRevisionWidth = 206;
constexpr int kLinkWidth = 250;
constexpr int kSkewWidth = 130;
constexpr int kClockWidth = 116;
constexpr int kStoreWidth = 168;
constexpr int kShortModeWidth = 144;
constexpr int kShortAgentsWidth = 220;
constexpr int kShortRevisionWidth = 118;
constexpr int kAlarmStep = 48;
constexpr int kFreshLineWidth = 14;
constexpr int kFreshStep = 66;
constexpr int kShortFreshStep = 48;
constexpr std::int64_t kSkewOfNoteMs = 500;

int textWidth(const QPainter& painter, const QString& text)
{
    return painter.fontMetrics().horizontalAdvance(text);
}

// Draws one run of text and returns where the next begins.
int run(QPainter& painter, int x, int height, const QString& text, const QColor& colour,
        TextWeight weight = TextWeight::Regular)
{
    painter.setFont(theme::fontFor(TextStyle::Base, weight));
    painter.setPen(colour);
    const int width = textWidth(painter, text);
    painter.drawText(QRect(x, 0, width + 2, height), Qt::AlignVCenter | Qt::AlignLeft, text);
    return x + width;
}

} // namespace

// A field of the strip: its place, what is painted there, what a tool tip says.
struct StatusStrip::Cell {
    QRect box;
    void (StatusStrip::*paint)(QPainter&, const QRect&) const;
    QString tip;
};

StatusStrip::StatusStrip(TimeDisplay& time, QWidget* parent) : QWidget(parent), time_(time)
{
    setFixedHeight(theme::kStripHeight);
    setAccessibleName(tr("Status"));
    connect(&time, &TimeDisplay::changed, this, &StatusStrip::refresh);
    refresh();
}

void StatusStrip::setStore(fleet::FleetStore* store)
{
    if (store_)
        store_->disconnect(this);
    store_ = store;
    if (store) {
        connect(store, &fleet::FleetStore::refreshed, this, &StatusStrip::refresh);
        connect(store, &fleet::FleetStore::linkChanged, this, &StatusStrip::refresh);
        connect(store, &fleet::FleetStore::alarmsChanged, this, &StatusStrip::refresh);
    }
    refresh();
}

void StatusStrip::setMode(Mode mode, const PausedCounts& counts)
{
    mode_ = mode;
    paused_ = counts;
    refresh();
}

QSize StatusStrip::sizeHint() const
{
    return {theme::kWideWindow, theme::kStripHeight};
}

QString StatusStrip::modeWord() const
{
    if (!store_ || store_->link().state == LinkState::Idle)
        return tr("NO FLEET");
    if (store_->link().state == LinkState::Connecting)
        return tr("CONNECTING");
    const Freshness freshness = store_->linkFreshness();
    if (freshness == Freshness::Disconnected)
        return tr("DISCONNECTED");
    if (mode_ == Mode::Paused)
        return tr("PAUSED");
    if (freshness == Freshness::Stale)
        return tr("STALE");
    return freshness == Freshness::Late ? tr("LATE") : tr("LIVE");
}

QString StatusStrip::linkText() const
{
    const fleet::LinkFacts& link = store_->link();
    const QString address = text::plainText(link.address);
    if (link.state == LinkState::Connected)
        return link.roundTripMs < 0
            ? address
            : tr("%1 · %2").arg(address,
                                text::millisecondsText(static_cast<double>(link.roundTripMs)));
    return tr("%1, attempt %2").arg(address).arg(link.attempts);
}

QString StatusStrip::revisionText() const
{
    const int total = store_->sums().total;
    return tr("%1 of %2 agents").arg(total - store_->behindRevision()).arg(total);
}

void StatusStrip::refresh()
{
    QString summary = modeWord();
    if (store_) {
        const auto& alarms = store_->alarms();
        const fleet::Sums& sums = store_->sums();
        summary += tr(", alarms P1 %1, P2 %2, P3 %3, agents %4 live %5 late %6 stale %7 "
                      "disconnected, revision %8")
                       .arg(alarms.count(Priority::P1))
                       .arg(alarms.count(Priority::P2))
                       .arg(alarms.count(Priority::P3))
                       .arg(sums.live)
                       .arg(sums.late)
                       .arg(sums.stale)
                       .arg(sums.disconnected)
                       .arg(store_->newestRevision());
    }
    if (summary != summary_) {
        summary_ = summary;
        setAccessibleDescription(summary_);
    }
    update();
}

QString StatusStrip::summary() const
{
    return summary_;
}

bool StatusStrip::isWide() const
{
    return width() >= theme::kWideWindow;
}

std::vector<StatusStrip::Cell> StatusStrip::cells() const
{
    std::vector<Cell> all;
    int x = 0;
    const auto add = [&](int width, void (StatusStrip::*paint)(QPainter&, const QRect&) const,
                         const QString& tip) {
        all.push_back({QRect(x, 0, width, theme::kStripHeight), paint, tip});
        x += width;
    };
    add(isWide() ? kModeWidth : kShortModeWidth, &StatusStrip::paintMode, modeTip());
    if (!store_)
        return all;
    add(kAlarmsWidth, &StatusStrip::paintAlarms,
        tr("Alarms that stand, by priority. g o: to the list on the Overview"));
    add(isWide() ? kAgentsWidth : kShortAgentsWidth, &StatusStrip::paintAgents,
        tr("Agents by the age of the newest that is known of them"));
    add(isWide() ? kRevisionWidth : kShortRevisionWidth, &StatusStrip::paintRevision,
        tr("Newest policy revision, and how many agents run it: %1").arg(revisionText()));
    if (store_->storeAwaySinceUnixMs() > 0)
        add(kStoreWidth, &StatusStrip::paintStoreAway,
            tr("The state store does not answer. Agents run on their snapshots; nothing can be "
               "changed but a drain by hand."));
    if (isWide())
        add(kLinkWidth, &StatusStrip::paintLink,
            linkTip());
    if (isWide() || isSkewed())
        add(kSkewWidth, &StatusStrip::paintSkew,
            tr("Largest difference between an agent's clock and ours: %1")
                .arg(text::escapedText(store_->worstSkewAgent())));
    return all;
}

QString StatusStrip::modeTip() const
{
    return mode_ == Mode::Paused
        ? tr("The window is frozen; %1 changes and %2 new alarms since. Shift+L: go on")
              .arg(paused_.changes)
              .arg(paused_.alarms)
        : tr("How current this window is. Pause: freeze it");
}

// What a window that was slow has left out stands here, not in a log that nobody opens.
QString StatusStrip::linkTip() const
{
    const QString way = store_->link().problem.empty()
        ? linkText()
        : text::escapedText(store_->link().problem);
    return tr("%1. Left out here because this window was slow: %2 samples, %3 events")
        .arg(way)
        .arg(store_->rowsDropped())
        .arg(store_->eventsDropped());
}

bool StatusStrip::isSkewed() const
{
    return std::abs(store_->worstSkewMs()) > kSkewOfNoteMs;
}

void StatusStrip::paintMode(QPainter& painter, const QRect& box) const
{
    const theme::Tokens& t = theme::tokens();
    const QPointF middle(box.left() + 18, box.center().y() + 0.5);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.ink, theme::kNodeOutline));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(middle, 5, 5);
    painter.setBrush(t.ink);
    if (modeWord() == tr("LIVE"))
        painter.drawEllipse(middle, 1.5, 1.5);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const int at
        = run(painter, box.left() + 33, box.height(), modeWord(), t.ink, TextWeight::Bold);
    if (mode_ == Mode::Paused)
        run(painter, at + 6, box.height(), text::durationText(paused_.sinceMs), t.ink2);
}

void StatusStrip::paintAlarms(QPainter& painter, const QRect& box) const
{
    const theme::Tokens& t = theme::tokens();
    int at = run(painter, box.left() + theme::kPadding, box.height(), tr("Alarms"), t.ink2)
        + theme::kPadding;
    for (const Priority priority : {Priority::P1, Priority::P2, Priority::P3}) {
        const int count = store_->alarms().count(priority);
        const QRectF badge(at, (box.height() - theme::kBadgeSize) / 2.0, theme::kBadgeSize,
                           theme::kBadgeSize);
        if (count > 0)
            theme::paintBadge(painter, badge, priority, theme::Ack::New, t);
        else
            theme::paintBadgeNone(painter, badge, priority, t);
        run(painter, at + theme::kBadgeSize + 2, box.height(), QString::number(count),
            count > 0 ? t.ink : t.ink3, count > 0 ? TextWeight::SemiBold : TextWeight::Regular);
        at += kAlarmStep;
    }
}

void StatusStrip::paintAgents(QPainter& painter, const QRect& box) const
{
    const theme::Tokens& t = theme::tokens();
    const fleet::Sums& sums = store_->sums();
    const std::array counts{std::pair(Freshness::Live, sums.live),
                            std::pair(Freshness::Late, sums.late),
                            std::pair(Freshness::Stale, sums.stale),
                            std::pair(Freshness::Disconnected, sums.disconnected)};
    const std::array words{tr("live"), tr("late"), tr("stale"), tr("disc")};
    int at = box.left() + theme::kPadding;
    if (isWide())
        at = run(painter, at, box.height(), tr("Agents"), t.ink2) + theme::kPadding;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto [freshness, count] = counts[i];
        const bool isNoted = count > 0 && freshness != Freshness::Live;
        theme::paintFreshLine(painter,
                              QRectF(at, (box.height() - theme::kFreshnessHeight) / 2.0,
                                     kFreshLineWidth, theme::kFreshnessHeight),
                              freshness, t);
        QString said = QString::number(count);
        if (isWide())
            said += QLatin1Char(' ') + words[i];
        run(painter, at + kFreshLineWidth + 4, box.height(), said,
            count > 0 || freshness == Freshness::Live ? t.ink : t.ink3,
            isNoted ? TextWeight::SemiBold : TextWeight::Regular);
        at += isWide() ? kFreshStep : kShortFreshStep;
    }
}

void StatusStrip::paintRevision(QPainter& painter, const QRect& box) const
{
    const theme::Tokens& t = theme::tokens();
    int at = run(painter, box.left() + theme::kPadding, box.height(),
                 isWide() ? tr("Revision") : tr("Rev"), t.ink2)
        + theme::kGap;
    at = run(painter, at, box.height(), QString::number(store_->newestRevision()), t.ink,
             TextWeight::SemiBold)
        + theme::kGap;
    const bool isBehind = store_->behindRevision() > 0;
    if (isWide() || isBehind)
        run(painter, at, box.height(),
            isWide() ? revisionText() : tr("%1 behind").arg(store_->behindRevision()),
            isBehind ? t.ink : t.ink2, isBehind ? TextWeight::SemiBold : TextWeight::Regular);
}

void StatusStrip::paintStoreAway(QPainter& painter, const QRect& box) const
{
    const std::int64_t awayMs
        = std::max<std::int64_t>(0, store_->nowUnixMs() - store_->storeAwaySinceUnixMs());
    run(painter, box.left() + theme::kPadding, box.height(),
        tr("Store away %1").arg(text::durationText(awayMs)), theme::tokens().ink,
        TextWeight::SemiBold);
}

void StatusStrip::paintLink(QPainter& painter, const QRect& box) const
{
    const theme::Tokens& t = theme::tokens();
    const int at = run(painter, box.left() + theme::kPadding, box.height(), tr("Link"), t.ink2)
        + theme::kGap;
    const int room = box.right() - at - theme::kGap;
    painter.setPen(t.ink);
    painter.drawText(QRect(at, 0, room, box.height()), Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(linkText(), Qt::ElideMiddle, room));
}

void StatusStrip::paintSkew(QPainter& painter, const QRect& box) const
{
    const theme::Tokens& t = theme::tokens();
    const int at = run(painter, box.left() + theme::kPadding, box.height(), tr("Skew"), t.ink2)
        + theme::kGap;
    run(painter, at, box.height(),
        text::millisecondsText(static_cast<double>(std::abs(store_->worstSkewMs()))), t.ink,
        isSkewed() ? TextWeight::SemiBold : TextWeight::Regular);
}

void StatusStrip::paintEvent(QPaintEvent*)
{
    const theme::Tokens& t = theme::tokens();
    QPainter painter(this);
    painter.fillRect(rect(), t.surface);
    painter.fillRect(0, height() - 1, width(), 1, t.line);
    const int clockLeft = width() - kClockWidth;
    for (const Cell& cell : cells()) {
        if (cell.box.right() > clockLeft || cell.box.isEmpty())
            continue;
        (this->*cell.paint)(painter, cell.box);
        painter.fillRect(cell.box.right(), 0, 1, height() - 1, t.line);
    }
    painter.fillRect(clockLeft, 0, 1, height() - 1, t.line);
    const std::int64_t now
        = store_ ? store_->nowUnixMs() : base::unixMs(base::systemClock().wall());
    painter.setFont(theme::fontFor(TextStyle::Base, TextWeight::Bold));
    painter.setPen(t.ink);
    painter.drawText(QRect(clockLeft, 0, kClockWidth - theme::kPadding, height()),
                     Qt::AlignVCenter | Qt::AlignRight, time_.clock(now));
}

void StatusStrip::mousePressEvent(QMouseEvent* event)
{
    const auto all = cells();
    if (!all.empty() && all[0].box.contains(event->pos()))
        Q_EMIT modeClicked();
    else if (all.size() > 1 && all[1].box.contains(event->pos()))
        Q_EMIT alarmsClicked();
}

bool StatusStrip::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (const Cell& cell : cells()) {
        if (cell.box.contains(help->pos()))
            QToolTip::showText(help->globalPos(), cell.tip, this);
    }
    return true;
}

} // namespace signalbox::views
