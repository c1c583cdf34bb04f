// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/inspector/inspected.h"

#include "console/models/words.h"
#include "console/text/numbers.h"
#include "console/text/plain_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace signalbox::inspector {

namespace {

using fleet::Reading;
using text::plainText;
using views::Act;

constexpr std::size_t kNamed = 8; // members, targets, diff lines; more are counted

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Inspected)
};

std::optional<double> known(float value)
{
    return std::isnan(value) ? std::nullopt : std::optional<double>(static_cast<double>(value));
}

QString orNone(const std::string& peerText)
{
    return peerText.empty() ? text::notApplicableText() : plainText(peerText);
}

QString sinceText(const views::Session& session, std::int64_t unixMs)
{
    const std::int64_t ago
        = std::max<std::int64_t>(0, session.store.nowUnixMs() - unixMs) / 1'000 * 1'000;
    return Words::tr("since %1, for %2").arg(session.time.since(unixMs, session.store.nowUnixMs()),
                                               text::durationText(ago));
}

// The worst alarm of an object, if any: what it is called, what it means, what to do.
void takeAlarm(Inspected& shown, const views::Session& session, const fleet::Alarm* alarm)
{
    if (!alarm)
        return;
    shown.priority = alarm->priority;
    shown.ack = alarm->ack;
    shown.why << Words::tr("%1, %2").arg(models::alarmTitle(*alarm),
                                         sinceText(session, alarm->sinceUnixMs));
    shown.meaning = models::alarmText(*alarm);
    shown.steps = models::alarmSteps(alarm->key.cause);
}

void addReading(FactGroup& group, const QString& name, const QString& value)
{
    group.facts.push_back({name, value});
}

FactGroup agentReadings(const fleet::Agent& agent)
{
    FactGroup group{Words::tr("Readings"), {}};
    const fleet::Readings& r = agent.readings;
    addReading(group, Words::tr("In flight"), text::wholeText(known(r[Reading::InFlight])));
    addReading(group, Words::tr("Requests"),
               Words::tr("%1 /s").arg(text::rateText(known(r[Reading::RequestsPerSecond]))));
    addReading(group, Words::tr("Errors"),
               Words::tr("%1 /s").arg(text::rateText(known(r[Reading::ErrorsPerSecond]))));
    addReading(group, Words::tr("Output"),
               Words::tr("%1 tok/s")
                   .arg(text::rateText(known(r[Reading::OutputTokensPerSecond]))));
    addReading(group, Words::tr("TTFT p95"), text::millisecondsText(known(r[Reading::TtftP95Ms])));
    addReading(group, Words::tr("Inter-token p95"),
               text::millisecondsText(known(r[Reading::GapP95Ms])));
    if (!agent.isGateway()) {
        addReading(group, Words::tr("Queue wait p95"),
                   text::millisecondsText(known(r[Reading::QueueP95Ms])));
        addReading(group, Words::tr("KV use"), text::percentText(known(r[Reading::KvShare])));
    }
    return group;
}

FactGroup agentIdentity(const fleet::Agent& agent, const views::Session& session)
{
    const model::AgentRecord& record = agent.record();
    FactGroup group{Words::tr("Identity"), {}};
    group.facts.push_back({Words::tr("Kind"), models::kindWord(record.kind)});
    if (!agent.isGateway()) {
        group.facts.push_back({Words::tr("Pool"), orNone(record.pool)});
        group.facts.push_back(
            {Words::tr("Engine"), orNone(record.engine.profile
                                         + (record.engine.version.empty() ? "" : " ")
                                         + record.engine.version)});
        group.facts.push_back({Words::tr("Model"), record.engine.models.empty()
                                   ? text::notApplicableText()
                                   : plainText(record.engine.models.front())});
    }
    group.facts.push_back({Words::tr("Zone"), orNone(record.zone)});
    group.facts.push_back({Words::tr("Address"), orNone(record.addresses.serve)});
    group.facts.push_back({Words::tr("Running revision"), QString::number(record.appliedRevision)});
    group.facts.push_back({Words::tr("Agent"), orNone(record.version)});
    const std::int64_t up = session.store.nowUnixMs() - record.startedUnixMs;
    group.facts.push_back(
        {Words::tr("Up"),
         record.startedUnixMs <= 0 ? text::unknownText() : text::durationText(up / 1'000 * 1'000)});
    return group;
}

