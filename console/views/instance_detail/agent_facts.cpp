// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/instance_detail/agent_facts.h"

#include "console/models/instances/agent_words.h"
#include "console/models/instances/instance_columns.h"
#include "console/models/instances/peer_track.h"
#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <map>

namespace signalbox::views {

using fleet::Reading;
using models::InstanceColumn;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(AgentFacts)
};

QString orDash(const std::string& peerText)
{
    return peerText.empty() ? text::notApplicableText() : text::plainText(peerText);
}

QString sinceText(const Session& session, std::int64_t sinceUnixMs)
{
    if (sinceUnixMs <= 0)
        return text::unknownText();
    const std::int64_t now = session.store.nowUnixMs();
    return Words::tr("%1, for %2")
        .arg(session.time.since(sinceUnixMs, now),
             text::durationText(std::max<std::int64_t>(0, now - sinceUnixMs)));
}

// Told as 0 where it is not known.
QString ageOrUnknown(std::uint64_t ageMs)
{
    if (ageMs == 0)
        return text::unknownText();
    return Words::tr("%1 ago").arg(text::ageText(static_cast<std::int64_t>(ageMs)));
}

Fact fact(const QString& what, const QString& value, FactWeight weight = FactWeight::Normal)
{
    return {{what, value}, weight, false};
}

using Setting = std::pair<QString, QString>;

// In the same order for every agent.
std::vector<Setting> settingsOf(const Session& session, int slot)
{
    const fleet::Agent& agent = session.store.agent(slot);
    const model::AgentRecord& record = agent.record();
    const models::PoolWeights weights = models::weightsOf(session.store.policy().policy);
    const models::CellContext context{weights, session.store.nowUnixMs()};
    QStringList served;
    for (const std::string& model : record.engine.models)
        served << text::plainText(model);
    return {
        {Words::tr("Engine"), models::engineText(agent)},
        {Words::tr("Models"),
         served.isEmpty() ? text::unknownText() : served.join(QLatin1String(", "))},
        {Words::tr("Agent version"), orDash(record.version)},
        {Words::tr("Policy revision"), QString::number(record.appliedRevision)},
        {Words::tr("Admin"), models::adminWord(agent.admin())},
        {Words::tr("Weight of its pool"),
         models::cellText(agent, InstanceColumn::Weight, context)},
    };
}

// Never the same for two agents, or not a question of taste: shown, not compared.
std::vector<Setting> ownSettingsOf(const Session& session, int slot)
{
    const model::AgentRecord& record = session.store.agent(slot).record();
    std::vector<Setting> own{
        {Words::tr("Engine at"), orDash(record.engine.url)},
        {Words::tr("Serves at"), orDash(record.addresses.serve)},
        {Words::tr("Control at"), orDash(record.addresses.control)},
        {Words::tr("Observe at"), orDash(record.addresses.observe)},
        {Words::tr("Zone"), orDash(record.zone)},
        {Words::tr("Started"), session.time.exact(record.startedUnixMs)},
    };
    const fleet::Pool* pool = session.store.pool(record.pool);
    if (pool && pool->isInPolicy) {
        own.emplace_back(Words::tr("Pool asks for model"), orDash(pool->policy.model));
        own.emplace_back(Words::tr("Pool's ready floor"),
                         text::countText(pool->policy.readyFloor));
    }
    return own;
}

struct Others {
    int count = 0; // that have another value
    QString example; // the most frequent one
};

Others othersOf(const QString& own, std::size_t place,
                const std::vector<std::vector<Setting>>& peers)
{
    std::map<QString, int> values;
    Others others;
    for (const std::vector<Setting>& peer : peers) {
        if (peer[place].second == own)
            continue;
        ++others.count;
        const int seen = ++values[peer[place].second];
        if (others.example.isEmpty() || seen > values[others.example])
            others.example = peer[place].second;
    }
    return others;
}

std::vector<std::vector<Setting>> settingsOfAll(const Session& session,
                                                const std::vector<int>& peers)
{
    std::vector<std::vector<Setting>> all;
    const std::size_t count = std::min<std::size_t>(peers.size(), models::kTrackPeersAtMost);
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(settingsOf(session, peers[i * peers.size() / count]));
    return all;
}

} // namespace

