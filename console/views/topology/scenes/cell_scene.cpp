// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/scenes/cell_scene.h"

#include "console/models/node_words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
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

constexpr models::CellMetrics kCards{116, 148, 4, 8, 28, 12, 16, 28};
constexpr models::CellMetrics kHeat{10, 10, 2, 0, 0, 6, 16, 26};
constexpr int kGutter = 72;
constexpr double kCardScaleMost = 2;
constexpr double kHeatScaleMost = 15; // cells become cards
constexpr double kHomeCard = 1.3; // a few cards are not blown up
constexpr double kHomeHeat = 2;

QRect pixels(const QRectF& box)
{
    return {static_cast<int>(std::lround(box.left())), static_cast<int>(std::lround(box.top())),
            std::max(1, static_cast<int>(box.width())),
            std::max(1, static_cast<int>(box.height()))};
}

CellTone toneOf(const Painting& painting, int slot)
{
    return painting.found.verdictOf(slot) == FindVerdict::Passed ? CellTone::Passed
                                                                 : CellTone::Full;
}

// Of the values that are known; both bounds 0 when there are too few to speak of a band.
std::pair<float, float> middleNinety(std::vector<float>& values)
{
    if (values.size() < 4)
        return {0, 0};
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
    };
    return {at(0.05), at(0.95)};
}

} // namespace

CellScene::CellScene(views::Session& session, const std::string& pool, CellShape shape)
    : session_(session), pool_(pool), shape_(shape),
      metrics_(shape == CellShape::Card ? kCards : kHeat)
{
    build();
    measure();
}

void CellScene::build()
{
    std::vector<models::CellMember> members;
    std::vector<Node> nodes;
    if (!pool_.empty())
        metrics_.groupHead = 0;
    for (const fleet::Pool& pool : session_.store.pools()) {
        if (!pool_.empty() && pool.name != pool_)
            continue;
        for (const int slot : pool.members) {
            const fleet::Agent& agent = session_.store.agent(slot);
            members.push_back({agent.id, pool.name, agent.record().zone,
                               models::hostOf(agent.record())});
            nodes.push_back({{views::ObjectKind::Agent, agent.id}, {}, slot});
        }
    }
    plan_ = models::planCells(members, metrics_);
    for (std::size_t i = 0; i < nodes.size(); ++i)
        nodes[i].box = plan_.cells[i];
    painted_.assign(nodes.size(), CellLook{});
    setNodes(std::move(nodes), plan_.size);
}

const fleet::Agent& CellScene::agentOf(int node) const
{
    return session_.store.agent(nodes()[static_cast<std::size_t>(node)].slot);
}

int CellScene::gutter() const
{
    return kGutter;
}

double CellScene::greatestScale() const
{
    return shape_ == CellShape::Card ? kCardScaleMost : kHeatScaleMost;
}

double CellScene::homeScale(const QSize& room) const
{
    if (size().isEmpty())
        return 1;
    const double most = shape_ == CellShape::Card ? kHomeCard : kHomeHeat;
    return std::min({most, room.width() / size().width(), room.height() / size().height()});
}

CellScene::Look CellScene::lookAt(double scale) const
{
    const double width = metrics_.width * scale;
    const double height = metrics_.height * scale;
    if (width >= 100 && height >= 146)
        return Look::Strip;
    if (width >= 92 && height >= 116)
        return Look::Lines;
    if (width >= 60 && height >= 62)
        return Look::Name;
    if (width >= 26 && height >= 26)
        return Look::Circle;
    return Look::Heat;
}

Detail CellScene::detailAt(double scale) const
{
    const Look look = lookAt(scale);
    if (look == Look::Heat)
        return Detail::NoBars;
    return look == Look::Circle ? Detail::NoLabels : Detail::Full;
}

QString CellScene::spoken(int node) const
{
    return models::spokenName(agentOf(node));
}

// The band says where the others are now; it is a fact of this second, not of last week.
void CellScene::measure()
{
    std::vector<float> loads;
    float longest = 0;
    for (const Node& node : nodes()) {
        const fleet::Agent& agent = session_.store.agent(node.slot);
        if (std::isfinite(agent.load()) && agent.isServing())
            loads.push_back(agent.load());
        const float queue = agent.readings[Reading::QueueP95Ms];
        if (std::isfinite(queue))
            longest = std::max(longest, queue);
    }
    std::tie(bandLow_, bandHigh_) = middleNinety(loads);
    // With room on both sides, so that the scale does not jump with every second.
    const bool isOut = longest > queueFull_ || longest * 5 < queueFull_;
    if (isOut && longest > 0)
        queueFull_ = static_cast<double>(theme::roundTop(longest * 1.5F));
}

