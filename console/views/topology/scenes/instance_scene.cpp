// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/scenes/instance_scene.h"

#include "console/models/node_words.h"
#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/badges.h"
#include "console/theme/bars.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace signalbox::topology {

namespace {

using fleet::Reading;

constexpr double kHead = 40;
constexpr double kGatewayPitch = 92;
constexpr QSizeF kGateway{360, 76};
constexpr QSizeF kInstance{420, 392};
constexpr double kGatewayLeft = 16;
constexpr double kInstanceLeft = 528;
constexpr double kLane = 456;
constexpr double kFactRow = 20;
constexpr double kHomeLeast = 0.85;
constexpr double kLabelsFrom = 0.5;

QString say(const char* text)
{
    return QCoreApplication::translate("InstanceScene", text);
}

std::optional<double> known(float value)
{
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

QString word(std::string_view name)
{
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

bool sendsTo(const model::MemberView& view)
{
    return view.reachable && view.breaker != model::Breaker::Open && view.reason.empty();
}

// "sends, breaker closed", or why not.
QString stateText(const model::MemberView* view)
{
    if (!view)
        return say("does not know it");
    if (!view->reason.empty())
        return say("sends nothing: %1").arg(text::plainText(view->reason));
    if (!view->reachable)
        return say("sends nothing: not reachable from here");
    const QString breaker = say("breaker %1").arg(word(model::nameOf(view->breaker)));
    if (view->breaker == model::Breaker::Open)
        return say("sends nothing: %1").arg(breaker);
    return view->suspect ? say("sends, suspect, %1").arg(breaker) : say("sends, %1").arg(breaker);
}

QString figuresText(const model::MemberView& view)
{
    return say("%1 in flight, %2 of %3 failed")
        .arg(text::countText(view.inFlight),
             text::countText(static_cast<std::int64_t>(view.failuresTotal)),
             text::countText(static_cast<std::int64_t>(view.requestsTotal)));
}

LabelStyle base(const QColor& colour, theme::TextWeight weight = theme::TextWeight::Regular,
                Align align = Align::Left)
{
    return {theme::TextStyle::Base, weight, colour, align};
}

} // namespace

InstanceScene::InstanceScene(views::Session& session, const std::string& agent)
    : session_(session), agent_(agent)
{
    std::vector<Node> nodes;
    const auto gateways = static_cast<double>(session.store.gateways().size());
    const double height = std::max(kInstance.height(), gateways * kGatewayPitch);
    const double top = kHead + (height - kInstance.height()) / 2;
    nodes.push_back({{views::ObjectKind::Agent, agent},
                     QRectF(QPointF(kInstanceLeft, std::round(top)), kInstance),
                     session.store.slotOf(agent)});
    double y = kHead + std::round((height - gateways * kGatewayPitch) / 2);
    for (const int slot : session.store.gateways()) {
        nodes.push_back({{views::ObjectKind::Agent, session.store.agent(slot).id},
                         QRectF(QPointF(kGatewayLeft, y), kGateway), slot});
        y += kGatewayPitch;
    }
    setNodes(std::move(nodes), {kInstanceLeft + kInstance.width() + 16, kHead + height + 16});
}

const fleet::Agent* InstanceScene::instance() const
{
    const int slot = session_.store.slotOf(agent_);
    return slot < 0 ? nullptr : &session_.store.agent(slot);
}

const fleet::Agent* InstanceScene::gatewayOf(int node) const
{
    const int slot
        = session_.store.slotOf(nodes()[static_cast<std::size_t>(node)].object.id);
    return slot < 0 ? nullptr : &session_.store.agent(slot);
}

const model::MemberView* InstanceScene::viewOf(int node) const
{
    const fleet::Agent* gateway = gatewayOf(node);
    if (!gateway)
        return nullptr;
    const std::vector<model::MemberView>& members = gateway->state().members;
    const auto found = std::find_if(members.begin(), members.end(), [&](const auto& view) {
        return view.agent == agent_;
    });
    return found == members.end() ? nullptr : &*found;
}

double InstanceScene::homeScale(const QSize& room) const
{
    const double across = room.width() / size().width();
    const double down = room.height() / size().height();
    return std::min({1.0, across, down < kHomeLeast ? across : down});
}

Detail InstanceScene::detailAt(double scale) const
{
    return scale < kLabelsFrom ? Detail::NoLabels : Detail::Full;
}

std::vector<int> InstanceScene::changed(const std::vector<int>& slots, double)
{
    std::vector<int> nodes;
    for (const int slot : slots) {
        const int node = nodeOfSlot(slot);
        if (node >= 0)
            nodes.push_back(node);
    }
    return nodes;
}

QString InstanceScene::spoken(int node) const
{
    if (node == 0) {
        const fleet::Agent* agent = instance();
        return agent ? models::spokenName(*agent) : QString();
    }
    const fleet::Agent* gateway = gatewayOf(node);
    return gateway ? models::spokenName(*gateway) + QStringLiteral(", ") + stateText(viewOf(node))
                   : QString();
}

void InstanceScene::paintEdge(const Painting& painting, int node) const
{
    const model::MemberView* view = viewOf(node);
    if (!view)
        return;
    const QRectF& from = nodes()[static_cast<std::size_t>(node)].box;
    const QRectF& to = nodes()[0].box;
    const auto count = static_cast<double>(nodes().size() - 1);
    // Each arrives at a place of its own, in the order of the gateways.
    const double y = to.top() + to.height() * (node - 0.5) / count;
    const bool sends = sendsTo(*view);
    const double width
        = sends ? std::clamp(1 + std::log2(1.0 + view->inFlight) * 0.7, 1.0, 6.0) : 1.5;
    QPen pen(sends ? painting.t.edgePen : painting.t.ink2, width, Qt::SolidLine, Qt::FlatCap,
             Qt::RoundJoin);
    if (!sends)
        pen.setDashPattern({4, 3});
    QPainterPath path(QPointF(from.right(), from.center().y()));
    if (std::abs(y - from.center().y()) < 1) {
        path.lineTo(to.left() - 7, y);
    } else {
        const double side = y > from.center().y() ? 1 : -1;
        const double r = std::min<double>(theme::kEdgeRadius, std::abs(y - from.center().y()) / 2);
        const double lane = kLane - side * 8 * (node - (count + 1) / 2);
        path.lineTo(lane - r, from.center().y());
        path.quadTo(lane, from.center().y(), lane, from.center().y() + side * r);
        path.lineTo(lane, y - side * r);
        path.quadTo(lane, y, lane + r, y);
        path.lineTo(to.left() - 7, y);
    }
    painting.painter.setRenderHint(QPainter::Antialiasing);
    painting.painter.setPen(pen);
    painting.painter.setBrush(Qt::NoBrush);
    painting.painter.drawPath(path);
    QPainterPath head(QPointF(to.left(), y));
    head.lineTo(to.left() - 8, y - 4.2);
    head.lineTo(to.left() - 8, y + 4.2);
    painting.painter.fillPath(head, pen.color());
    painting.painter.setRenderHint(QPainter::Antialiasing, false);
}

void InstanceScene::paintGateway(const Painting& painting, int node) const
{
    const fleet::Agent* gateway = gatewayOf(node);
    if (!gateway)
        return;
    const theme::Tokens& t = painting.t;
    const QRectF& box = nodes()[static_cast<std::size_t>(node)].box;
    const model::MemberView* view = viewOf(node);
    const QRectF shape(box.left() + 8, box.top() + 8, 60, box.height() - 16);
    painting.painter.setRenderHint(QPainter::Antialiasing);
    painting.painter.setPen(QPen(t.line, 1));
    painting.painter.setBrush(t.surface);
    painting.painter.drawRoundedRect(box, theme::kRadius, theme::kRadius);
    theme::paintFreshOutline(
        painting.painter, theme::kindPath(theme::Kind::Gateway, shape),
        gateway->isGone() ? model::Freshness::Disconnected : gateway->freshness,
        gateway->priority != model::Priority::None ? t.ink : t.outline, t);
    painting.painter.setRenderHint(QPainter::Antialiasing, false);
    theme::paintAdmin(painting.painter, shape.adjusted(18, 18, -18, -18), gateway->admin(), t);
    theme::paintBadgeOver(painting.painter,
                          QRectF(shape.right() - 18, shape.top() - 4, theme::kBadgeSize,
                                 theme::kBadgeSize),
                          gateway->priority, gateway->ack, t.surface, t);
    const bool sends = view && sendsTo(*view);
    const QRectF line(box.left() + 84, box.top() + 12, box.width() - 96, 16);
    painting.labels.draw(painting.painter, line, text::plainText(gateway->id),
                         base(t.ink, theme::TextWeight::SemiBold));
    painting.labels.draw(painting.painter, line.translated(0, 18), stateText(view),
                         sends ? base(t.ink2) : base(t.ink, theme::TextWeight::SemiBold));
    if (view)
        painting.labels.draw(painting.painter, line.translated(0, 36), figuresText(*view),
                             base(t.ink2));
}

void InstanceScene::paintFacts(const Painting& painting, const QRectF& box,
                               const fleet::Agent& agent) const
{
    const model::AgentRecord& record = agent.record();
    const auto milliseconds = [&](Reading reading) {
        return text::millisecondsText(known(agent.readings[reading]));
    };
    QStringList models;
    for (const std::string& model : record.engine.models)
        models << text::plainText(model);
    const QString health = word(model::nameOf(agent.health()));
    const QString zone = models::zoneText(record.zone);
    const std::pair<QString, QString> rows[] = {
        {say("Wanted"), models::adminWord(agent.admin())},
        {say("Health"), health},
        {say("Last report"), say("%1 ago").arg(text::ageText(agent.ageMs))},
        {say("In flight"),
         text::countText(known(agent.readings[Reading::InFlight])
                             ? std::optional<std::int64_t>(
                                 std::llround(agent.readings[Reading::InFlight]))
                             : std::nullopt)},
        {say("Requests"),
         say("%1 /s").arg(text::rateText(known(agent.readings[Reading::RequestsPerSecond])))},
        {say("Output"),
         say("%1 tok/s").arg(
             text::rateText(known(agent.readings[Reading::OutputTokensPerSecond])))},
        {say("Queue wait p95"), milliseconds(Reading::QueueP95Ms)},
        {say("TTFT p95"), milliseconds(Reading::TtftP95Ms)},
        {say("Gap between tokens p95"), milliseconds(Reading::GapP95Ms)},
        {say("Engine"), text::plainText(record.engine.profile) + QLatin1Char(' ')
                            + text::plainText(record.engine.version)},
        {say("Models"), models.isEmpty() ? text::unknownText() : models.join(QStringLiteral(", "))},
        {say("Zone, host"), say("%1, %2").arg(zone, text::plainText(models::hostOf(record)))},
        {say("Running revision"), QString::number(record.appliedRevision)}};
    double y = box.top();
    for (const auto& [name, value] : rows) {
        const QRectF line(box.left(), y, box.width(), kFactRow);
        const double width = painting.labels.widthOf(name, base(painting.t.ink2));
        painting.labels.draw(painting.painter, line, name, base(painting.t.ink2));
        painting.labels.draw(painting.painter, line.adjusted(width + 12, 0, 0, 0), value,
                             base(painting.t.ink, theme::TextWeight::Regular, Align::Right));
        y += kFactRow;
    }
}

void InstanceScene::paintInstance(const Painting& painting) const
{
    const QRectF& box = nodes()[0].box;
    const theme::Tokens& t = painting.t;
    const fleet::Agent* agent = instance();
    QPainter& painter = painting.painter;
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isAbnormal = agent && agent->priority != model::Priority::None;
    painter.setPen(QPen(isAbnormal ? t.ink : t.outline, theme::kNodeOutline));
    painter.setBrush(t.surface);
    painter.drawRoundedRect(box, theme::kRadius, theme::kRadius);
    if (!agent) {
        painting.labels.draw(painter, box, say("no longer known"),
                             base(t.ink2, theme::TextWeight::Regular, Align::Middle));
        return;
    }
    QPainterPath shape;
    shape.addEllipse(QRectF(box.left() + 16, box.top() + 16, 64, 64));
    theme::paintFreshOutline(painter, shape,
                             agent->isGone() ? model::Freshness::Disconnected : agent->freshness,
                             isAbnormal ? t.ink : t.outline, t);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const QPoint middle = shape.boundingRect().center().toPoint();
    const bool hasPlate = agent->admin() != model::Admin::Run;
    if (hasPlate)
        theme::paintAdmin(painter, QRectF(middle.x() - 22, middle.y() - 11, 22, 22),
                          agent->admin(), t);
    theme::paintVBar(painter,
                     QRect(middle.x() - 5 + (hasPlate ? 12 : 0), middle.y() - 19, 10, 38),
                     {.value = known(agent->load())}, t);
    theme::paintBadgeOver(painter,
                          QRectF(box.left() + 62, box.top() + 10, theme::kBadgeSize,
                                 theme::kBadgeSize),
                          agent->priority, agent->ack, t.surface, t);
    const models::NodeStatus status = models::statusOf(*agent, session_.store.nowUnixMs());
    const bool isBold = status.manner == models::NodeStatus::Manner::Abnormal;
    const QRectF name(box.left() + 100, box.top() + 18, box.width() - 116, 20);
    painting.labels.draw(painter, name, text::plainText(agent->id),
                         {theme::TextStyle::Name, theme::TextWeight::SemiBold, t.ink});
    painting.labels.draw(painter, name.translated(0, 22), status.headline,
                         base(isBold ? t.ink : t.ink2, isBold ? theme::TextWeight::SemiBold
                                                              : theme::TextWeight::Regular));
    painting.labels.draw(painter, name.translated(0, 40), status.detail, base(t.ink2));
    const QRect load(static_cast<int>(box.left()) + 56, static_cast<int>(box.top()) + 100,
                     static_cast<int>(box.width()) - 120, 10);
    painting.labels.draw(painter, QRectF(box.left() + 16, load.top() - 3, 40, 16), say("Load"),
                         base(t.ink2));
    theme::paintHBar(painter, load, {.value = known(agent->load())}, t);
    painting.labels.draw(painter, QRectF(load.right() + 4, load.top() - 3, 44, 16),
                         text::percentText(known(agent->load())),
                         base(t.ink, theme::TextWeight::Regular, Align::Right));
    paintFacts(painting, box.adjusted(16, 122, -16, -8), *agent);
}

void InstanceScene::paint(const Painting& painting)
{
    QPainter& painter = painting.painter;
    painter.fillRect(painting.dirty, painting.t.canvas);
    painter.save();
    painter.setClipRect(painting.view.content.intersected(painting.dirty));
    painter.translate(painting.view.offset.toPoint());
    painter.scale(painting.view.scale, painting.view.scale);
    const LabelStyle head{theme::TextStyle::Caption, theme::TextWeight::SemiBold,
                          painting.t.ink2};
    painting.labels.draw(painter, QRectF(kGatewayLeft, 12, 300, 16),
                         say("Gateways and what they send to it"), head);
    painting.labels.draw(painter, QRectF(kInstanceLeft, 12, 300, 16), say("Instance"), head);
    for (std::size_t i = 1; i < nodes().size(); ++i)
        paintEdge(painting, static_cast<int>(i));
    for (std::size_t i = 1; i < nodes().size(); ++i)
        paintGateway(painting, static_cast<int>(i));
    paintInstance(painting);
    if (painting.selected >= 0 && painting.selected < static_cast<int>(nodes().size())) {
        painter.setRenderHint(QPainter::Antialiasing);
        theme::paintSelectionRing(painter,
                                  nodes()[static_cast<std::size_t>(painting.selected)].box,
                                  theme::kRadius, painting.t.canvas, painting.t);
    }
    painter.restore();
}

} // namespace signalbox::topology