// What people want of an agent and why, where they want something.
void takeIntent(Inspected& shown, const fleet::Agent& agent, const views::Session& session)
{
    if (const QString drain = models::drainText(agent.state().drain); !drain.isEmpty())
        shown.why << drain;
    const auto& wants = session.store.policy().policy.admin;
    const auto intent = wants.find(agent.id);
    if (intent != wants.end() && !intent->second.cause.empty())
        shown.why << Words::tr("%1: %2").arg(models::adminWord(intent->second.admin),
                                             plainText(intent->second.cause,
                                                       text::kReasonCharacters));
    if (agent.state().storeAway)
        shown.why << Words::tr("The state store does not answer; it works on revision %1")
                         .arg(agent.record().appliedRevision);
    if (agent.record().rejectedRevision != 0)
        shown.why << Words::tr("Did not take over revision %1: %2")
                         .arg(agent.record().rejectedRevision)
                         .arg(plainText(agent.record().rejectedReason, text::kReasonCharacters));
}

Inspected inspectAgent(const views::Session& session, const std::string& id)
{
    Inspected shown;
    shown.title = plainText(id);
    const int slot = session.store.slotOf(id);
    if (slot < 0)
        return shown;
    const fleet::Agent& agent = session.store.agent(slot);
    shown.isKnown = true;
    shown.kind = agent.isGateway() ? theme::Kind::Gateway : theme::Kind::Instance;
    shown.state = Words::tr("%1 · %2 · %3 %4")
                      .arg(models::adminWord(agent.admin()), models::healthWord(agent.health()),
                           models::freshnessWord(agent.freshness), text::ageText(agent.ageMs));
    takeAlarm(shown, session, session.store.alarms().worstOfAgent(id));
    const model::Verdict& verdict = agent.record().health;
    if (shown.why.isEmpty() && verdict.state != model::Health::Ready)
        shown.why << Words::tr("%1, %2").arg(
            verdict.reason.empty() ? models::healthWord(verdict.state)
                                   : plainText(verdict.reason, text::kReasonCharacters),
            sinceText(session, verdict.sinceUnixMs));
    takeIntent(shown, agent, session);
    shown.groups = {agentReadings(agent), agentIdentity(agent, session)};
    if (agent.isGone())
        return shown;
    const bool isRun = agent.admin() == model::Admin::Run;
    shown.offers
        = {{Act::Drain,
            agent.admin() == model::Admin::Drain ? Words::tr("it drains already") : QString()},
           {Act::Undrain, isRun ? Words::tr("it is not drained") : QString()}};
    return shown;
}

FactGroup poolTraffic(const fleet::Pool& pool)
{
    const fleet::Readings& r = pool.sums.readings;
    FactGroup group{Words::tr("Traffic"), {}};
    addReading(group, Words::tr("Requests"),
               Words::tr("%1 /s").arg(text::rateText(known(r[Reading::RequestsPerSecond]))));
    addReading(group, Words::tr("Errors"),
               Words::tr("%1 /s").arg(text::rateText(known(r[Reading::ErrorsPerSecond]))));
    addReading(group, Words::tr("Output"),
               Words::tr("%1 tok/s")
                   .arg(text::rateText(known(r[Reading::OutputTokensPerSecond]))));
    addReading(group, Words::tr("TTFT p95, worst"),
               text::millisecondsText(known(r[Reading::TtftP95Ms])));
    return group;
}

FactGroup poolRoom(const fleet::Pool& pool)
{
    const fleet::Readings& r = pool.sums.readings;
    FactGroup group{Words::tr("Room"), {}};
    addReading(group, Words::tr("In flight"), text::wholeText(known(r[Reading::InFlight])));
    addReading(group, Words::tr("KV use, mean"), text::percentText(known(pool.sums.load)));
    addReading(group, Words::tr("KV use, fullest"), text::percentText(known(r[Reading::KvShare])));
    addReading(group, Words::tr("Queue wait p95, worst"),
               text::millisecondsText(known(r[Reading::QueueP95Ms])));
    addReading(group, Words::tr("Least ready"), QString::number(pool.policy.readyFloor));
    return group;
}

