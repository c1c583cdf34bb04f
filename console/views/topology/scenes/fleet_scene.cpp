// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/scenes/fleet_scene.h"

#include "console/models/node_words.h"
#include "console/models/topology_cells.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace signalbox::topology {

namespace {

using fleet::Reading;

constexpr double kHomeLeast = 0.85; // below it one pans rather than reads smaller
constexpr double kLabelsFrom = 0.6;
constexpr double kBarsFrom = 0.45;
constexpr double kEdgesFrom = 0.2;
constexpr std::size_t kEdgesSmooth = 500; // more of them are drawn without antialiasing
constexpr double kArrow = 7;
constexpr double kHexagonHalf = 31;

QString say(const char* text)
{
    return QCoreApplication::translate("FleetScene", text);
}

QPainterPath rounded(const std::vector<QPointF>& corners, double radius)
{
    QPainterPath path;
    if (corners.size() < 2)
        return path;
    path.moveTo(corners.front());
    for (std::size_t i = 1; i + 1 < corners.size(); ++i) {
        const QLineF in(corners[i], corners[i - 1]);
        const QLineF out(corners[i], corners[i + 1]);
        const double r = std::min({radius, in.length() / 2, out.length() / 2});
        path.lineTo(in.pointAt(r / std::max(1.0, in.length())));
        path.quadTo(corners[i], out.pointAt(r / std::max(1.0, out.length())));
    }
    path.lineTo(corners.back());
    return path;
}

void arrow(QPainter& painter, QPointF tip, const QColor& colour)
{
    QPainterPath head;
    head.moveTo(tip);
    head.lineTo(tip + QPointF(-kArrow - 1, -kArrow * 0.6));
    head.lineTo(tip + QPointF(-kArrow - 1, kArrow * 0.6));
    head.closeSubpath();
    painter.fillPath(head, colour);
}

} // namespace

FleetScene::FleetScene(views::Session& session, models::Breadth breadth) : session_(session)
{
    build(breadth);
}

void FleetScene::build(models::Breadth breadth)
{
    const fleet::FleetStore& store = session_.store;
    models::GraphInput input;
    input.breadth = breadth;
    for (const int slot : store.gateways())
        input.gateways.push_back(store.agent(slot).id);
    for (const fleet::Pool& pool : store.pools()) {
        std::set<std::string> zones;
        bool isStandby = !pool.members.empty();
        for (const int slot : pool.members) {
            zones.insert(store.agent(slot).record().zone);
            isStandby = isStandby && store.agent(slot).admin() == model::Admin::Standby;
        }
        input.pools.push_back({pool.name, {zones.begin(), zones.end()}, isStandby});
    }
    for (const auto& [name, route] : store.policy().policy.routes)
        input.routes.push_back(route);
    graph_ = models::makeFleetGraph(input);
    takeZoneRows();

    std::vector<Node> nodes;
    const auto add = [&](Part part, std::size_t index, views::ObjectRef object, const QRectF& box,
                         int slot) {
        parts_.push_back({part, static_cast<int>(index)});
        nodes.push_back({std::move(object), box, slot});
    };
    using views::ObjectKind;
    for (std::size_t i = 0; i < graph_.gateways.size(); ++i)
        add(Part::Gateway, i, {ObjectKind::Agent, graph_.gateways[i].id}, graph_.gateways[i].box,
            store.slotOf(graph_.gateways[i].id));
    for (std::size_t i = 0; i < graph_.routes.size(); ++i)
        add(Part::Route, i, {ObjectKind::Route, graph_.routes[i].name}, graph_.routes[i].box, -1);
    for (std::size_t i = 0; i < graph_.pools.size(); ++i)
        add(Part::Pool, i, {ObjectKind::Pool, graph_.pools[i].name}, graph_.pools[i].box, -1);
    add(Part::StateStore, 0, {}, graph_.stateStore, -1);
    setNodes(std::move(nodes), graph_.size);
}

