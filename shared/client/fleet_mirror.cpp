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
        AgentView& agent = agents_[fact.agent.str()];
        std::visit([&](auto&& told) { apply(agent, std::forward<decltype(told)>(told)); },
                   std::move(fact.fact));
    }
    const bool wasComplete = isComplete();
    agentsTotal_ = news.agentsTotal;
    hasSpoken_ = true;
    if (isComplete() && !wasComplete)
        markMissing();
    ++version_;
}

// Who was known before and is not on this stream left the fleet while nobody was listening.
void FleetMirror::markMissing()
{
    if (agents_.size() > limits::kFleetAgents)
        std::erase_if(agents_,
                      [this](const auto& entry) { return !introduced_.contains(entry.first); });
    for (auto& [id, agent] : agents_) {
        if (!introduced_.contains(id) && !agent.gone)
            agent.gone = model::AgentGone{"no longer in the fleet", 0};
    }
}

void FleetMirror::heard(AgentView& agent)
{
    agent.heardAt = clock_.monotonic();
    agent.gone.reset();
}

void FleetMirror::apply(AgentView& agent, const model::AgentIntroduction& introduction)
{
    introduced_.insert(introduction.id.str());
    if (agent.bootId == introduction.bootId)
        return;
    agent.bootId = introduction.bootId;
    agent.sequence = 0;
    agent.newest = {};
    agent.series.clear();
    agent.state.record.id = introduction.id;
    agent.state.record.bootId = introduction.bootId;
}

void FleetMirror::apply(AgentView& agent, model::AgentState&& state)
{
    heard(agent);
    agent.state = std::move(state);
}

void FleetMirror::apply(AgentView& agent, model::SeriesDictionary&& dictionary)
{
    if (agent.series != dictionary.series)
        agent.newest = {};
    agent.series = std::move(dictionary.series);
}

void FleetMirror::apply(AgentView& agent, series::ReadRows&& read)
{
    heard(agent);
    for (model::SampleRow& row : read.rows) {
        if (row.sequence <= agent.sequence) {
            ++duplicates_;
            continue;
        }
        agent.sequence = row.sequence;
        agent.newest = std::move(row);
    }
}

void FleetMirror::apply(AgentView& agent, model::Event&& event)
{
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
    const auto place = std::upper_bound(
        events_.begin(), events_.end(), event,
        [](const model::Event& a, const model::Event& b) { return a.unixMs < b.unixMs; });
    events_.insert(place, std::move(event));
    if (events_.size() > limits::kMirrorEvents)
        events_.pop_front();
}

void FleetMirror::apply(AgentView& agent, model::AgentGone&& gone)
{
    // Freshness is of the facts, not of the news that there will be no more.
    const auto age = std::chrono::milliseconds(std::max<std::int64_t>(
        0, gone.lastSeenUnixMs == 0 ? 0 : sentUnixMs_ - gone.lastSeenUnixMs));
    agent.heardAt = std::min(agent.heardAt, clock_.monotonic() - age);
    agent.gone = std::move(gone);
}

void FleetMirror::apply(AgentView& agent, const model::Behind& behind)
{
    const std::uint64_t missed = behind.to >= behind.from ? behind.to - behind.from + 1 : 0;
    agent.missedSamples += missed;
    missedSamples_ += missed;
    agent.sequence = std::max(agent.sequence, behind.to);
}

void FleetMirror::apply(AgentView& agent, const model::Resync&)
{
    agent.sequence = 0;
    agent.newest = {};
}

} // namespace signalbox::client
