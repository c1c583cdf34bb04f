// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/fleet/fleet_store.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace signalbox::fleet {

namespace {

using namespace std::chrono_literals;

constexpr auto kLateMarkEvery = 5s;
constexpr auto kLostPatience = 5s; // a reconnect may take that long before it is a loss

std::int64_t msSince(base::Monotonic then, base::Monotonic now)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - then).count();
}

// The way only ever adds to the difference: the least of late is the nearest to the truth. It gives
// way slowly, so that a clock that was set back is seen too.
std::int64_t leastOf(std::int64_t before, std::int64_t skew)
{
    constexpr std::int64_t kGiveWay = 64;
    if (before == 0 || skew < before)
        return skew;
    return before + (skew - before + kGiveWay - 1) / kGiveWay;
}

} // namespace

FleetStore::FleetStore(const base::Clock& clock, QObject* parent) : QObject(parent), clock_(clock)
{
}

int FleetStore::slotOf(const std::string& id) const
{
    const auto found = slots_.find(id);
    return found == slots_.end() ? -1 : found->second;
}

std::int64_t FleetStore::heardAgoMs() const
{
    return msSince(std::max(heardAt_, link_.since), clock_.monotonic());
}

model::Freshness FleetStore::linkFreshness() const
{
    if (link_.state == LinkState::Connected)
        return model::freshnessOf(heardAgoMs());
    const bool isPatient = link_.state == LinkState::Lost && heardAt_ != base::Monotonic()
        && clock_.monotonic() - heardAt_ < kLostPatience;
    return isPatient ? model::Freshness::Late : model::Freshness::Disconnected;
}

void FleetStore::apply(FleetChanges changes)
{
    for (auto& [id, change] : changes.agents) {
        if (change.isForgotten) {
            forget(id);
            continue;
        }
        int slot = slotOf(id);
        const bool isNew = slot < 0;
        if (isNew && !change.facts)
            continue; // its state has yet to come
        if (isNew)
            slot = take(id, change.facts);
        applyTo(agents_[static_cast<std::size_t>(slot)], slot, change);
        if (isNew)
            Q_EMIT agentAppeared(slot);
        changed_.push_back(slot);
    }
    applyRest(changes);
    tellChanged();
}

FleetChanges FleetStore::everything() const
{
    FleetChanges all;
    for (const Agent& agent : agents_) {
        if (agent.id.empty())
            continue;
        AgentChange& change = all.agents[agent.id];
        change.facts = agent.facts;
        change.heardAt = agent.heardAt;
        if (agent.sampledUnixMs > 0)
            change.rows.push_back({agent.sampledUnixMs, agent.readings});
    }
    all.events.assign(events_.begin(), events_.end());
    all.link = link_;
    if (hasPolicy_)
        all.policy = policy_;
    if (hasAudit_)
        all.audit = audit_;
    all.heardAt = heardAt_;
    return all;
}

int FleetStore::take(const std::string& id, AgentFactsPtr facts)
{
    int slot = slotCount();
    if (freeSlots_.empty()) {
        agents_.emplace_back();
    } else {
        slot = freeSlots_.back();
        freeSlots_.pop_back();
    }
    Agent& agent = agents_[static_cast<std::size_t>(slot)];
    agent = Agent();
    agent.id = id;
    agent.facts = std::move(facts);
    agent.heardAt = clock_.monotonic();
    slots_.emplace(id, slot);
    pools_.membersMoved();
    return slot;
}

void FleetStore::forget(const std::string& id)
{
    const int slot = slotOf(id);
    if (slot < 0)
        return;
    Q_EMIT agentVanished(slot);
    std::erase(changed_, slot);
    slots_.erase(id);
    pools_.membersMoved();
    agents_[static_cast<std::size_t>(slot)] = Agent();
    freeSlots_.push_back(slot);
}

void FleetStore::applyTo(Agent& agent, int slot, AgentChange& change)
{
    if (change.facts && change.facts->bootId != agent.facts->bootId)
        agent.readings = Readings();
    if (change.facts) {
        const model::AgentRecord& before = agent.record();
        const model::AgentRecord& now = change.facts->state.record;
        if (before.pool != now.pool || before.kind != now.kind || before.engine != now.engine)
            pools_.membersMoved();
        agent.facts = std::move(change.facts);
    }
    if (change.heardAt != base::Monotonic()) {
        agent.heardAt = change.heardAt;
        agent.ageMs = std::max<std::int64_t>(0, msSince(change.heardAt, clock_.monotonic()));
        agent.freshness = agent.isGone() ? model::Freshness::Disconnected
                                         : model::freshnessOf(agent.ageMs);
    }
    for (const ReadingsRow& row : change.rows) {
        agent.readings = row.readings;
        agent.sampledUnixMs = row.unixMs;
        Q_EMIT sampled(slot, row);
    }
    if (!change.rows.empty() && change.heardUnixMs > 0)
        agent.skewMs = leastOf(agent.skewMs, change.heardUnixMs - agent.sampledUnixMs);
}

