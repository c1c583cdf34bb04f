// SPDX-License-Identifier: GPL-3.0-or-later
// An instance where there is room to say more than grey.
#include "console/views/topology/scenes/cell_scene.h"

#include "console/models/node_words.h"
#include "console/text/numbers.h"
#include "console/theme/badges.h"
#include "console/theme/bars.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/theme/strips.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace signalbox::topology {

namespace {

using fleet::Reading;
using models::FindVerdict;

constexpr int kCircle = 52;
constexpr int kStripSeconds = 900;
constexpr int kStripHeight = 24;
constexpr int kBar = 8; // width of Q and KV

std::optional<double> known(float value)
{
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

bool isPlate(model::Admin admin)
{
    return admin != model::Admin::Run;
}

} // namespace

const QPixmap& CellScene::circle(const Painting& painting, int diameter,
                                 model::Freshness freshness, model::Priority priority)
{
    const bool isAbnormal = priority != model::Priority::None;
    const quint32 key = static_cast<quint32>(diameter) << 4
        | static_cast<quint32>(freshness) << 1 | (isAbnormal ? 1U : 0U);
    const auto found = circles_.constFind(key);
    if (found != circles_.constEnd())
        return *found;
    const double ratio = painting.painter.device()->devicePixelRatioF();
    const int side = diameter + 8;
    QPixmap pixmap(QSize(side, side) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath shape;
    shape.addEllipse(QRectF(4, 4, diameter, diameter));
    if (freshness != model::Freshness::Disconnected)
        painter.fillPath(shape, painting.t.surface);
    theme::paintFreshOutline(painter, shape, freshness,
                             isAbnormal ? painting.t.ink : painting.t.outline, painting.t);
    painter.end();
    return *circles_.insert(key, pixmap);
}

void CellScene::paintCircle(const Painting& painting, const QRectF& circle,
                            const fleet::Agent& agent)
{
    QPainter& painter = painting.painter;
    const int diameter = static_cast<int>(circle.width());
    const model::Freshness freshness
        = agent.isGone() ? model::Freshness::Disconnected : agent.freshness;
    painter.drawPixmap(circle.topLeft() - QPointF(4, 4),
                       this->circle(painting, diameter, freshness, agent.priority));
    const QPointF middle = circle.center();
    const bool hasPlate = isPlate(agent.admin());
    const int barWidth = diameter >= 40 ? 10 : 6;
    const int barHeight = diameter * 3 / 5;
    const int aside = hasPlate ? diameter / 5 : 0;
    if (hasPlate && diameter >= 30) {
        const double side = std::min(20.0, diameter * 0.38);
        QRectF plate(0, 0, side, side);
        plate.moveCenter(middle - QPointF(diameter * 0.16, 0));
        theme::paintAdmin(painter, plate, agent.admin(), painting.t);
    } else if (hasPlate) {
        QRectF plate(0, 0, diameter * 0.6, diameter * 0.6);
        plate.moveCenter(middle);
        theme::paintAdmin(painter, plate, agent.admin(), painting.t);
    }
    const bool hasBar = freshness != model::Freshness::Disconnected && (!hasPlate || diameter >= 30)
        && std::isfinite(agent.load());
    if (hasBar) {
        theme::BarReading reading{.value = known(agent.load())};
        if (bandHigh_ > bandLow_) {
            reading.bandLow = static_cast<double>(bandLow_);
            reading.bandHigh = static_cast<double>(bandHigh_);
        }
        theme::paintVBar(painter,
                         QRect(static_cast<int>(middle.x()) - barWidth / 2 + aside,
                               static_cast<int>(middle.y()) - barHeight / 2,
                               hasPlate ? 6 : barWidth, barHeight),
                         reading, painting.t);
    }
    if (agent.priority == model::Priority::None)
        return;
    const double side = diameter >= 30 ? theme::kBadgeSize : 18;
    QRectF badge(0, 0, side, side);
    badge.moveCenter(QPointF(circle.right() - diameter * 0.1, circle.top() + diameter * 0.12));
    theme::paintBadgeOver(painter, badge, agent.priority, agent.ack, painting.t.canvas,
                          painting.t);
}

void CellScene::paintBars(const Painting& painting, const QRect& box,
                          const fleet::Agent& agent) const
{
    const auto bar = [&](int x, std::optional<double> share, const char* name) {
        theme::paintVBar(painting.painter, QRect(x, box.top(), kBar, box.height()),
                         {.value = share}, painting.t);
        const LabelStyle style{theme::TextStyle::Caption, theme::TextWeight::Regular,
                               painting.t.ink3, Align::Middle};
        painting.labels.draw(painting.painter, QRectF(x - 8, box.bottom() + 1, kBar + 16, 14),
                             QLatin1String(name), style);
    };
    const std::optional<double> queue = known(agent.readings[Reading::QueueP95Ms]);
    bar(box.left(), queue ? std::optional<double>(*queue / queueFull_) : std::nullopt, "Q");
    bar(box.left() + 18, known(agent.readings[Reading::KvShare]), "KV");
}

void CellScene::paintLines(const Painting& painting, const QRectF& box,
                           const fleet::Agent& agent, int node) const
{
    const theme::Tokens& t = painting.t;
    const models::NodeStatus status = models::statusOf(agent, session_.store.nowUnixMs());
    const bool isAbnormal = status.manner == models::NodeStatus::Manner::Abnormal;
    const QString name = models::shortNameOf(agent.id, agent.record().pool);
    const std::pair<QString, LabelStyle> lines[] = {
        {name, {theme::TextStyle::Base, theme::TextWeight::Regular, t.ink}},
        {status.headline,
         {theme::TextStyle::Base,
          isAbnormal ? theme::TextWeight::SemiBold : theme::TextWeight::Regular,
          isAbnormal ? t.ink : t.ink2}},
        {status.detail, {theme::TextStyle::Base, theme::TextWeight::Regular, t.ink2}}};
    double y = box.top();
    for (const auto& [words, style] : lines) {
        if (y + 15 > box.bottom())
            return;
        painting.labels.draw(painting.painter, QRectF(box.left(), y, box.width(), 16), words,
                             style);
        y += 16;
    }
    const int slot = nodes()[static_cast<std::size_t>(node)].slot;
    const bool hasStrip = box.bottom() - y >= kStripHeight + 4
        && lookAt(painting.view.scale) == Look::Strip;
    if (!hasStrip)
        return;
    const int seconds = std::min(kStripSeconds, session_.history.secondsKept());
    const history::Series series
        = session_.history.ofAgent(slot, Reading::TtftP95Ms, seconds);
    theme::paintSparkline(painting.painter,
                          QRect(static_cast<int>(box.left()), static_cast<int>(y) + 6,
                                static_cast<int>(box.width()) - 4, kStripHeight),
                          series.values, t);
}

// Still there, and saying nothing.
void CellScene::paintPassed(const Painting& painting, const QRectF& circle) const
{
    painting.painter.setPen(painting.t.line);
    painting.painter.setBrush(Qt::NoBrush);
    painting.painter.setRenderHint(QPainter::Antialiasing);
    painting.painter.drawEllipse(circle);
    painting.painter.setRenderHint(QPainter::Antialiasing, false);
}

void CellScene::paintCard(const Painting& painting, const QRectF& box, int node, Look look)
{
    const fleet::Agent& agent = agentOf(node);
    QPainter& painter = painting.painter;
    const bool isPassed
        = painting.found.verdictOf(nodes()[static_cast<std::size_t>(node)].slot)
        == FindVerdict::Passed;
    if (node == painting.hovered)
        painter.fillRect(box, painting.t.surface);
    if (look == Look::Circle) {
        const double side = std::min(std::min(box.width(), box.height()) - 4, double(kCircle));
        QRectF round(0, 0, std::floor(side), std::floor(side));
        round.moveCenter(box.center());
        round.moveTopLeft(round.topLeft().toPoint());
        if (isPassed)
            paintPassed(painting, round);
        else
            paintCircle(painting, round, agent);
        return;
    }
    const int diameter = look == Look::Name
        ? std::clamp(static_cast<int>(std::min(box.width() - 36, box.height() - 24)), 24, kCircle)
        : kCircle;
    const QRectF round(std::round(box.left()) + 8, std::round(box.top()) + 10, diameter, diameter);
    const double foot = round.bottom() + 8;
    const QRectF words(box.left() + 8, foot, box.width() - 10, box.bottom() - foot - 4);
    if (isPassed) {
        paintPassed(painting, round);
        const LabelStyle faint{theme::TextStyle::Base, theme::TextWeight::Regular,
                               painting.t.ink3};
        painting.labels.draw(painter, QRectF(words.left(), words.top(), words.width(), 16),
                             models::shortNameOf(agent.id, agent.record().pool), faint);
        return;
    }
    const bool isReporting = !agent.isGone() && agent.freshness != model::Freshness::Disconnected;
    const bool hasBars = isReporting && box.width() >= diameter + 44;
    if (hasBars)
        paintBars(painting,
                  QRect(static_cast<int>(round.right()) + 12, static_cast<int>(round.top()), 26,
                        diameter - 8),
                  agent);
    paintCircle(painting, round, agent);
    paintLines(painting, words, agent, node);
}

} // namespace signalbox::topology