std::vector<int> CellScene::changed(const std::vector<int>& slots, double scale)
{
    const bool showsNumbers = lookAt(scale) != Look::Heat;
    std::vector<int> nodes;
    for (const int slot : slots) {
        const int node = nodeOfSlot(slot);
        if (node < 0)
            continue;
        if (showsNumbers || lookOf(agentOf(node)) != painted_[static_cast<std::size_t>(node)])
            nodes.push_back(node);
    }
    if (showsNumbers)
        measure();
    return nodes;
}

void CellScene::paint(const Painting& painting)
{
    QPainter& painter = painting.painter;
    const Look look = lookAt(painting.view.scale);
    painter.fillRect(painting.dirty, painting.t.canvas);
    painter.save();
    painter.setClipRect(painting.view.content.intersected(painting.dirty));
    paintFrames(painting, look);
    if (look == Look::Heat)
        paintHeat(painting);
    else
        paintCards(painting, look);
    paintRings(painting, look);
    painter.restore();
    paintGutter(painting);
}

void CellScene::paintFrames(const Painting& painting, Look look) const
{
    QPainter& painter = painting.painter;
    const LabelStyle head{theme::TextStyle::Base, theme::TextWeight::SemiBold, painting.t.ink};
    for (const models::CellGroup& group : plan_.groups) {
        const QRectF box = painting.view.toScreen(group.head);
        if (box.height() >= 14 && box.intersects(painting.dirty))
            painting.labels.draw(painter, box, text::plainText(group.name), head);
    }
    if (metrics_.hostHead <= 0)
        return;
    const LabelStyle name{theme::TextStyle::Base, theme::TextWeight::Regular, painting.t.ink2};
    for (const models::CellZone& zone : plan_.zones) {
        for (const models::CellHost& host : zone.hosts) {
            const QRectF box = painting.view.toScreen(host.box);
            if (!box.intersects(painting.dirty))
                continue;
            painter.setPen(painting.t.line);
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(QRectF(pixels(box)).adjusted(0.5, 0.5, -0.5, -0.5));
            const bool hasHead
                = look < Look::Circle && metrics_.hostHead * painting.view.scale >= 14;
            if (!hasHead)
                continue;
            QRectF line(box.left() + theme::kPadding, box.top() + 4, box.width() - 24, 20);
            float inFlight = 0;
            for (const int member : host.members) {
                const float one = agentOf(member).readings[Reading::InFlight];
                inFlight += std::isfinite(one) ? one : 0;
            }
            const QString sum = models::inFlightText(inFlight);
            LabelStyle right{theme::TextStyle::Caption, theme::TextWeight::Regular,
                             painting.t.ink3, Align::Right};
            const double width = painting.labels.widthOf(sum, right);
            const bool hasRoom = box.width() > width + 80;
            if (hasRoom)
                painting.labels.draw(painter, line, sum, right);
            line.setWidth(line.width() - (hasRoom ? width + theme::kGap : 0));
            painting.labels.draw(painter, line, text::plainText(host.name), name);
        }
    }
}

CellScene::ZoneCount CellScene::countOf(const models::CellZone& zone) const
{
    ZoneCount count;
    for (const models::CellHost& host : zone.hosts) {
        for (const int member : host.members) {
            const fleet::Agent& agent = agentOf(member);
            count.total += agent.isGone() ? 0 : 1;
            count.serving += agent.isServing() ? 1 : 0;
            const float inFlight = agent.readings[Reading::InFlight];
            count.inFlight += std::isfinite(inFlight) ? inFlight : 0;
        }
    }
    return count;
}

