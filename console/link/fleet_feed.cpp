// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/fleet_feed.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace signalbox::link {

namespace {

int readingOf(const std::string& series)
{
    for (std::size_t i = 0; i < fleet::kReadings; ++i) {
        if (fleet::seriesOf(static_cast<fleet::Reading>(i)) == series)
            return static_cast<int>(i);
    }
    return -1;
}

// A peer may say anything; a screen can show what is a number and fits.
float shown(double value)
{
    constexpr double kMost = 1e15;
    return std::abs(value) <= kMost ? static_cast<float>(value) : fleet::kUnknown;
}

} // namespace

FleetFeed::FleetFeed(Inbox& inbox, const base::Clock& clock, Hooks hooks)
    : inbox_(inbox), clock_(clock), hooks_(std::move(hooks)), mirror_(clock, this)
{
}

void FleetFeed::setLink(fleet::LinkFacts link)
{
    if (link.state != link_.state)
        link.since = clock_.monotonic();
    link_ = std::move(link);
    fleet::FleetChanges changes;
    changes.link = link_;
    inbox_.put(std::move(changes), Urgency::State);
}

void FleetFeed::opened(const std::string& address)
{
    mirror_.opened(address);
    fleet::LinkFacts link = link_;
    link.state = fleet::LinkState::Connected;
    link.address = address;
    link.problem.clear();
    link.attempts = 0;
    link.isComplete = false;
    setLink(std::move(link));
    hooks_.opened();
}

void FleetFeed::lost(const std::string& address, const base::Error& why)
{
    mirror_.lost(address, why);
    fleet::LinkFacts link = link_;
    const bool wasConnected = link.state == fleet::LinkState::Connected;
    const bool isFirst = link.state == fleet::LinkState::Connecting && mirror_.agents().empty();
    link.state = isFirst ? fleet::LinkState::Connecting : fleet::LinkState::Lost;
    link.address = address;
    link.problem = why.text();
    link.attempts = wasConnected ? 1 : link.attempts + 1;
    link.isComplete = false;
    setLink(std::move(link));
}

void FleetFeed::news(client::TelemetryNews news)
{
    urgency_ = Urgency::Numbers;
    changes_.heardAt = clock_.monotonic();
    const std::uint32_t agentsTotal = news.agentsTotal;
    mirror_.news(std::move(news));
    if (agentsTotal != link_.agentsTotal || mirror_.isComplete() != link_.isComplete) {
        link_.agentsTotal = agentsTotal;
        link_.isComplete = mirror_.isComplete();
        changes_.link = link_;
        urgency_ = Urgency::State;
    }
    inbox_.put(std::exchange(changes_, {}), urgency_);
}

fleet::AgentChange& FleetFeed::changeOf(const std::string& id)
{
    fleet::AgentChange& change = changes_.agents[id];
    change.isForgotten = false;
    return change;
}

void FleetFeed::agentChanged(const std::string& id, const client::AgentView& agent)
{
    if (agent.state.record.bootId.empty() && !agent.gone)
        return; // introduced, and has not spoken yet
    fleet::AgentChange& change = changeOf(id);
    change.facts = std::make_shared<const fleet::AgentFacts>(
        fleet::AgentFacts{agent.state, agent.bootId, agent.gone});
    change.heardAt = agent.heardAt;
    urgency_ = Urgency::State;
    const model::AgentRecord& record = agent.state.record;
    if (!agent.gone)
        hooks_.doorSeen(record.addresses);
    if (record.appliedRevision > newestRevision_) {
        newestRevision_ = record.appliedRevision;
        hooks_.newRevision(newestRevision_);
    }
}

const FleetFeed::Columns& FleetFeed::columnsOf(const std::string& id,
                                               const client::AgentView& agent)
{
    Columns& columns = columns_[id];
    if (columns.dictionaries == agent.dictionaries)
        return columns;
    columns.dictionaries = agent.dictionaries;
    columns.readings.clear();
    for (const model::SeriesKey& key : agent.series)
        columns.readings.push_back(readingOf(key.name));
    return columns;
}

void FleetFeed::rowTaken(const std::string& id, const client::AgentView& agent,
                         const model::SampleRow& row)
{
    const Columns& columns = columnsOf(id, agent);
    fleet::ReadingsRow taken{row.unixMs, {}};
    const std::size_t count = std::min(columns.readings.size(), row.values.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (columns.readings[i] < 0 || std::isnan(row.values[i]))
            continue;
        float& kept = taken.readings[static_cast<fleet::Reading>(columns.readings[i])];
        kept = std::isnan(kept) ? shown(row.values[i]) : kept + shown(row.values[i]);
    }
    fleet::AgentChange& change = changeOf(id);
    change.rows.push_back(taken);
    if (change.rows.size() > limits::kWaitingRows) {
        change.rows.pop_front();
        ++changes_.rowsDropped;
    }
    change.heardAt = agent.heardAt;
    change.heardUnixMs = base::unixMs(clock_.wall());
}

void FleetFeed::eventTaken(const model::Event& event)
{
    changes_.events.push_back(event);
    urgency_ = Urgency::State;
}

void FleetFeed::agentForgotten(const std::string& id)
{
    columns_.erase(id);
    changes_.agents[id] = fleet::AgentChange{.isForgotten = true};
}

} // namespace signalbox::link
