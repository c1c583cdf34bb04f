// SPDX-License-Identifier: GPL-3.0-or-later
// The boxes of the fleet graph, in units of the plan.
#include "console/views/topology/scenes/fleet_scene.h"

#include "console/models/node_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/badges.h"
#include "console/theme/bars.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"
#include "console/views/topology/scenes/cell_marks.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace signalbox::topology {

namespace {

using fleet::Reading;
using models::FindVerdict;

constexpr double kHexagon = 64;
constexpr double kPoolPadding = 12;
constexpr double kZoneName = 52;
constexpr double kFigures = 84; // what stands right of the cells
constexpr int kCellMost = 20;
constexpr int kCellLeast = 3; // smaller ones become a spread of loads
constexpr int kHostGap = 5;

QString say(const char* text)
{
    return QCoreApplication::translate("FleetScene", text);
}

std::optional<double> known(float value)
{
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

// "vLLM 0.19.1", or what is known of it; engines that differ are said to.
QString engineText(const fleet::Pool& pool)
{
    if (pool.members.empty())
        return say("no instances");
    if (pool.profile.empty())
        return say("several engines");
    return text::plainText(pool.profile) + QLatin1Char(' ') + text::plainText(pool.engineVersion);
}

LabelStyle base(const QColor& colour, theme::TextWeight weight = theme::TextWeight::Regular,
                Align align = Align::Left)
{
    return {theme::TextStyle::Base, weight, colour, align};
}

LabelStyle caption(const QColor& colour, Align align = Align::Left)
{
    return {theme::TextStyle::Caption, theme::TextWeight::Regular, colour, align};
}

} // namespace

void FleetScene::paintFrame(const Painting& painting, const QRectF& box,
                            model::Priority priority) const
{
    QPainter& painter = painting.painter;
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isAbnormal = priority != model::Priority::None;
    painter.setPen(QPen(isAbnormal ? painting.t.ink : painting.t.outline, theme::kNodeOutline));
    painter.setBrush(painting.t.surface);
    painter.drawRoundedRect(box, theme::kRadius, theme::kRadius);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void FleetScene::paintGateway(const Painting& painting, int index) const
{
    const models::GraphGateway& gateway = graph_.gateways[static_cast<std::size_t>(index)];
    const int slot = session_.store.slotOf(gateway.id);
    if (slot < 0)
        return;
    const fleet::Agent& agent = session_.store.agent(slot);
    QPainter& painter = painting.painter;
    const theme::Tokens& t = painting.t;
    const bool isPassed = painting.found.verdictOf(slot) == FindVerdict::Passed;
    QRectF shape(0, gateway.box.top(), kHexagon + 6, kHexagon);
    shape.moveCenter(QPointF(gateway.box.center().x(), shape.center().y()));
    painter.setRenderHint(QPainter::Antialiasing);
    const QPainterPath hexagon = theme::kindPath(theme::Kind::Gateway, shape);
    if (agent.freshness != model::Freshness::Disconnected && !agent.isGone())
        painter.fillPath(hexagon, t.surface);
    theme::paintFreshOutline(painter, hexagon,
                             agent.isGone() ? model::Freshness::Disconnected : agent.freshness,
                             agent.priority != model::Priority::None ? t.ink : t.outline, t);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const Detail detail = detailAt(painting.view.scale);
    const QPoint middle = shape.center().toPoint();
    const bool hasPlate = agent.admin() != model::Admin::Run;
    if (hasPlate)
        theme::paintAdmin(painter, QRectF(middle.x() - 10, middle.y() - 10, 20, 20),
                          agent.admin(), t);
    else if (detail < Detail::NoBars && !isPassed) // it has no KV cache: what its host does
        theme::paintVBar(painter, QRect(middle.x() - 5, middle.y() - 17, 10, 34),
                         {.value = known(agent.readings[Reading::HostCpuShare])}, t);
    const QRectF words(gateway.box.left(), shape.bottom() + 4, gateway.box.width(), 16);
    painting.labels.draw(painter, words, text::plainText(gateway.id),
                         base(isPassed ? t.ink3 : t.ink, theme::TextWeight::SemiBold,
                              Align::Middle));
    if (detail < Detail::NoLabels && !isPassed) {
        const bool isFresh = agent.freshness == model::Freshness::Live && !agent.isGone();
        const QString rate = say("%1 req/s").arg(
            text::rateText(known(agent.readings[Reading::RequestsPerSecond])));
        painting.labels.draw(
            painter, words.translated(0, 16),
            isFresh ? rate : models::statusOf(agent, session_.store.nowUnixMs()).detail,
            caption(t.ink2, Align::Middle));
    }
    const QRectF badge(shape.right() - 22, shape.top() - 6, theme::kBadgeSize, theme::kBadgeSize);
    theme::paintBadgeOver(painter, badge, agent.priority, agent.ack, t.canvas, t);
}

void FleetScene::paintPorts(const Painting& painting, int index) const
{
    const models::GraphRoute& route = graph_.routes[static_cast<std::size_t>(index)];
    const theme::Tokens& t = painting.t;
    const bool isWide = graph_.breadth == models::Breadth::Wide;
    const double left = route.box.left() + route.box.width() * 0.56;
    const double right = route.box.right() - kPoolPadding;
    for (const models::GraphPort& port : route.ports) {
        const bool isReserve = port.kind == models::LinkKind::Reserve;
        const QRectF row(left, port.y - 8, right - left, 16);
        const QString value = isReserve ? (route.hasFailedOver ? say("home") : say("off"))
                                        : text::percentText(port.share);
        const QString name = isReserve ? say("failover")
            : route.hasFailedOver      ? say("failed over")
                                       : say("weight");
        const LabelStyle figure = base(isReserve ? t.ink2 : t.ink,
                                       isReserve ? theme::TextWeight::Regular
                                                 : theme::TextWeight::SemiBold,
                                       Align::Right);
        const double width = painting.labels.widthOf(value, figure);
        painting.labels.draw(painting.painter, row, value, figure);
        if (isWide || isReserve)
            painting.labels.draw(painting.painter, row.adjusted(0, 0, -width - 6, 0), name,
                                 caption(t.ink2));
    }
}

void FleetScene::paintRoute(const Painting& painting, int index) const
{
    const models::GraphRoute& route = graph_.routes[static_cast<std::size_t>(index)];
    const theme::Tokens& t = painting.t;
    paintFrame(painting, route.box, model::Priority::None);
    const QRectF name(route.box.left() + kPoolPadding, route.box.center().y() - 16,
                      route.box.width() * 0.56 - 2 * kPoolPadding, 16);
    painting.labels.draw(painting.painter, name, text::plainText(route.name),
                         base(t.ink, theme::TextWeight::SemiBold));
    if (detailAt(painting.view.scale) >= Detail::NoLabels)
        return;
    const std::optional<double> rate = models::rateOfRoute(graph_, index, session_.store.pools());
    painting.labels.draw(painting.painter, name.translated(0, 16),
                         say("%1 req/s").arg(text::rateText(rate)), caption(t.ink2));
    const QRectF line(route.box.left() + route.box.width() * 0.56 - 10, route.box.top() + 10, 1,
                      route.box.height() - 20);
    painting.painter.fillRect(line, t.line);
    paintPorts(painting, index);
}

void FleetScene::paintInlets(const Painting& painting, int index) const
{
    const models::GraphPool& shown = graph_.pools[static_cast<std::size_t>(index)];
    const bool isWide = graph_.breadth == models::Breadth::Wide;
    const double width = isWide ? 108 : 78;
    const theme::Tokens& t = painting.t;
    painting.painter.fillRect(
        QRectF(shown.box.left() + width, shown.box.top() + 10, 1, shown.box.height() - 20), t.line);
    if (shown.inlets.empty())
        painting.labels.draw(painting.painter,
                             QRectF(shown.box.left() + kPoolPadding, shown.box.center().y() - 8,
                                    width - kPoolPadding, 16),
                             say("no route"), caption(t.ink3));
    for (const models::GraphInlet& inlet : shown.inlets) {
        const models::GraphRoute& route = graph_.routes[static_cast<std::size_t>(inlet.route)];
        const models::GraphPort& port = route.ports[static_cast<std::size_t>(inlet.port)];
        const QRectF row(shown.box.left() + kPoolPadding, inlet.y - 16, width - 16, 16);
        painting.labels.draw(painting.painter, row, text::plainText(route.name), caption(t.ink2));
        const std::optional<double> rate
            = models::rateOfLink(graph_, inlet.route, inlet.port, session_.store.pools());
        const QString figure = port.kind == models::LinkKind::Reserve
            ? say("standby")
            : say("%1 /s").arg(text::rateText(rate));
        painting.labels.draw(painting.painter, row.translated(0, 16), figure,
                             base(t.ink, theme::TextWeight::SemiBold));
    }
}

void FleetScene::paintPoolWords(const Painting& painting, const QRectF& box,
                                const fleet::Pool& pool) const
{
    const theme::Tokens& t = painting.t;
    const QRectF first(box.left(), box.top() + 10, box.width(), 18);
    const QString serving
        = say("%1 serving").arg(text::ofText(pool.sums.serving, pool.sums.total));
    const LabelStyle right = base(t.ink, theme::TextWeight::SemiBold, Align::Right);
    const double servingWidth = painting.labels.widthOf(serving, right);
    const double badge = pool.priority == model::Priority::None ? 0 : 14;
    painting.labels.draw(painting.painter, first.adjusted(0, 0, -badge, 0), serving, right);
    painting.labels.draw(painting.painter, first.adjusted(0, 0, -servingWidth - badge - 8, 0),
                         text::plainText(pool.name),
                         {theme::TextStyle::Name, theme::TextWeight::SemiBold, t.ink});
    if (detailAt(painting.view.scale) >= Detail::NoLabels)
        return;
    const QRectF second = first.translated(0, 19);
    const QString ttft = say("TTFT p95 %1")
                             .arg(text::millisecondsText(
                                 known(pool.sums.readings[Reading::TtftP95Ms])));
    const double ttftWidth = painting.labels.widthOf(ttft, caption(t.ink2));
    painting.labels.draw(painting.painter, second, ttft, caption(t.ink2, Align::Right));
    painting.labels.draw(painting.painter, second.adjusted(0, 0, -ttftWidth - 8, 0),
                         engineText(pool), caption(t.ink2));
}

// Too many for a cell each: how many there are of each step of load.
void FleetScene::paintSpread(const Painting& painting, const QRect& room, const ZoneRow& row) const
{
    std::array<int, 6> counts{};
    for (const int slot : row.slots) {
        const CellLook look = lookOf(session_.store.agent(slot));
        const bool isEmpty = look.heat == kNoHeat || look.isGone
            || look.freshness == model::Freshness::Disconnected;
        ++counts[isEmpty ? 5 : look.heat];
    }
    const theme::Tokens& t = painting.t;
    double x = room.left();
    for (std::size_t step = 0; step < counts.size(); ++step) {
        const double width = static_cast<double>(room.width()) * counts[step]
            / static_cast<double>(std::max<std::size_t>(1, row.slots.size()));
        const QRectF piece(x, room.top(), width, room.height());
        painting.painter.fillRect(piece, step < 5 ? t.heat[step] : t.canvas);
        x += width;
    }
    painting.painter.setPen(t.line2);
    painting.painter.setBrush(Qt::NoBrush);
    painting.painter.drawRect(room.adjusted(0, 0, -1, -1));
}

void FleetScene::paintZoneCells(const Painting& painting, const QRectF& room,
                                const ZoneRow& row) const
{
    const auto count = static_cast<int>(row.slots.size());
    const int gaps = kHostGap * std::max(0, static_cast<int>(row.hostStarts.size()) - 1);
    const int pitch
        = count == 0 ? 0 : std::min(kCellMost + 2, (static_cast<int>(room.width()) - gaps) / count);
    const QRect line(static_cast<int>(room.left()), static_cast<int>(room.top()) + 2,
                     static_cast<int>(room.width()), 18);
    if (count == 0)
        return;
    if (pitch < kCellLeast) {
        paintSpread(painting, line, row);
        return;
    }
    const int gap = pitch >= 6 ? 2 : 1;
    std::vector<std::pair<QRect, CellLook>> over;
    int x = line.left();
    std::size_t host = 1;
    for (int i = 0; i < count; ++i) {
        const bool beginsHost = host < row.hostStarts.size() && row.hostStarts[host] == i;
        if (beginsHost) {
            x += kHostGap;
            ++host;
        }
        const int slot = row.slots[static_cast<std::size_t>(i)];
        const QRect cell(x, line.top(), pitch - gap, line.height());
        x += pitch;
        if (painting.found.isHidden(slot))
            continue;
        const fleet::Agent& agent = session_.store.agent(slot);
        const bool isPassed = painting.found.verdictOf(slot) == FindVerdict::Passed;
        paintLevelCell(painting.painter, cell, agent,
                       isPassed ? CellTone::Passed : CellTone::Full, painting.t);
        if (!isPassed)
            over.emplace_back(cell, lookOf(agent));
    }
    for (const auto& [cell, look] : over)
        paintOverCell(painting.painter, cell, look, painting.t);
}

void FleetScene::paintZones(const Painting& painting, const QRectF& box, int index) const
{
    const fleet::Pool* pool = poolAt(index);
    if (!pool)
        return;
    const theme::Tokens& t = painting.t;
    const Detail detail = detailAt(painting.view.scale);
    const fleet::Readings& readings = pool->sums.readings;
    const QString figures[] = {
        models::inFlightText(readings[Reading::InFlight]),
        say("%1 tok/s").arg(text::rateText(known(readings[Reading::OutputTokensPerSecond]))),
        say("KV %1").arg(text::percentText(known(readings[Reading::KvShare])))};
    const std::vector<ZoneRow>& rows = zones_[static_cast<std::size_t>(index)];
    double y = box.top() + 54;
    for (std::size_t i = 0; i < std::max<std::size_t>(3, rows.size()); ++i) {
        const QRectF line(box.left(), y, box.width(), models::kZoneRow);
        const QRectF words(line.left(), y + 3, kZoneName - 6, 16);
        if (i < rows.size()) {
            if (detail < Detail::NoLabels)
                painting.labels.draw(painting.painter, words, models::zoneText(rows[i].zone),
                                     caption(t.ink2));
            if (detail < Detail::NoBars)
                paintZoneCells(painting,
                               line.adjusted(kZoneName, 0, -kFigures - theme::kGap, 0), rows[i]);
        }
        if (i < 3 && detail < Detail::NoLabels)
            painting.labels.draw(painting.painter,
                                 QRectF(line.right() - kFigures, y + 3, kFigures, 16), figures[i],
                                 base(t.ink2, theme::TextWeight::Regular, Align::Right));
        y += models::kZoneRow;
    }
    if (detail >= Detail::NoBars)
        return;
    painting.labels.draw(painting.painter, QRectF(box.left(), y + 4, kZoneName, 16), say("Load"),
                         caption(t.ink2));
    const QRect bar(static_cast<int>(box.left() + kZoneName), static_cast<int>(y) + 7,
                    static_cast<int>(box.width() - kZoneName) - 48, 10);
    theme::paintHBar(painting.painter, bar, {.value = known(pool->sums.load)}, t);
    painting.labels.draw(painting.painter, QRectF(box.right() - 44, y + 4, 44, 16),
                         text::percentText(known(pool->sums.load)),
                         base(t.ink, theme::TextWeight::Regular, Align::Right));
}

void FleetScene::paintPool(const Painting& painting, int index) const
{
    const models::GraphPool& shown = graph_.pools[static_cast<std::size_t>(index)];
    const fleet::Pool* pool = poolAt(index);
    if (!pool)
        return;
    paintFrame(painting, shown.box, pool->priority);
    if (shown.column == models::PoolColumn::Standby) {
        paintStandby(painting, index);
    } else {
        const bool isWide = graph_.breadth == models::Breadth::Wide;
        const Detail detail = detailAt(painting.view.scale);
        if (detail < Detail::NoLabels)
            paintInlets(painting, index);
        const QRectF inner
            = shown.box.adjusted(isWide ? 124 : 90, 0, -kPoolPadding - (isWide ? 2 : 0), 0);
        paintPoolWords(painting, inner, *pool);
        paintZones(painting, inner, index);
    }
    paintPoolBadge(painting, index);
}

void FleetScene::paintPoolBadge(const Painting& painting, int index) const
{
    const models::GraphPool& shown = graph_.pools[static_cast<std::size_t>(index)];
    const fleet::Pool* pool = poolAt(index);
    if (!pool)
        return;
    constexpr double kLarge = 32;
    const QRectF badge(shown.box.right() - kLarge / 2 - 4, shown.box.top() - kLarge / 2 + 2,
                       kLarge, kLarge);
    painting.painter.save();
    painting.painter.setRenderHint(QPainter::Antialiasing);
    theme::paintBadgeRing(painting.painter, badge, pool->priority, pool->ack, painting.t);
    painting.painter.restore();
}

void FleetScene::paintStandby(const Painting& painting, int index) const
{
    const models::GraphPool& shown = graph_.pools[static_cast<std::size_t>(index)];
    const fleet::Pool* pool = poolAt(index);
    const theme::Tokens& t = painting.t;
    const QRectF box = shown.box.adjusted(kPoolPadding, 0, -kPoolPadding, 0);
    const Detail detail = detailAt(painting.view.scale);
    theme::paintAdmin(painting.painter, QRectF(box.left(), box.top() + 11, 16, 16),
                      model::Admin::Standby, t);
    painting.labels.draw(painting.painter, QRectF(box.left() + 24, box.top() + 10,
                                                  box.width() - 24, 18),
                         text::plainText(pool->name),
                         {theme::TextStyle::Name, theme::TextWeight::SemiBold, t.ink});
    if (detail < Detail::NoLabels) {
        const QRectF second(box.left(), box.top() + 30, box.width(), 16);
        const QString ready = say("%1 ready").arg(text::ofText(pool->sums.ready, pool->sums.total));
        const LabelStyle right = base(t.ink, theme::TextWeight::SemiBold, Align::Right);
        const double width = painting.labels.widthOf(ready, right);
        painting.labels.draw(painting.painter, second, ready, right);
        painting.labels.draw(painting.painter, second.adjusted(0, 0, -width - 8, 0),
                             engineText(*pool), caption(t.ink2));
        const QRectF third(box.left(), box.bottom() - 26, box.width(), 16);
        const QString takes = pool->sums.serving > 0
            ? models::inFlightText(pool->sums.readings[Reading::InFlight])
            : say("takes over when a route fails over");
        painting.labels.draw(painting.painter, third, takes, caption(t.ink2));
    }
    if (detail >= Detail::NoBars)
        return;
    ZoneRow all;
    for (const ZoneRow& row : zones_[static_cast<std::size_t>(index)]) {
        all.hostStarts.push_back(static_cast<int>(all.slots.size()));
        all.slots.insert(all.slots.end(), row.slots.begin(), row.slots.end());
    }
    paintZoneCells(painting, QRectF(box.left(), box.top() + 54, box.width(), models::kZoneRow),
                   all);
}

void FleetScene::paintStateStore(const Painting& painting) const
{
    const theme::Tokens& t = painting.t;
    const QRectF& box = graph_.stateStore;
    const std::int64_t since = session_.store.storeAwaySinceUnixMs();
    paintFrame(painting, box, model::Priority::None);
    painting.painter.setRenderHint(QPainter::Antialiasing);
    const QPainterPath mark = theme::kindPath(
        theme::Kind::StateStore, QRectF(box.left() + 12, box.center().y() - 12, 24, 24));
    theme::paintFreshOutline(painting.painter, mark,
                             since == 0 ? model::Freshness::Live : model::Freshness::Disconnected,
                             since == 0 ? t.outline : t.ink, t);
    painting.painter.setRenderHint(QPainter::Antialiasing, false);
    const QRectF words(box.left() + 52, box.center().y() - 17, box.width() - 60, 16);
    painting.labels.draw(painting.painter, words, say("State store"),
                         base(t.ink, theme::TextWeight::SemiBold));
    if (detailAt(painting.view.scale) >= Detail::NoLabels)
        return;
    const QString state = since == 0
        ? say("revision %1").arg(session_.store.newestRevision())
        : say("away %1").arg(text::durationText(session_.store.nowUnixMs() - since));
    painting.labels.draw(painting.painter, words.translated(0, 17), state,
                         since == 0 ? caption(t.ink2)
                                    : base(t.ink, theme::TextWeight::SemiBold));
}

} // namespace signalbox::topology