std::vector<Fact> whyFacts(const Session& session, int slot)
{
    const fleet::FleetStore& store = session.store;
    const fleet::Agent& agent = store.agent(slot);
    std::vector<Fact> facts;
    const std::int64_t since = agent.record().health.sinceUnixMs;
    const fleet::Alarm* worst = store.alarms().worstOfAgent(agent.id);
    bool isStarred = false;
    for (auto event = store.events().rbegin();
         event != store.events().rend() && std::ssize(facts) < kWhyLines; ++event) {
        if (event->agent != agent.id && event->object != agent.id)
            continue;
        Fact line{{session.time.since(event->unixMs, store.nowUnixMs()),
                   text::plainText(event->text, text::kReasonCharacters)},
                  event->severity == model::Severity::Info ? FactWeight::Normal
                                                           : FactWeight::Strong,
                  false};
        // The event that the alarm began with.
        if (worst && worst->isFirstOut && !isStarred && event->severity != model::Severity::Info
            && event->unixMs <= since + 1'000) {
            line.isFirstOut = true;
            isStarred = true;
        }
        facts.push_back(std::move(line));
    }
    std::reverse(facts.begin(), facts.end());
    for (const QString& reason : models::reasonsOf(agent, store.nowUnixMs()))
        facts.push_back({{Words::tr("now"), reason}, FactWeight::Strong, false});
    const auto intent = store.policy().policy.admin.find(agent.id);
    if (intent != store.policy().policy.admin.end() && !intent->second.cause.empty())
        facts.push_back({{Words::tr("asked"),
                          Words::tr("%1: %2").arg(
                              models::adminWord(intent->second.admin),
                              text::plainText(intent->second.cause, text::kReasonCharacters))},
                         FactWeight::Normal,
                         false});
    if (facts.empty())
        facts.push_back({{session.time.since(since, store.nowUnixMs()),
                          Words::tr("%1 since; nothing to explain")
                              .arg(models::healthWord(agent.health()))},
                         FactWeight::Quiet,
                         false});
    return facts;
}

std::vector<Fact> probeFacts(const Session& session, int slot)
{
    const fleet::Agent& agent = session.store.agent(slot);
    const model::Verdict& verdict = agent.record().health;
    const model::LoadReport& load = agent.state().load;
    const bool isReady = verdict.state == model::Health::Ready;
    std::vector<Fact> facts{
        fact(Words::tr("Verdict"), models::healthWord(verdict.state),
             isReady ? FactWeight::Normal : FactWeight::Strong),
        fact(Words::tr("Since"), sinceText(session, verdict.sinceUnixMs)),
    };
    if (!isReady)
        facts.push_back(fact(Words::tr("Reason"),
                             text::plainText(verdict.reason, text::kReasonCharacters),
                             FactWeight::Strong));
    facts.push_back(fact(Words::tr("Probe answered"), ageOrUnknown(load.lastProbeAgeMs)));
    facts.push_back(fact(Words::tr("Newest token"), ageOrUnknown(load.lastTokenAgeMs)));
    facts.push_back(fact(Words::tr("Takes new work"),
                         load.acceptsWork ? Words::tr("yes") : Words::tr("no"),
                         load.acceptsWork ? FactWeight::Normal : FactWeight::Strong));
    return facts;
}

std::vector<Fact> gatewayFacts(const Session& session, int slot)
{
    const fleet::FleetStore& store = session.store;
    const std::string& id = store.agent(slot).id;
    std::vector<Fact> facts;
    for (const int gateway : store.gateways()) {
        for (const model::MemberView& view : store.agent(gateway).state().members) {
            if (view.agent != id)
                continue;
            QStringList state{view.reachable ? Words::tr("reaches it") : Words::tr("cannot reach")};
            if (view.breaker != model::Breaker::Closed)
                state << QString::fromLatin1(model::nameOf(view.breaker).data());
            if (view.suspect)
                state << Words::tr("suspect");
            if (!view.reason.empty())
                state << text::plainText(view.reason, text::kReasonCharacters);
            const bool isQuiet = view.reachable && !view.suspect && view.reason.empty()
                && view.breaker == model::Breaker::Closed;
            facts.push_back({{text::plainText(store.agent(gateway).id),
                              state.join(QLatin1String(", ")), text::countText(view.inFlight),
                              text::countText(static_cast<std::int64_t>(view.requestsTotal)),
                              text::countText(static_cast<std::int64_t>(view.failuresTotal)),
                              view.reportAgeMs < 0 ? text::notApplicableText()
                                                   : text::ageText(view.reportAgeMs)},
                             isQuiet ? FactWeight::Normal : FactWeight::Strong,
                             false});
        }
    }
    return facts;
}