void FleetStore::applyRest(FleetChanges& changes)
{
    rowsDropped_ += changes.rowsDropped;
    eventsDropped_ += changes.eventsDropped;
    heardAt_ = std::max(heardAt_, changes.heardAt);
    if (changes.link) {
        link_ = std::move(*changes.link);
        Q_EMIT linkChanged();
    }
    if (changes.policy) {
        policy_ = std::move(*changes.policy);
        hasPolicy_ = true;
        pools_.membersMoved();
        Q_EMIT policyChanged();
    }
    if (changes.audit) {
        audit_ = std::move(*changes.audit);
        hasAudit_ = true;
        Q_EMIT auditChanged();
    }
    if (changes.events.empty())
        return;
    const int count = static_cast<int>(changes.events.size());
    std::move(changes.events.begin(), changes.events.end(), std::back_inserter(events_));
    while (events_.size() > limits::kMirrorEvents)
        events_.pop_front();
    Q_EMIT eventsAdded(count);
}

void FleetStore::refresh()
{
    // What we know is as of the loss: it does not grow old agent by agent.
    if (link_.state == LinkState::Connected && link_.isComplete)
        refreshAges();
    pools_.update(agents_, policy_.policy);
    refreshFacts();
    refreshAlarms();
    tellChanged();
    Q_EMIT refreshed();
}

void FleetStore::refreshAges()
{
    const base::Monotonic now = clock_.monotonic();
    const bool isMark = now - lateMarkAt_ >= kLateMarkEvery;
    if (isMark)
        lateMarkAt_ = now;
    for (std::size_t i = 0; i < agents_.size(); ++i) {
        Agent& agent = agents_[i];
        if (agent.id.empty())
            continue;
        agent.ageMs = std::max<std::int64_t>(0, msSince(agent.heardAt, now));
        const auto freshness = agent.isGone() ? model::Freshness::Disconnected
                                              : model::freshnessOf(agent.ageMs);
        // An age that is shown moves; that of a live agent is told with its next sample.
        if (freshness != agent.freshness || freshness != model::Freshness::Live)
            changed_.push_back(static_cast<int>(i));
        agent.freshness = freshness;
        if (isMark)
            agent.lateMarks = ((agent.lateMarks << 1) & 0xff'ffff)
                | (freshness != model::Freshness::Live ? 1u : 0u);
    }
}

void FleetStore::refreshFacts()
{
    newestRevision_ = policy_.policy.revision;
    storeAwaySinceUnixMs_ = policy_.storeAwaySinceUnixMs;
    worstSkewMs_ = 0;
    worstSkewAgent_.clear();
    for (const Agent& agent : agents_) {
        if (agent.id.empty() || agent.isGone())
            continue;
        newestRevision_ = std::max(newestRevision_, agent.record().appliedRevision);
        const std::int64_t since = agent.state().storeAwaySinceUnixMs;
        if (agent.state().storeAway
            && (storeAwaySinceUnixMs_ == 0 || since < storeAwaySinceUnixMs_))
            storeAwaySinceUnixMs_ = since;
        if (std::abs(agent.skewMs) > std::abs(worstSkewMs_)) {
            worstSkewMs_ = agent.skewMs;
            worstSkewAgent_ = agent.id;
        }
    }
    behindRevision_ = static_cast<int>(
        std::count_if(agents_.begin(), agents_.end(), [this](const Agent& agent) {
            return !agent.id.empty() && !agent.isGone()
                && agent.record().appliedRevision < newestRevision_;
        }));
}

void FleetStore::refreshAlarms()
{
    const bool isChanged = alarms_.update(agents_, pools_.pools(), nowUnixMs());
    for (std::size_t i = 0; i < agents_.size(); ++i) {
        Agent& agent = agents_[i];
        if (agent.id.empty())
            continue;
        const bool isQuiet = alarms_.alarms().empty() && agent.priority == model::Priority::None;
        if (isQuiet)
            continue;
        const Alarm* worst = alarms_.worstOfAgent(agent.id);
        const auto priority = worst ? worst->priority : model::Priority::None;
        const auto ack = worst ? worst->ack : model::Ack::New;
        if (priority != agent.priority || ack != agent.ack)
            changed_.push_back(static_cast<int>(i));
        agent.priority = priority;
        agent.ack = ack;
    }
    pools_.takeAlarms(agents_, alarms_);
    if (isChanged)
        Q_EMIT alarmsChanged();
}

void FleetStore::acknowledge(const AlarmKey& key)
{
    alarms_.acknowledge(key);
    refreshAlarms();
    tellChanged();
}

void FleetStore::tellChanged()
{
    if (changed_.empty())
        return;
    std::sort(changed_.begin(), changed_.end());
    changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
    Q_EMIT agentsChanged(changed_);
    changed_.clear();
}

} // namespace signalbox::fleet