void FleetScene::takeZoneRows()
{
    zones_.clear();
    for (const models::GraphPool& shown : graph_.pools) {
        std::vector<ZoneRow> rows;
        for (const std::string& zone : shown.zones)
            rows.push_back({zone, {}, {}});
        const fleet::Pool* pool = session_.store.pool(shown.name);
        for (ZoneRow& row : rows) {
            std::vector<std::tuple<std::string, std::string, long long, int>> order;
            for (const int slot : pool ? pool->members : std::vector<int>()) {
                const model::AgentRecord& record = session_.store.agent(slot).record();
                if (record.zone != row.zone)
                    continue;
                const models::IdParts parts = models::idParts(record.id.str());
                order.emplace_back(models::hostOf(record), parts.stem, parts.number, slot);
            }
            std::sort(order.begin(), order.end());
            for (std::size_t i = 0; i < order.size(); ++i) {
                const bool isFirst = i == 0 || std::get<0>(order[i]) != std::get<0>(order[i - 1]);
                if (isFirst)
                    row.hostStarts.push_back(static_cast<int>(i));
                row.slots.push_back(std::get<3>(order[i]));
            }
        }
        zones_.push_back(std::move(rows));
    }
}

double FleetScene::homeScale(const QSize& room) const
{
    const double fit
        = std::min(room.width() / size().width(), room.height() / size().height());
    const double across = room.width() / size().width();
    return std::min({1.0, across, fit < kHomeLeast ? across : fit});
}

Detail FleetScene::detailAt(double scale) const
{
    if (scale < kEdgesFrom)
        return Detail::NoEdges;
    if (scale < kBarsFrom)
        return Detail::NoBars;
    return scale < kLabelsFrom ? Detail::NoLabels : Detail::Full;
}

const fleet::Pool* FleetScene::poolAt(int index) const
{
    return session_.store.pool(graph_.pools[static_cast<std::size_t>(index)].name);
}

QString FleetScene::spoken(int node) const
{
    const PartOf part = parts_[static_cast<std::size_t>(node)];
    switch (part.part) {
    case Part::Gateway: {
        const int slot = nodes()[static_cast<std::size_t>(node)].slot;
        return slot < 0 ? QString() : models::spokenName(session_.store.agent(slot));
    }
    case Part::Pool: {
        const fleet::Pool* pool = poolAt(part.index);
        return pool ? models::spokenName(*pool) : QString();
    }
    case Part::Route: {
        const models::GraphRoute& route = graph_.routes[static_cast<std::size_t>(part.index)];
        QStringList words{say("route %1").arg(text::plainText(route.name))};
        for (const models::GraphPort& port : route.ports) {
            const QString pool = text::plainText(port.pool);
            words << (port.kind == models::LinkKind::Traffic
                          ? say("%1 to %2").arg(text::percentText(port.share), pool)
                          : say("fails over to %1").arg(pool));
        }
        if (route.hasFailedOver)
            words << say("failed over");
        return words.join(QStringLiteral(", "));
    }
    case Part::StateStore: break;
    }
    return session_.store.storeAwaySinceUnixMs() == 0
        ? say("state store, revision %1").arg(session_.store.newestRevision())
        : say("state store, away, last revision %1").arg(session_.store.newestRevision());
}

std::vector<int> FleetScene::changed(const std::vector<int>& slots, double)
{
    std::set<int> nodes;
    for (const int slot : slots) {
        const int own = nodeOfSlot(slot);
        if (own >= 0)
            nodes.insert(own);
        if (!session_.store.isTaken(slot) || session_.store.agent(slot).isGateway())
            continue;
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            const bool isItsPool = parts_[i].part == Part::Pool
                && poolNameOf(i) == session_.store.agent(slot).record().pool;
            if (isItsPool)
                nodes.insert(static_cast<int>(i));
        }
        if (nodes.size() >= parts_.size())
            break;
    }
    // Rates of routes are sums of pools; the edges follow when a width is another pixel.
    for (std::size_t i = 0; i < parts_.size() && !nodes.empty(); ++i) {
        if (parts_[i].part == Part::Route || parts_[i].part == Part::StateStore)
            nodes.insert(static_cast<int>(i));
    }
    if (edgeWidths() != edgesWidths_) {
        for (std::size_t i = 0; i < parts_.size(); ++i)
            nodes.insert(static_cast<int>(i));
    }
    return {nodes.begin(), nodes.end()};
}

// In whole pixels, so that they do not tremble: of the links, then of routes, gateways, the trunk.
std::vector<double> FleetScene::edgeWidths() const
{
    std::vector<double> widths;
    const std::vector<fleet::Pool>& pools = session_.store.pools();
    const auto add = [&](std::optional<double> rate) {
        widths.push_back(std::round(models::edgeWidth(rate)));
    };
    for (const models::GraphLink& link : graph_.links)
        add(models::rateOfLink(graph_, link.route, link.port, pools));
    for (std::size_t i = 0; i < graph_.routes.size(); ++i)
        add(models::rateOfRoute(graph_, static_cast<int>(i), pools));
    double sum = 0;
    for (const int slot : session_.store.gateways()) {
        const float rate = session_.store.agent(slot).readings[Reading::RequestsPerSecond];
        add(std::isfinite(rate) ? std::optional<double>(rate) : std::nullopt);
        sum += std::isfinite(rate) ? static_cast<double>(rate) : 0;
    }
    add(sum);
    return widths;
}