QString memberState(const fleet::Agent& agent)
{
    if (agent.isGone())
        return Words::tr("gone");
    if (!model::takesNewWork(agent.admin()))
        return models::adminWord(agent.admin());
    return models::healthWord(agent.health());
}

FactGroup notServing(const fleet::Pool& pool, const fleet::FleetStore& store)
{
    FactGroup group{Words::tr("Not serving"), {}};
    std::size_t more = 0;
    for (const int slot : pool.members) {
        const fleet::Agent& agent = store.agent(slot);
        if (agent.isServing() || agent.admin() == model::Admin::Standby)
            continue;
        if (group.facts.size() == kNamed)
            ++more;
        else
            group.facts.push_back({plainText(agent.id), memberState(agent)});
    }
    if (more > 0)
        group.facts.push_back({Words::tr("and %1 more").arg(more), {}});
    return group;
}

QString targetWord(const model::RouteTarget& target)
{
    return Words::tr("weight %1").arg(target.weight);
}

// Routes that send requests to a pool, and what they would go to instead.
FactGroup poolRoutes(const std::string& pool, const model::Policy& policy)
{
    FactGroup group{Words::tr("Routes"), {}};
    for (const auto& [name, route] : policy.routes) {
        if (group.facts.size() == kNamed)
            break;
        if (const model::RouteTarget* target = route.targetOf(pool))
            group.facts.push_back({plainText(name), targetWord(*target)});
        else if (std::find(route.fallbacks.begin(), route.fallbacks.end(), pool)
                 != route.fallbacks.end())
            group.facts.push_back({plainText(name), Words::tr("standby")});
    }
    return group;
}

FactGroup poolIdentity(const fleet::Pool& pool)
{
    FactGroup group{Words::tr("Identity"), {}};
    group.facts.push_back({Words::tr("Model"), orNone(pool.policy.model)});
    group.facts.push_back({Words::tr("Engines"),
                           orNone(pool.profile + (pool.engineVersion.empty() ? "" : " ")
                                  + pool.engineVersion)});
    group.facts.push_back({Words::tr("Instances"), QString::number(pool.sums.total)});
    if (pool.sums.standby > 0)
        group.facts.push_back({Words::tr("Standby"), QString::number(pool.sums.standby)});
    return group;
}

// Of the first route that sends requests to the pool; none: it has nothing to fail over.
const model::Route* routeTo(const model::Policy& policy, const std::string& pool)
{
    for (const auto& [name, route] : policy.routes) {
        if (route.targetOf(pool))
            return &route;
    }
    return nullptr;
}

QString noScale(const fleet::Pool& pool)
{
    if (!pool.isInPolicy)
        return Words::tr("it is not in the policy");
    return pool.policy.scale ? QString()
                             : Words::tr("its policy has no template to start instances from");
}

QString noFailover(const model::Route* route)
{
    if (!route)
        return Words::tr("no route sends requests to it");
    return route->fallbacks.empty() ? Words::tr("its route has no standby") : QString();
}

Inspected inspectPool(const views::Session& session, const std::string& name)
{
    Inspected shown;
    shown.kind = theme::Kind::Pool;
    shown.title = plainText(name);
    const fleet::Pool* pool = session.store.pool(name);
    if (!pool)
        return shown;
    shown.isKnown = true;
    shown.state = Words::tr("%1 serving").arg(text::ofText(pool->sums.serving, pool->sums.total));
    takeAlarm(shown, session, session.store.alarms().worstOfPool(name));
    shown.priority = pool->priority;
    shown.ack = pool->ack;
    for (FactGroup& group :
         std::vector<FactGroup>{notServing(*pool, session.store), poolTraffic(*pool),
                                poolRoom(*pool), poolRoutes(name, session.store.policy().policy),
                                poolIdentity(*pool)}) {
        if (!group.facts.empty())
            shown.groups.push_back(std::move(group));
    }
    const model::Route* route = routeTo(session.store.policy().policy, name);
    const bool isAllDrained = pool->sums.draining == pool->sums.total && pool->sums.total > 0;
    shown.offers
        = {{Act::Drain, isAllDrained ? Words::tr("all of it drains already") : QString()},
           {Act::Undrain,
            pool->sums.draining == 0 ? Words::tr("nothing of it is drained") : QString()},
           {Act::Failover, noFailover(route)},
           {Act::Scale, noScale(*pool)}};
    return shown;
}