// Zone names stay while their rows go by.
void CellScene::paintGutter(const Painting& painting) const
{
    const QRect content = painting.view.content;
    const QRect gutter(content.left() - kGutter, content.top(), kGutter, content.height());
    if (!gutter.intersects(painting.dirty))
        return;
    QPainter& painter = painting.painter;
    painter.save();
    painter.setClipRect(gutter.intersected(painting.dirty));
    const theme::Tokens& t = painting.t;
    for (const models::CellZone& zone : plan_.zones) {
        const QRectF box = painting.view.toScreen(zone.box);
        if (box.bottom() < content.top() || box.top() > content.bottom())
            continue;
        const ZoneCount count = countOf(zone);
        const bool isShort = count.total < 1'000; // else the second line has the whole
        const QString serving = isShort ? text::ofText(count.serving, count.total)
                                        : text::countText(count.serving);
        const QString of = isShort
            ? QCoreApplication::translate("CellScene", "serving")
            : QCoreApplication::translate("CellScene", "of %1")
                  .arg(text::countText(count.total));
        const std::pair<QString, LabelStyle> lines[] = {
            {models::zoneText(zone.name),
             {theme::TextStyle::Base, theme::TextWeight::SemiBold, t.ink}},
            {serving, {theme::TextStyle::Caption, theme::TextWeight::Regular, t.ink2}},
            {of, {theme::TextStyle::Caption, theme::TextWeight::Regular, t.ink3}},
            {text::countText(std::llround(count.inFlight)),
             {theme::TextStyle::Caption, theme::TextWeight::Regular, t.ink2}},
            {QCoreApplication::translate("CellScene", "in flight"),
             {theme::TextStyle::Caption, theme::TextWeight::Regular, t.ink3}}};
        double y = std::clamp(box.top(), static_cast<double>(content.top()),
                              std::max(static_cast<double>(content.top()), box.bottom() - 16));
        for (const auto& [words, style] : lines) {
            const QRectF line(gutter.left(), y, kGutter - theme::kGap, 16);
            if (y + 12 > box.bottom() && y > box.top())
                break;
            painting.labels.draw(painter, line, words, style);
            y += 16;
        }
    }
    painter.restore();
}

void CellScene::paintHeat(const Painting& painting)
{
    std::vector<int> marked; // painted last: larger than a cell
    const QRectF dirty = QRectF(painting.dirty).adjusted(-16, -16, 16, 16);
    for (std::size_t i = 0; i < nodes().size(); ++i) {
        const Node& node = nodes()[i];
        const QRectF box = painting.view.toScreen(node.box);
        if (!box.intersects(dirty) || painting.found.isHidden(node.slot))
            continue;
        const CellLook look = lookOf(session_.store.agent(node.slot));
        const CellTone tone = toneOf(painting, node.slot);
        painted_[i] = look;
        paintHeatCell(painting.painter, pixels(box), look, tone, painting.t);
        if (tone == CellTone::Full)
            marked.push_back(static_cast<int>(i));
    }
    for (const int node : marked) {
        const CellLook& look = painted_[static_cast<std::size_t>(node)];
        if (look.priority != model::Priority::None || look.admin != model::Admin::Run)
            paintOverCell(
                painting.painter,
                pixels(painting.view.toScreen(nodes()[static_cast<std::size_t>(node)].box)), look,
                painting.t);
    }
}

void CellScene::paintCards(const Painting& painting, Look look)
{
    for (std::size_t i = 0; i < nodes().size(); ++i) {
        const QRectF box = painting.view.toScreen(nodes()[i].box);
        if (!box.intersects(painting.dirty) || painting.found.isHidden(nodes()[i].slot))
            continue;
        painted_[i] = lookOf(session_.store.agent(nodes()[i].slot));
        paintCard(painting, box, static_cast<int>(i), look);
    }
}

void CellScene::paintRings(const Painting& painting, Look look) const
{
    const auto boxOf = [&](int node) {
        const QRectF box
            = painting.view.toScreen(nodes()[static_cast<std::size_t>(node)].box);
        return look == Look::Heat ? QRectF(pixels(box)) : box.adjusted(2, 2, -2, -2);
    };
    const int count = static_cast<int>(nodes().size());
    const bool showsHover = look == Look::Heat && painting.hovered >= 0 && painting.hovered < count;
    if (showsHover) {
        painting.painter.setPen(QPen(painting.t.ink, 2));
        painting.painter.setBrush(Qt::NoBrush);
        painting.painter.drawRect(boxOf(painting.hovered).adjusted(-1, -1, 1, 1));
    }
    if (painting.selected < 0 || painting.selected >= count)
        return;
    const double radius = look == Look::Heat ? 1 : theme::kSelectionRadius;
    painting.painter.save();
    painting.painter.setRenderHint(QPainter::Antialiasing);
    theme::paintSelectionRing(painting.painter, boxOf(painting.selected), radius,
                              painting.t.canvas, painting.t);
    painting.painter.restore();
}

} // namespace signalbox::topology
