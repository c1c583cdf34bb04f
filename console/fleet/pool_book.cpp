// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/fleet/pool_book.h"

#include "console/fleet/alarm_book.h"
#include "console/fleet/sums.h"

#include <algorithm>
#include <map>

namespace signalbox::fleet {

namespace {

const Agent& at(const std::vector<Agent>& agents, int slot)
{
    return agents[static_cast<std::size_t>(slot)];
}

void raise(Pool& pool, model::Priority priority, model::Ack ack)
{
    const bool isWorse = priority != model::Priority::None
        && (pool.priority == model::Priority::None || priority < pool.priority);
    if (!isWorse)
        return;
    pool.priority = priority;
    pool.ack = ack;
}

// What all engines of a pool say alike; empty where they differ.
void agree(std::string& common, const std::string& said, bool isFirst)
{
    if (isFirst)
        common = said;
    else if (common != said)
        common.clear();
}

} // namespace

const Pool* PoolBook::pool(const std::string& name) const
{
    const auto found = std::lower_bound(
        pools_.begin(), pools_.end(), name,
        [](const Pool& pool, const std::string& wanted) { return pool.name < wanted; });
    return found != pools_.end() && found->name == name ? &*found : nullptr;
}

void PoolBook::update(const std::vector<Agent>& agents, const model::Policy& policy)
{
    if (isMoved_)
        regroup(agents, policy);
    isMoved_ = false;
    sumUp(agents);
}

void PoolBook::regroup(const std::vector<Agent>& agents, const model::Policy& policy)
{
    std::map<std::string, Pool> pools;
    for (const auto& [name, wanted] : policy.pools) {
        pools[name].isInPolicy = true;
        pools[name].policy = wanted;
    }
    gateways_.clear();
    for (std::size_t i = 0; i < agents.size(); ++i) {
        const Agent& agent = agents[i];
        if (agent.id.empty())
            continue;
        auto& group = agent.isGateway() ? gateways_ : pools[agent.record().pool].members;
        group.push_back(static_cast<int>(i));
    }
    const auto byId = [&](int a, int b) { return at(agents, a).id < at(agents, b).id; };
    std::sort(gateways_.begin(), gateways_.end(), byId);
    pools_.clear();
    for (auto& [name, pool] : pools) {
        pool.name = name;
        std::sort(pool.members.begin(), pool.members.end(), byId);
        for (const int slot : pool.members) {
            const model::EngineFacts& engine = at(agents, slot).record().engine;
            const bool isFirst = slot == pool.members.front();
            agree(pool.profile, engine.profile, isFirst);
            agree(pool.engineVersion, engine.version, isFirst);
        }
        pools_.push_back(std::move(pool));
    }
}

void PoolBook::sumUp(const std::vector<Agent>& agents)
{
    SumMaker all;
    SumMaker instances;
    SumMaker entries;
    for (const int slot : gateways_) {
        entries.add(at(agents, slot), SumScope::All);
        all.add(at(agents, slot), SumScope::Counts);
    }
    for (Pool& pool : pools_) {
        SumMaker sum;
        for (const int slot : pool.members) {
            sum.add(at(agents, slot), SumScope::All);
            all.add(at(agents, slot), SumScope::Counts);
            instances.add(at(agents, slot), SumScope::All);
        }
        pool.sums = sum.sums();
    }
    gatewaySums_ = entries.sums();
    sums_ = all.sums();
    const Sums engines = instances.sums();
    sums_.load = engines.load;
    sums_.readings = gateways_.empty() ? engines.readings : gatewaySums_.readings;
    // Only who has an engine beside it knows these.
    for (const Reading reading : {Reading::KvShare, Reading::QueueP95Ms, Reading::Waiting,
                                  Reading::PrefixHitShare})
        sums_.readings[reading] = engines.readings[reading];
}

void PoolBook::takeAlarms(const std::vector<Agent>& agents, const AlarmBook& alarms)
{
    for (Pool& pool : pools_) {
        pool.priority = model::Priority::None;
        pool.ack = model::Ack::New;
        if (const Alarm* own = alarms.worstOfPool(pool.name))
            raise(pool, own->priority, own->ack);
        for (const int slot : pool.members)
            raise(pool, at(agents, slot).priority, at(agents, slot).ack);
    }
}

} // namespace signalbox::fleet