Inspected inspectRoute(const views::Session& session, const std::string& name)
{
    Inspected shown;
    shown.kind = theme::Kind::Route;
    shown.title = plainText(name);
    const auto& routes = session.store.policy().policy.routes;
    const auto found = routes.find(name);
    if (found == routes.end())
        return shown;
    const model::Route& route = found->second;
    shown.isKnown = true;
    shown.state = route.hasFailedOver() ? Words::tr("failed over")
                                        : Words::tr("at home");
    FactGroup targets{Words::tr("Targets"), {}};
    for (const model::RouteTarget& target : route.targets)
        targets.facts.push_back({plainText(target.pool), targetWord(target)});
    FactGroup fallbacks{Words::tr("Fallbacks, in order"), {}};
    for (const std::string& pool : route.fallbacks) {
        const fleet::Pool* known = session.store.pool(pool);
        fallbacks.facts.push_back(
            {plainText(pool), known ? Words::tr("%1 ready")
                                          .arg(text::ofText(known->sums.ready, known->sums.total))
                                    : Words::tr("no agent")});
    }
    FactGroup identity{Words::tr("Identity"), {{Words::tr("Model"), orNone(route.model)}}};
    for (const std::string& alias : route.aliases) {
        if (identity.facts.size() <= kNamed)
            identity.facts.push_back({Words::tr("Alias"), plainText(alias)});
    }
    for (const FactGroup& group : {targets, fallbacks, identity}) {
        if (!group.facts.empty())
            shown.groups.push_back(group);
    }
    if (route.hasFailedOver())
        shown.offers.push_back({Act::Failback, {}});
    shown.offers.push_back({Act::Failover, noFailover(&route)});
    shown.offers.push_back({Act::Weights, route.targets.size() < 2
                                ? Words::tr("it has one target, which gets all")
                                : QString()});
    return shown;
}

Inspected inspectAudit(const views::Session& session, const std::string& number)
{
    Inspected shown;
    shown.kind = theme::Kind::StateStore;
    shown.title = Words::tr("Record %1").arg(plainText(number));
    const auto& audit = session.store.audit();
    const auto record = std::find_if(audit.begin(), audit.end(), [&](const auto& one) {
        return std::to_string(one.number) == number;
    });
    if (record == audit.end())
        return shown;
    shown.isKnown = true;
    shown.state = models::changeText(*record);
    shown.why << plainText(record->cause, text::kReasonCharacters);
    FactGroup facts{Words::tr("Record"),
                    {{Words::tr("When"), session.time.exact(record->atUnixMs)},
                     {Words::tr("Who"), orNone(record->operatorName)},
                     {Words::tr("Through"), orNone(record->agent)},
                     {Words::tr("Revision"), QStringLiteral("%1 to %2")
                                                 .arg(record->baseRevision)
                                                 .arg(record->revision)}}};
    FactGroup diff{Words::tr("Changed"), {}};
    for (const model::DiffLine& line : record->diff) {
        if (diff.facts.size() == kNamed)
            break;
        diff.facts.push_back({plainText(line.name + " " + line.field),
                              plainText(line.before + " to " + line.after)});
    }
    shown.groups = {facts, diff};
    const bool isUndone = std::any_of(audit.begin(), audit.end(), [&](const auto& other) {
        return other.undoes == record->number;
    });
    shown.offers = {{Act::Undo, isUndone ? Words::tr("it has been undone") : QString()}};
    return shown;
}

} // namespace

Inspected inspect(const views::Session& session, const views::ObjectRef& object)
{
    switch (object.kind) {
    case views::ObjectKind::Agent: return inspectAgent(session, object.id);
    case views::ObjectKind::Pool: return inspectPool(session, object.id);
    case views::ObjectKind::Route: return inspectRoute(session, object.id);
    case views::ObjectKind::Audit: return inspectAudit(session, object.id);
    case views::ObjectKind::None: break;
    }
    return {};
}

} // namespace signalbox::inspector