std::vector<Fact> configFacts(const Session& session, int slot, const std::vector<int>& peers)
{
    std::vector<Fact> facts;
    const auto others = settingsOfAll(session, peers);
    const std::vector<Setting> own = settingsOf(session, slot);
    for (std::size_t i = 0; i < own.size(); ++i) {
        const Others differing = othersOf(own[i].second, i, others);
        const bool isOther = differing.count > 0;
        facts.push_back(
            {{own[i].first, own[i].second,
              isOther ? Words::tr("%1 of %2 have %3")
                            .arg(differing.count)
                            .arg(others.size())
                            .arg(differing.example)
                      : QString()},
             isOther ? FactWeight::Strong : FactWeight::Normal,
             false});
    }
    const model::AgentRecord& record = session.store.agent(slot).record();
    if (record.rejectedRevision > 0)
        facts.push_back({{Words::tr("Rejected revision"),
                          QStringLiteral("%1: %2").arg(record.rejectedRevision).arg(
                              text::plainText(record.rejectedReason, text::kReasonCharacters)),
                          {}},
                         FactWeight::Strong,
                         false});
    for (const auto& [name, value] : ownSettingsOf(session, slot))
        facts.push_back({{name, value, {}}, FactWeight::Quiet, false});
    return facts;
}

QString configDifference(const Session& session, int slot, const std::vector<int>& peers)
{
    const auto others = settingsOfAll(session, peers);
    const std::vector<Setting> own = settingsOf(session, slot);
    int values = 0;
    int most = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
        const int differing = othersOf(own[i].second, i, others).count;
        values += differing > 0 ? 1 : 0;
        most = std::max(most, differing);
    }
    if (values == 0)
        return others.empty() ? Words::tr("no peers to compare with") : Words::tr("as its peers");
    return Words::tr("differs from %1 in %2")
        .arg(text::ofText(most, std::ssize(others)),
             values == 1 ? Words::tr("1 value") : Words::tr("%1 values").arg(values));
}

std::vector<Fact> compareFacts(const Session& session, int slot, const std::vector<int>& peers)
{
    constexpr std::array kCompared{
        InstanceColumn::Ttft,     InstanceColumn::Gap,       InstanceColumn::Queue,
        InstanceColumn::InFlight, InstanceColumn::Output,    InstanceColumn::Kv,
        InstanceColumn::PrefixHit, InstanceColumn::Requests, InstanceColumn::Errors,
        InstanceColumn::EndToEnd};
    const fleet::FleetStore& store = session.store;
    const fleet::Agent& agent = store.agent(slot);
    const bool isSilent = agent.isGone() || agent.freshness == model::Freshness::Disconnected;
    std::vector<Fact> facts;
    for (const InstanceColumn column : kCompared) {
        const Reading reading = models::factsOf(column).reading;
        std::vector<float> values;
        for (const int peer : peers)
            values.push_back(store.agent(peer).readings[reading]);
        const models::Spread spread = models::spreadOf(std::move(values));
        const float own = isSilent ? fleet::kUnknown : agent.readings[reading];
        const QString range = spread.count < models::kBandPeersLeast
            ? text::notApplicableText()
            : text::rangeText(models::figureText(column, spread.low),
                              models::figureText(column, spread.high));
        facts.push_back({{models::titleOf(column), models::figureText(column, own),
                          models::figureText(column, spread.median), range},
                         !isSilent && models::differs(own, spread) ? FactWeight::Strong
                                                                   : FactWeight::Normal,
                         false});
    }
    return facts;
}

std::vector<Fact> requestFacts(const Session& session, int slot)
{
    const fleet::Agent& agent = session.store.agent(slot);
    const model::AgentState& state = agent.state();
    const bool isSilent = agent.isGone() || agent.freshness == model::Freshness::Disconnected;
    const auto counted = [isSilent](std::int64_t count) {
        return isSilent ? text::notApplicableText() : text::countText(count);
    };
    std::vector<Fact> facts{
        {{Words::tr("In flight"),
          isSilent
              ? text::notApplicableText()
              : models::figureText(InstanceColumn::InFlight, agent.readings[Reading::InFlight]),
          Words::tr("requests that the agent works on")}},
        {{Words::tr("Queued at the agent"), counted(state.load.queued),
          Words::tr("accepted, not yet sent to the engine")}},
        {{Words::tr("Waiting in the engine"),
          isSilent ? text::notApplicableText()
                   : models::figureText(InstanceColumn::Waiting, agent.readings[Reading::Waiting]),
          Words::tr("as the engine says")}},
        {{Words::tr("Prefill"), counted(static_cast<std::int64_t>(state.load.pendingPrefillTokens)),
          Words::tr("prompt tokens whose first token is still to come")}},
        {{Words::tr("Decoding"), counted(state.load.decoding),
          Words::tr("streams past their first token")}},
    };
    if (state.drain.phase != model::DrainPhase::None)
        facts.push_back({{Words::tr("Left to drain"), counted(state.drain.remaining),
                          Words::tr("longest %1").arg(text::durationText(state.drain.longestMs))},
                         FactWeight::Strong,
                         false});
    return facts;
}

} // namespace signalbox::views
