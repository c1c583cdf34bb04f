// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/overview/control_plane.h"

#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/theme/metrics.h"
#include "console/views/frame/painting.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace signalbox::overview {

namespace {

using theme::TextStyle;
using theme::TextWeight;

constexpr int kNameWidth = 88;
constexpr int kLeastColumn = 320;
constexpr int kColumnGap = 32;
constexpr std::int64_t kSkewOfNote = 500; // ms, from which on timelines mislead

PlaneFact storeFact(const views::Session& session)
{
    const std::int64_t since = session.store.storeAwaySinceUnixMs();
    PlaneFact fact{.name = ControlPlane::tr("State store")};
    if (since == 0) {
        fact.text = session.store.hasPolicy() ? ControlPlane::tr("answers") : text::unknownText();
        return fact;
    }
    const std::int64_t now = session.store.nowUnixMs();
    fact.text = ControlPlane::tr("away since %1").arg(session.time.since(since, now));
    fact.figure = text::durationText(std::max<std::int64_t>(0, now - since) / 1'000 * 1'000);
    fact.isAbnormal = true;
    return fact;
}

PlaneFact revisionFact(const fleet::FleetStore& store)
{
    const int total = store.sums().total;
    const int behind = store.behindRevision();
    return {.name = ControlPlane::tr("Revisions"),
            .text = ControlPlane::tr("%1 agents at %2")
                        .arg(text::ofText(total - behind, total))
                        .arg(store.newestRevision()),
            .figure = ControlPlane::tr("%1 behind").arg(behind),
            .isAbnormal = behind > 0};
}

PlaneFact linkFact(const fleet::FleetStore& store)
{
    const fleet::LinkFacts& link = store.link();
    const bool isUp = link.state == fleet::LinkState::Connected;
    return {.name = ControlPlane::tr("Link"),
            .text = isUp ? text::plainText(link.agent + ", " + link.address)
                         : text::plainText(link.problem.empty() ? link.address : link.problem,
                                           text::kReasonCharacters),
            .figure = !isUp                ? ControlPlane::tr("no answer")
                : link.roundTripMs < 0     ? text::unknownText()
                                           : text::millisecondsText(
                                                 static_cast<double>(link.roundTripMs)),
            .isAbnormal = !isUp};
}

PlaneFact skewFact(const fleet::FleetStore& store)
{
    const std::int64_t skew = std::abs(store.worstSkewMs());
    return {.name = ControlPlane::tr("Clock skew"),
            .text = store.worstSkewAgent().empty()
                ? ControlPlane::tr("none")
                : ControlPlane::tr("worst %1").arg(text::plainText(store.worstSkewAgent())),
            .figure = text::millisecondsText(static_cast<double>(skew)),
            .isAbnormal = skew > kSkewOfNote};
}

PlaneFact agentsFact(const fleet::FleetStore& store)
{
    const fleet::Sums& sums = store.sums();
    return {.name = ControlPlane::tr("Agents"),
            .text = ControlPlane::tr("%1 live, %2 late, %3 stale, %4 disconnected")
                        .arg(sums.live)
                        .arg(sums.late)
                        .arg(sums.stale)
                        .arg(sums.disconnected),
            .figure = text::countText(sums.total),
            .isAbnormal = sums.late + sums.stale + sums.disconnected > 0};
}

// What Signalbox itself costs: all agents together, and the largest one.
PlaneFact costFact(const fleet::FleetStore& store)
{
    double bytes = 0;
    double cores = 0;
    float most = 0;
    std::string largest;
    for (int slot = 0; slot < store.slotCount(); ++slot) {
        if (!store.isTaken(slot))
            continue;
        const fleet::Agent& agent = store.agent(slot);
        const float held = agent.readings[fleet::Reading::AgentBytes];
        const float used = agent.readings[fleet::Reading::CpuCores];
        bytes += std::isnan(held) ? 0 : static_cast<double>(held);
        cores += std::isnan(used) ? 0 : static_cast<double>(used);
        if (held > most) {
            most = held;
            largest = agent.id;
        }
    }
    PlaneFact fact{.name = ControlPlane::tr("Agents' cost"), .text = text::unknownText()};
    if (largest.empty())
        return fact;
    fact.text = ControlPlane::tr("%1 cores, largest %2 (%3)")
                    .arg(text::rateText(cores), text::plainText(largest),
                         text::bytesText(static_cast<double>(most)));
    fact.figure = text::bytesText(bytes);
    return fact;
}

} // namespace

std::vector<PlaneFact> planeFacts(const views::Session& session)
{
    std::vector<PlaneFact> facts{storeFact(session),         revisionFact(session.store),
                                 linkFact(session.store),    agentsFact(session.store),
                                 costFact(session.store),    skewFact(session.store)};
    const std::uint64_t dropped = session.store.rowsDropped() + session.store.eventsDropped();
    if (dropped > 0)
        facts.push_back({.name = ControlPlane::tr("This window"),
                         .text = ControlPlane::tr("was too slow and left out samples or events"),
                         .figure = text::countText(static_cast<std::int64_t>(dropped)),
                         .isAbnormal = true});
    return facts;
}

ControlPlane::ControlPlane(views::Session& session, QWidget* parent)
    : QWidget(parent), session_(session)
{
    setAccessibleName(tr("Control plane"));
    setToolTip(tr("State store, revisions, link, agents and clocks"));
}

void ControlPlane::refresh()
{
    std::vector<PlaneFact> facts = planeFacts(session_);
    if (facts == facts_)
        return;
    facts_ = std::move(facts);
    QString spoken;
    for (const PlaneFact& fact : facts_)
        spoken += QStringLiteral("%1: %2 %3. ").arg(fact.name, fact.text, fact.figure);
    setAccessibleDescription(spoken);
    update();
}

int ControlPlane::columns(int width) const
{
    return std::clamp((width + kColumnGap) / (kLeastColumn + kColumnGap), 1, 3);
}

int ControlPlane::heightFor(int width) const
{
    const int across = columns(width);
    const int count = std::max(6, static_cast<int>(facts_.size()));
    return (count + across - 1) / across * theme::kRowHeight;
}

QSize ControlPlane::minimumSizeHint() const
{
    return {kLeastColumn, heightFor(std::max(width(), kLeastColumn))};
}

void ControlPlane::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Tokens& t = views::tokensFor(session_.store);
    const QFont font = theme::fontFor(TextStyle::Base);
    const QFont strong = theme::fontFor(TextStyle::Base, TextWeight::SemiBold);
    const int across = columns(width());
    const int wide = (width() - (across - 1) * kColumnGap) / across;
    for (std::size_t i = 0; i < facts_.size(); ++i) {
        const PlaneFact& fact = facts_[i];
        const int column = static_cast<int>(i) % across;
        QRect row(column * (wide + kColumnGap),
                  static_cast<int>(i) / across * theme::kRowHeight, wide, theme::kRowHeight);
        views::paintText(painter, row, fact.name, font, t.ink2);
        row.setLeft(row.left() + kNameWidth);
        const QFont& figureFont = fact.isAbnormal ? strong : font;
        views::paintText(painter, row, fact.figure, figureFont, t.ink, Qt::AlignRight);
        row.setRight(row.right() - QFontMetrics(figureFont).horizontalAdvance(fact.figure)
                     - theme::kGap);
        views::paintText(painter, row, fact.text, fact.isAbnormal ? strong : font, t.ink);
    }
}

} // namespace signalbox::overview
