// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instance_detail/instance_detail_screen.h"

#include "console/models/instances/agent_words.h"
#include "console/models/instances/natural_order.h"
#include "console/models/instances/peer_track.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"
#include "console/views/frame/panel.h"
#include "console/views/frame/state_page.h"
#include "console/views/instance_detail/agent_facts.h"
#include "console/views/instance_detail/detail_head.h"
#include "console/views/instance_detail/open_requests.h"
#include "console/views/instance_detail/reading_chart.h"

#include <QAction>
#include <QLabel>
#include <QPointer>
#include <QStackedWidget>
#include <QTabBar>

#include <algorithm>

namespace signalbox::views {

namespace {

constexpr std::int64_t kRefreshEveryMs = 1'000;
constexpr int kMoments = 4;
constexpr const char* kTabKeys[] = {"now", "requests", "config", "probes", "compare"};

// The charts draw so many of them; the table compares with all.
QString peersText(const std::vector<int>& peers)
{
    const auto drawn = std::min<std::ptrdiff_t>(std::ssize(peers), models::kTrackPeersAtMost);
    return drawn < std::ssize(peers)
        ? InstanceDetailScreen::tr("%1 peers serving, %2 drawn").arg(peers.size()).arg(drawn)
        : InstanceDetailScreen::tr("%1 peers serving").arg(peers.size());
}

bool isSilent(const fleet::Agent& agent)
{
    return agent.isGone() || agent.freshness == model::Freshness::Disconnected;
}

} // namespace

QString InstanceDetailScreen::title() const
{
    return agent_.empty() ? tr("Instance") : text::plainText(agent_);
}

InstanceDetailScreen::Tab InstanceDetailScreen::tab() const
{
    return static_cast<Tab>(tabs_->currentIndex());
}

void InstanceDetailScreen::setTab(Tab tab)
{
    tabs_->setCurrentIndex(static_cast<int>(tab));
}

QMap<QString, QString> InstanceDetailScreen::stateMap() const
{
    return {{QStringLiteral("agent"), QString::fromStdString(agent_)},
            {QStringLiteral("tab"), QLatin1String(kTabKeys[tabs_->currentIndex()])}};
}

void InstanceDetailScreen::restore(const QMap<QString, QString>& state)
{
    for (int tab = 0; tab < kTabs; ++tab) {
        if (state.value(QStringLiteral("tab")) == QLatin1String(kTabKeys[tab]))
            setTab(static_cast<Tab>(tab));
    }
    const QString agent = state.value(QStringLiteral("agent"));
    if (!agent.isEmpty())
        showAgent({ObjectKind::Agent, agent.toStdString()});
}

bool InstanceDetailScreen::escape()
{
    if (tab() != Tab::Now) {
        setTab(Tab::Now);
        return true;
    }
    Q_EMIT screenRequested(QStringLiteral("instances"));
    return true;
}

void InstanceDetailScreen::shown()
{
    refreshedUnixMs_ = 0;
    refresh();
    tabs_->setFocus();
}

int InstanceDetailScreen::slot() const
{
    return agent_.empty() ? -1 : session().store.slotOf(agent_);
}

void InstanceDetailScreen::showAgent(const ObjectRef& object)
{
    if (object.kind != ObjectKind::Agent)
        return;
    if (agent_ != object.id)
        probesPanel_->setHint(tr("its own verdict, and the gateways'"));
    agent_ = object.id;
    session().selection.select(object);
    refreshedUnixMs_ = 0;
    refresh();
    Q_EMIT titleChanged();
}

std::vector<int> InstanceDetailScreen::siblings(int slot) const
{
    const fleet::FleetStore& store = session().store;
    const model::AgentRecord& own = store.agent(slot).record();
    std::vector<int> all;
    for (int other = 0; other < store.slotCount(); ++other) {
        if (store.isTaken(other) && store.agent(other).record().kind == own.kind
            && store.agent(other).record().pool == own.pool)
            all.push_back(other);
    }
    std::sort(all.begin(), all.end(), [&](int left, int right) {
        return models::naturalOrder(store.agent(left).id, store.agent(right).id) < 0;
    });
    return all;
}

void InstanceDetailScreen::step(int by)
{
    const int own = slot();
    if (own < 0)
        return;
    const std::vector<int> all = siblings(own);
    const auto place = std::find(all.begin(), all.end(), own) - all.begin();
    const auto next = std::clamp<std::ptrdiff_t>(place + by, 0, std::ssize(all) - 1);
    if (next != place)
        showAgent(
            {ObjectKind::Agent, session().store.agent(all[static_cast<std::size_t>(next)]).id});
}

void InstanceDetailScreen::act(Act verb)
{
    const int own = slot();
    if (own >= 0 && !session().store.agent(own).isGone())
        Q_EMIT actRequested(verb, {{ObjectKind::Agent, agent_}});
}

void InstanceDetailScreen::probeNow()
{
    if (slot() < 0)
        return;
    const auto tell = [this](const QString& words) { probesPanel_->setHint(words); };
    tell(tr("asking for one token"));
    const QPointer<InstanceDetailScreen> self(this);
    session().port.probeNow(
        agent_, [self, tell, asked = agent_](base::Result<model::ProbeReport> report) {
            if (!self || self->agent_ != asked)
                return; // nobody looks at that one any more
            if (!report)
                tell(tr("not asked: %1").arg(text::plainText(report.error().message())));
            else if (report->result == model::ProbeReport::Result::Token)
                tell(tr("a token in %1").arg(
                    text::millisecondsText(static_cast<double>(report->tookMs))));
            else
                tell(tr("no token: %1").arg(text::plainText(report->reason)));
        });
}

void InstanceDetailScreen::showState()
{
    const fleet::FleetStore& store = session().store;
    const bool isConnecting = store.link().state == fleet::LinkState::Connecting
        || (store.link().state == fleet::LinkState::Connected && !store.link().isComplete);
    if (slot() >= 0)
        page_->showContent();
    else if (isConnecting)
        page_->showLoading(agent_.empty() ? tr("asking %1").arg(text::plainText(
                                                store.link().address))
                                          : tr("looking for %1").arg(text::plainText(agent_)));
    else if (agent_.empty())
        page_->showEmpty(tr("Open an instance from the table, the topology or with Ctrl+K."), {});
    else
        page_->showEmpty(tr("%1 is not known: it left more than 10 min ago, or never was.")
                             .arg(text::plainText(agent_)),
                         {});
}

void InstanceDetailScreen::refresh()
{
    const int own = slot();
    const std::int64_t now = session().store.nowUnixMs();
    const bool isDue = now - refreshedUnixMs_ >= kRefreshEveryMs || now < refreshedUnixMs_;
    if (!isVisible() && !isDue)
        return;
    showState();
    head_->setAgent(own);
    if (own < 0 || !isDue || (!isVisible() && refreshedUnixMs_ != 0))
        return;
    refreshedUnixMs_ = now;
    refreshFacts(own);
}

void InstanceDetailScreen::refreshFacts(int slot)
{
    const fleet::Agent& agent = session().store.agent(slot);
    const std::vector<int> peers = models::servingPeers(session().store, slot);
    const std::vector<int> all = siblings(slot);
    const auto place = std::find(all.begin(), all.end(), slot) - all.begin();
    place_->setText(agent.record().pool.empty()
                        ? text::ofText(place + 1, std::ssize(all))
                        : tr("%1 in %2").arg(text::ofText(place + 1, std::ssize(all)),
                                             text::plainText(agent.record().pool)));
    why_->setFacts(whyFacts(session(), slot));
    whyPanel_->setHint(
        tr("since %1").arg(session().time.since(agent.record().health.sinceUnixMs,
                                                session().store.nowUnixMs())));
    probes_.set(probeFacts(session(), slot));
    gateways_.set(gatewayFacts(session(), slot));
    std::vector<Fact> config = configFacts(session(), slot, peers);
    config_.large->setFacts(config);
    for (Fact& fact : config) {
        // There is no room for a third column.
        if (!fact.cells.value(2).isEmpty())
            fact.cells[1] += QLatin1String("; ") + fact.cells[2];
    }
    config_.small->setFacts(std::move(config));
    configPanel_->setHint(configDifference(session(), slot, peers));
    const std::vector<Fact> compared = compareFacts(session(), slot, peers);
    compare_.set(compared);
    const auto differing = std::count_if(compared.begin(), compared.end(), [](const Fact& fact) {
        return fact.weight == FactWeight::Strong;
    });
    comparePanel_->setHint(isSilent(agent)
                               ? tr("nothing is told now; %1 peers serving").arg(peers.size())
                               : tr("%1; %2 differ")
                                     .arg(peersText(peers), text::ofText(differing,
                                                                         std::ssize(compared))));
    requests_->setFacts(requestFacts(session(), slot));
    if (isVisible() && tellsRequests() && (tab() == Tab::Now || tab() == Tab::Requests))
        openRequests_->ask(agent_);
    showOpenRequests();
    refreshCharts(slot, peers);
}

// What a silent agent told last is no longer so.
bool InstanceDetailScreen::tellsRequests() const
{
    const fleet::FleetStore& store = session().store;
    const int own = slot();
    return own >= 0 && !isSilent(store.agent(own))
        && store.link().state == fleet::LinkState::Connected;
}

void InstanceDetailScreen::showOpenRequests()
{
    const bool isTold = tellsRequests();
    const bool isOf = openRequests_->list() && openRequests_->list()->agent == agent_;
    open_.set(isTold && isOf ? openRequestFacts(*openRequests_->list()) : std::vector<Fact>{});
    for (Panel* panel : openPanels_)
        panel->setHint(isTold ? openRequests_->hint() : tr("nothing is told now"));
}

void InstanceDetailScreen::refreshCharts(int slot, const std::vector<int>& peers)
{
    if (tab() != Tab::Now)
        return;
    const fleet::Agent& agent = session().store.agent(slot);
    const std::int64_t now = session().store.nowUnixMs();
    QStringList moments;
    for (int i = kMoments - 1; i >= 0; --i)
        moments << session().time.clock(now - i * models::kTrackSeconds * 1'000 / (kMoments - 1));
    for (ReadingChart* chart : charts_)
        chart->show(models::trackOf(session().store, session().history, slot, peers,
                                    chart->reading()),
                    isSilent(agent) ? fleet::kUnknown : agent.readings[chart->reading()], moments);
}

QAction* InstanceDetailScreen::add(const QString& text, const QString& toolTip,
                                   const QString& keys)
{
    auto* action = new QAction(text, this);
    action->setToolTip(toolTip);
    action->setShortcut(QKeySequence(keys));
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(action);
    return action;
}

} // namespace signalbox::views
