// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/fleet/alarm_book.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace signalbox::fleet {

namespace {

using model::Admin;
using model::Health;
using model::Priority;

constexpr int kLateMarksOfAlarm = 6; // of 5 s each: 30 s
constexpr std::int64_t kOneStoryMs = 30'000;

// What is wrong with it was wanted, or is of no consequence while it is wanted.
bool isOnPurpose(Admin admin)
{
    return admin == Admin::Drain || admin == Admin::Maint || admin == Admin::Off;
}

bool isWorse(const Alarm& a, const Alarm& b)
{
    if (a.priority != b.priority)
        return a.priority < b.priority;
    if (a.sinceUnixMs != b.sinceUnixMs)
        return a.sinceUnixMs < b.sinceUnixMs;
    return a.key < b.key;
}

bool isSame(const Alarm& a, const Alarm& b)
{
    return a.key == b.key && a.ack == b.ack && a.reason == b.reason
        && a.isFirstOut == b.isFirstOut && a.sinceUnixMs == b.sinceUnixMs;
}

} // namespace

void AlarmBook::note(AlarmKey key, Priority priority, const std::string& group,
                     const std::string& reason, std::int64_t sinceUnixMs)
{
    Alarm alarm{.key = std::move(key), .priority = priority, .group = group, .reason = reason};
    if (const auto known = before_.find(alarm.key); known != before_.end()) {
        alarm.ack = known->second.ack;
        alarm.sinceUnixMs = known->second.sinceUnixMs;
    } else {
        alarm.sinceUnixMs = sinceUnixMs > 0 ? std::min(sinceUnixMs, nowUnixMs_) : nowUnixMs_;
    }
    standing_.emplace(alarm.key, std::move(alarm));
}

void AlarmBook::noteAgent(const Agent& agent)
{
    if (isOnPurpose(agent.admin()))
        return;
    const std::string& group = agent.isGateway() ? agent.id : agent.record().pool;
    const model::Verdict& verdict = agent.record().health;
    if (agent.isGone())
        return note({AlarmCause::AgentGone, agent.id}, Priority::P2, group,
                    agent.facts->gone->reason, agent.facts->gone->lastSeenUnixMs);
    if (verdict.state == Health::Failed)
        return note({AlarmCause::AgentFailed, agent.id}, Priority::P2, group, verdict.reason,
                    verdict.sinceUnixMs);
    if (verdict.state == Health::Wedged)
        return note({AlarmCause::AgentWedged, agent.id}, Priority::P2, group, verdict.reason,
                    verdict.sinceUnixMs);
    if (verdict.state == Health::Degraded)
        note({AlarmCause::AgentDegraded, agent.id}, Priority::P3, group, verdict.reason,
             verdict.sinceUnixMs);
    if (std::popcount(agent.lateMarks) >= kLateMarksOfAlarm)
        note({AlarmCause::AgentLate, agent.id}, Priority::P3, group, "", 0);
}

void AlarmBook::notePool(const Pool& pool)
{
    const Sums& sums = pool.sums;
    const int wanted = sums.total - sums.standby;
    if (pool.members.empty() || (wanted == 0 && sums.ready > 0))
        return;
    if (sums.serving == 0 && sums.ready == 0 && pool.policy.members.empty())
        return note({AlarmCause::PoolEmpty, pool.name}, Priority::P1, pool.name, "", 0);
    if (wanted > 1 && sums.serving <= 1 && sums.standby == 0)
        note({AlarmCause::NoRedundancy, pool.name}, Priority::P3, pool.name, "", 0);
}

// The earliest of a group is what the others may follow from.
void AlarmBook::markFirstOut()
{
    std::map<std::string, std::vector<Alarm*>> groups;
    for (auto& [key, alarm] : standing_)
        groups[alarm.group].push_back(&alarm);
    for (auto& [group, members] : groups) {
        if (members.size() < 2)
            continue;
        const auto first = std::min_element(
            members.begin(), members.end(),
            [](const Alarm* a, const Alarm* b) { return a->sinceUnixMs < b->sinceUnixMs; });
        (*first)->isFirstOut
            = std::any_of(members.begin(), members.end(), [&](const Alarm* other) {
                  return other != *first
                      && other->sinceUnixMs - (*first)->sinceUnixMs <= kOneStoryMs;
              });
    }
}

bool AlarmBook::update(const std::vector<Agent>& agents, const std::vector<Pool>& pools,
                       std::int64_t nowUnixMs)
{
    nowUnixMs_ = nowUnixMs;
    before_ = std::exchange(standing_, {});
    for (const Pool& pool : pools)
        notePool(pool);
    for (const Agent& agent : agents) {
        if (!agent.id.empty())
            noteAgent(agent);
    }
    markFirstOut();

    std::vector<Alarm> sorted;
    counts_ = {};
    worst_.clear();
    for (const auto& [key, alarm] : standing_) {
        sorted.push_back(alarm);
        ++counts_[static_cast<std::size_t>(alarm.priority)];
        const auto [known, isNew] = worst_.try_emplace({scopeOf(key.cause), key.object}, alarm);
        if (!isNew && isWorse(alarm, known->second))
            known->second = alarm;
    }
    std::sort(sorted.begin(), sorted.end(), isWorse);
    leftOut_ = sorted.size() > limits::kAlarmsShown ? sorted.size() - limits::kAlarmsShown : 0;
    sorted.resize(sorted.size() - leftOut_);
    const bool hasCleared = std::any_of(before_.begin(), before_.end(), [this](const auto& entry) {
        return !standing_.contains(entry.first);
    });
    if (hasCleared)
        clearedUnixMs_ = nowUnixMs;
    const bool isChanged = hasCleared
        || !std::equal(sorted.begin(), sorted.end(), alarms_.begin(), alarms_.end(), isSame);
    alarms_ = std::move(sorted);
    before_.clear();
    return isChanged;
}

void AlarmBook::acknowledge(const AlarmKey& key)
{
    if (const auto found = standing_.find(key); found != standing_.end())
        found->second.ack = model::Ack::Acknowledged;
}

const Alarm* AlarmBook::worstOfAgent(const std::string& id) const
{
    const auto found = worst_.find({AlarmScope::Agent, id});
    return found == worst_.end() ? nullptr : &found->second;
}

const Alarm* AlarmBook::worstOfPool(const std::string& name) const
{
    const auto found = worst_.find({AlarmScope::Pool, name});
    return found == worst_.end() ? nullptr : &found->second;
}

int AlarmBook::count(Priority priority) const
{
    return counts_[static_cast<std::size_t>(priority)];
}

} // namespace signalbox::fleet
