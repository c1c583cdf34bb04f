// SPDX-License-Identifier: Apache-2.0
#include "shared/client/fleet_mirror.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace signalbox::client {

std::map<std::string, double> AgentView::values() const
{
    std::map<std::string, double> sums;
    for (std::size_t i = 0; i < std::min(series.size(), newest.values.size()); ++i) {
        if (!std::isnan(newest.values[i]))
            sums[series[i].name] += newest.values[i];
    }
    return sums;
}

bool FleetMirror::isComplete() const
{
    return hasSpoken_ && introduced_.size() >= agentsTotal_;
}

std::int64_t FleetMirror::ageMs(const AgentView& agent) const
{
    const auto age = clock_.monotonic() - agent.heardAt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(age).count();
}

model::Freshness FleetMirror::freshness(const AgentView& agent) const
{
    return agent.gone ? model::Freshness::Disconnected : model::freshnessOf(ageMs(agent));
}

std::vector<model::ResumePoint> FleetMirror::resumePoints()
{
    std::vector<model::ResumePoint> points;
    for (const auto& [id, agent] : agents_) {
        if (!agent.bootId.empty() && points.size() < limits::kFleetAgents)
            points.push_back({base::AgentId(id), agent.bootId, agent.sequence});
    }
    return points;
}

void FleetMirror::opened(const std::string& address)
{
    link_ = {LinkState::Connected, address, ""};
    introduced_.clear();
    agentsTotal_ = 0;
    hasSpoken_ = false;
    ++version_;
}

void FleetMirror::lost(const std::string& address, const base::Error& why)
{
    link_ = {LinkState::Lost, address, why.text()};
    ++version_;
}

void FleetMirror::news(TelemetryNews news)
{
    sentUnixMs_ = news.sentUnixMs;
    for (series::AgentFact& fact : news.facts) {
        Entry& entry = *agents_.try_emplace(fact.agent.str()).first;
        std::visit([&](auto&& told) { apply(entry, std::forward<decltype(told)>(told)); },
                   std::move(fact.fact));
    }
    const bool wasComplete = isComplete();
    agentsTotal_ = news.agentsTotal;
    hasSpoken_ = true;
    if (isComplete() && !wasComplete)
        markMissing();
    forgetGone();
    ++version_;
}

// Who was known before and is not on this stream left the fleet while nobody was listening.
void FleetMirror::markMissing()
{
    for (Entry& entry : agents_) {
        if (!introduced_.contains(entry.first) && !entry.second.gone)
            setGone(entry, {"no longer in the fleet", 0});
    }
}

void FleetMirror::setGone(Entry& entry, model::AgentGone gone)
{
    entry.second.gone = std::move(gone);
    entry.second.goneAt = clock_.monotonic();
    changed(entry);
}

// A fleet larger than is meant keeps nobody who is not there.
void FleetMirror::forgetGone()
{
    const auto now = clock_.monotonic();
    const bool isCrowded = agents_.size() > limits::kFleetAgents;
    std::erase_if(agents_, [&](const Entry& entry) {
        const AgentView& agent = entry.second;
        const bool isForgotten
            = agent.gone && (isCrowded || now - agent.goneAt > limits::kGoneAgentKept);
        if (isForgotten && observer_)
            observer_->agentForgotten(entry.first);
        return isForgotten;
    });
}

void FleetMirror::changed(const Entry& entry)
{
    if (observer_)
        observer_->agentChanged(entry.first, entry.second);
}

void FleetMirror::heard(AgentView& agent)
{
    agent.heardAt = clock_.monotonic();
    agent.gone.reset();
}

void FleetMirror::apply(Entry& entry, const model::AgentIntroduction& introduction)
{
    AgentView& agent = entry.second;
    introduced_.insert(introduction.id.str());
    if (agent.bootId == introduction.bootId)
        return;
    agent.bootId = introduction.bootId;
    agent.sequence = 0;
    agent.newest = {};
    agent.series.clear();
    agent.state.record.id = introduction.id;
    agent.state.record.bootId = introduction.bootId;
    changed(entry);
}

void FleetMirror::apply(Entry& entry, model::AgentState&& state)
{
    AgentView& agent = entry.second;
    heard(agent);
    agent.state = std::move(state);
    changed(entry);
}

void FleetMirror::apply(Entry& entry, model::SeriesDictionary&& dictionary)
{
    AgentView& agent = entry.second;
    if (agent.series != dictionary.series)
        agent.newest = {};
    agent.series = std::move(dictionary.series);
    ++agent.dictionaries;
}

void FleetMirror::apply(Entry& entry, series::ReadRows&& read)
{
    AgentView& agent = entry.second;
    const bool wasGone = agent.gone.has_value();
    heard(agent);
    if (wasGone)
        changed(entry);
    for (model::SampleRow& row : read.rows) {
        if (row.sequence <= agent.sequence) {
            ++duplicates_;
            continue;
        }
        agent.sequence = row.sequence;
        agent.newest = std::move(row);
        if (observer_)
            observer_->rowTaken(entry.first, agent, agent.newest);
    }
}

void FleetMirror::apply(Entry& entry, model::Event&& event)
{
    AgentView& agent = entry.second;
    const bool isKnown
        = std::any_of(events_.begin(), events_.end(), [&](const model::Event& known) {
              return known.sequence == event.sequence && known.agent == event.agent
                  && known.unixMs == event.unixMs;
          });
    if (isKnown) {
        ++duplicates_;
        return;
    }
    agent.sequence = std::max(agent.sequence, event.sequence);
    // A reader that is new is told some of the past: it belongs where it happened.
    if (observer_)
        observer_->eventTaken(event);
    const auto place = std::upper_bound(
        events_.begin(), events_.end(), event,
        [](const model::Event& a, const model::Event& b) { return a.unixMs < b.unixMs; });
    events_.insert(place, std::move(event));
    if (events_.size() > limits::kMirrorEvents)
        events_.pop_front();
}

void FleetMirror::apply(Entry& entry, model::AgentGone&& gone)
{
    AgentView& agent = entry.second;
    // Freshness is of the facts, not of the news that there will be no more.
    const auto age = std::chrono::milliseconds(std::max<std::int64_t>(
        0, gone.lastSeenUnixMs == 0 ? 0 : sentUnixMs_ - gone.lastSeenUnixMs));
    agent.heardAt = std::min(agent.heardAt, clock_.monotonic() - age);
    setGone(entry, std::move(gone));
}

void FleetMirror::apply(Entry& entry, const model::Behind& behind)
{
    AgentView& agent = entry.second;
    const std::uint64_t missed = behind.to >= behind.from ? behind.to - behind.from + 1 : 0;
    agent.missedSamples += missed;
    missedSamples_ += missed;
    agent.sequence = std::max(agent.sequence, behind.to);
}

void FleetMirror::apply(Entry& entry, const model::Resync&)
{
    AgentView& agent = entry.second;
    agent.sequence = 0;
    agent.newest = {};
}

} // namespace signalbox::client