void FleetScene::drawEdges(QPainter& painter, const theme::Tokens& t,
                           const std::vector<double>& widths, double scale) const
{
    painter.setRenderHint(QPainter::Antialiasing, graph_.links.size() <= kEdgesSmooth);
    painter.scale(scale, scale);
    const models::GraphColumns& columns = models::columnsOf(graph_.breadth);
    std::size_t at = 0;
    const auto pen = [&](double width) {
        return QPen(t.edgePen, width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
    };
    painter.setBrush(Qt::NoBrush);
    for (const models::GraphLink& link : graph_.links) {
        const double width = widths[at++];
        std::vector<QPointF> path = link.path;
        const QPointF tip = path.back();
        path.back() = tip - QPointF(kArrow, 0);
        const bool isReserve = link.kind == models::LinkKind::Reserve;
        QPen line = pen(isReserve ? 1.5 : width);
        if (isReserve)
            line.setDashPattern({4, 3});
        painter.setPen(line);
        painter.drawPath(rounded(path, theme::kEdgeRadius));
        arrow(painter, tip, t.edgePen);
    }
    if (graph_.routes.empty() || graph_.gateways.empty())
        return;
    std::vector<double> ends;
    for (const models::GraphRoute& route : graph_.routes)
        ends.push_back(route.box.center().y());
    for (const models::GraphGateway& gateway : graph_.gateways)
        ends.push_back(gateway.box.top() + models::kHexagonMiddle);
    const auto [top, bottom] = std::minmax_element(ends.begin(), ends.end());
    // Lines leave the trunk through a round corner where they are its end.
    const auto branch = [&](double y, double x) {
        const double inwards = (*bottom - *top) / 2;
        std::vector<QPointF> path{{columns.trunk, y}, {x, y}};
        if (*bottom - *top > 2 * theme::kEdgeRadius && (y == *top || y == *bottom))
            path.insert(path.begin(), {columns.trunk, y + (y == *top ? inwards : -inwards)});
        painter.drawPath(rounded(path, theme::kEdgeRadius));
    };
    for (const models::GraphRoute& route : graph_.routes) {
        painter.setPen(pen(widths[at++]));
        branch(route.box.center().y(), columns.routes - kArrow);
        arrow(painter, QPointF(columns.routes, route.box.center().y()), t.edgePen);
    }
    for (const models::GraphGateway& gateway : graph_.gateways) {
        painter.setPen(pen(widths[at++]));
        branch(gateway.box.top() + models::kHexagonMiddle, gateway.box.center().x() + kHexagonHalf);
    }
    painter.setPen(pen(widths.back()));
    painter.drawLine(QPointF(columns.trunk, *top + theme::kEdgeRadius),
                     QPointF(columns.trunk, *bottom - theme::kEdgeRadius));
}

void FleetScene::paintEdges(const Painting& painting)
{
    const double ratio = painting.painter.device()->devicePixelRatioF();
    const std::vector<double> widths = edgeWidths();
    const double scale = painting.view.scale;
    const bool isStale = edges_.isNull() || scale != edgesScale_ || widths != edgesWidths_;
    const QSizeF needed = size() * scale;
    // A picture far larger than a screen is drawn where it is seen instead of being kept.
    constexpr double kMostSide = 4'000;
    if (needed.width() > kMostSide || needed.height() > kMostSide) {
        painting.painter.save();
        painting.painter.translate(painting.view.offset);
        drawEdges(painting.painter, painting.t, widths, scale);
        painting.painter.restore();
        edgesWidths_ = widths;
        return;
    }
    if (isStale) {
        edges_ = QPixmap((needed * ratio).toSize() + QSize(1, 1));
        edges_.setDevicePixelRatio(ratio);
        edges_.fill(painting.t.canvas);
        QPainter painter(&edges_);
        drawEdges(painter, painting.t, widths, scale);
        edgesScale_ = scale;
        edgesWidths_ = widths;
    }
    painting.painter.drawPixmap(painting.view.offset.toPoint(), edges_);
}

const std::string& FleetScene::poolNameOf(std::size_t node) const
{
    return graph_.pools[static_cast<std::size_t>(parts_[node].index)].name;
}

void FleetScene::paintHeads(const Painting& painting) const
{
    const models::GraphColumns& columns = models::columnsOf(graph_.breadth);
    const fleet::Sums& entries = session_.store.gatewaySums();
    const auto rate = [](const fleet::Sums& sums) {
        const float value = sums.readings[Reading::RequestsPerSecond];
        return say("%1 req/s").arg(text::rateText(
            std::isfinite(value) ? std::optional<double>(value) : std::nullopt));
    };
    std::optional<double> routed = 0.0;
    for (std::size_t i = 0; i < graph_.routes.size() && routed; ++i) {
        const auto one = models::rateOfRoute(graph_, static_cast<int>(i), session_.store.pools());
        routed = one ? std::optional<double>(*routed + *one) : std::nullopt;
    }
    double served = 0;
    double inFlight = 0;
    for (const fleet::Pool& pool : session_.store.pools()) {
        const float requests = pool.sums.readings[Reading::RequestsPerSecond];
        const float open = pool.sums.readings[Reading::InFlight];
        served += std::isfinite(requests) ? static_cast<double>(requests) : 0;
        inFlight += std::isfinite(open) ? static_cast<double>(open) : 0;
    }
    const std::tuple<double, QString, QString> heads[] = {
        {columns.gateways, say("Gateways"), rate(entries)},
        {columns.routes, say("Routes"), say("%1 req/s").arg(text::rateText(routed))},
        {columns.pools, say("Pools"),
         say("%1 req/s, %2").arg(text::rateText(served),
                                 models::inFlightText(static_cast<float>(inFlight)))},
        {columns.standby, say("Standby and stores"), QString()}};
    const LabelStyle strong{theme::TextStyle::Caption, theme::TextWeight::SemiBold,
                            painting.t.ink2};
    const LabelStyle plain{theme::TextStyle::Caption, theme::TextWeight::Regular,
                           painting.t.ink2};
    const double ends[] = {columns.routes, columns.pools, columns.standby, columns.width};
    const double* end = ends;
    for (const auto& [x, name, figures] : heads) {
        const double width = painting.labels.widthOf(name, strong);
        const double room = *end++ - x - width - 2 * theme::kGap;
        painting.labels.draw(painting.painter, QRectF(x, 12, width + 1, 16), name, strong);
        if (painting.labels.widthOf(figures, plain) <= room)
            painting.labels.draw(painting.painter, QRectF(x + width + theme::kGap, 12, room, 16),
                                 figures, plain);
    }
}

void FleetScene::paint(const Painting& painting)
{
    QPainter& painter = painting.painter;
    painter.fillRect(painting.dirty, painting.t.canvas);
    painter.save();
    painter.setClipRect(painting.view.content.intersected(painting.dirty));
    const Detail detail = detailAt(painting.view.scale);
    if (detail < Detail::NoEdges)
        paintEdges(painting);
    painter.translate(painting.view.offset.toPoint());
    painter.scale(painting.view.scale, painting.view.scale);
    if (detail < Detail::NoLabels)
        paintHeads(painting);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const QRectF reach = painting.view.toScreen(nodes()[i].box).adjusted(-20, -20, 20, 20);
        if (!reach.intersects(painting.dirty))
            continue;
        const bool isHidden = nodes()[i].slot >= 0 && painting.found.isHidden(nodes()[i].slot);
        if (isHidden)
            continue;
        const int index = parts_[i].index;
        switch (parts_[i].part) {
        case Part::Gateway: paintGateway(painting, index); break;
        case Part::Route: paintRoute(painting, index); break;
        case Part::Pool: paintPool(painting, index); break;
        case Part::StateStore: paintStateStore(painting); break;
        }
    }
    if (painting.selected >= 0 && painting.selected < static_cast<int>(nodes().size())) {
        painter.setRenderHint(QPainter::Antialiasing);
        const auto selected = static_cast<std::size_t>(painting.selected);
        theme::paintSelectionRing(painter, nodes()[selected].box, theme::kRadius,
                                  painting.t.canvas, painting.t);
        if (parts_[selected].part == Part::Pool)
            paintPoolBadge(painting, parts_[selected].index);
    }
    painter.restore();
}

} // namespace signalbox::topology
