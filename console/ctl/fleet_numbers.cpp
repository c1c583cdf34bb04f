// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/fleet_numbers.h"

#include "console/ctl/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace signalbox::ctl {

namespace {

std::optional<double> valueOf(const AgentFacts& agent, const char* series)
{
    const auto found = agent.values.find(series);
    if (found == agent.values.end() || std::isnan(found->second))
        return std::nullopt;
    return found->second;
}

void addTo(std::optional<double>& sum, std::optional<double> value)
{
    if (value)
        sum = sum.value_or(0) + *value;
}

void raiseTo(std::optional<double>& most, std::optional<double> value)
{
    if (value && (!most || *value > *most))
        most = value;
}

void addNumbers(Numbers& sum, const Numbers& one)
{
    addTo(sum.requestsPerSecond, one.requestsPerSecond);
    addTo(sum.errorsPerSecond, one.errorsPerSecond);
    addTo(sum.retriesPerSecond, one.retriesPerSecond);
    addTo(sum.tokensPerSecond, one.tokensPerSecond);
    addTo(sum.inFlight, one.inFlight);
    addTo(sum.queued, one.queued);
    raiseTo(sum.ttftP50Ms, one.ttftP50Ms);
    raiseTo(sum.ttftP95Ms, one.ttftP95Ms);
    raiseTo(sum.kvShare, one.kvShare);
}

bool isInstance(const AgentFacts& agent)
{
    return agent.state.record.kind == model::AgentKind::Instance;
}

bool isHere(const AgentFacts& agent)
{
    return agent.goneReason.empty();
}

bool isReady(const AgentFacts& agent)
{
    return isHere(agent) && model::mayServe(agent.state.record.health.state)
        && model::takesNewWork(agent.state.admin);
}

void countAgent(Summary& summary, const AgentFacts& agent)
{
    ++(isInstance(agent) ? summary.instances : summary.gateways);
    summary.ready += isInstance(agent) && isReady(agent) ? 1 : 0;
    summary.draining += agent.state.drain.phase == model::DrainPhase::Draining ? 1 : 0;
    summary.drained += agent.state.drain.phase == model::DrainPhase::Drained ? 1 : 0;
    summary.notLive += freshnessOf(agent) != model::Freshness::Live ? 1 : 0;
    summary.newestRevision = std::max(summary.newestRevision, agent.state.record.appliedRevision);
    if (const std::int64_t since = agent.state.storeAwaySinceUnixMs; agent.state.storeAway)
        summary.storeAwaySinceUnixMs = summary.storeAwaySinceUnixMs == 0
            ? since
            : std::min(summary.storeAwaySinceUnixMs, since);
}

} // namespace

Numbers numbersOf(const AgentFacts& agent)
{
    Numbers numbers;
    numbers.requestsPerSecond = valueOf(agent, "requests_per_second");
    numbers.errorsPerSecond = valueOf(agent, "errors_per_second");
    numbers.retriesPerSecond = valueOf(agent, "retries_per_second");
    numbers.tokensPerSecond = valueOf(agent, "completion_tokens_per_second");
    numbers.inFlight = valueOf(agent, "in_flight");
    numbers.queued = valueOf(agent, "engine_waiting");
    numbers.ttftP50Ms = valueOf(agent, "ttft_p50_ms");
    numbers.ttftP95Ms = valueOf(agent, "ttft_p95_ms");
    numbers.kvShare = valueOf(agent, "engine_kv_usage_ratio");
    numbers.cpuShare = valueOf(agent, "agent_cpu_cores");
    numbers.residentBytes = valueOf(agent, "agent_memory_bytes");
    return numbers;
}

model::Freshness freshnessOf(const AgentFacts& agent)
{
    return isHere(agent) ? model::freshnessOf(agent.ageMs) : model::Freshness::Disconnected;
}

Summary summaryOf(const Picture& picture)
{
    Summary summary;
    for (const AgentFacts& agent : picture.agents)
        countAgent(summary, agent);
    for (const AgentFacts& agent : picture.agents) {
        if (isHere(agent) && agent.state.record.appliedRevision < summary.newestRevision)
            ++summary.behindRevision;
        const bool isEntry = summary.gateways == 0 || !isInstance(agent);
        if (isEntry && isHere(agent)) {
            addNumbers(summary.numbers, numbersOf(agent));
            ++summary.entries;
        }
    }
    return summary;
}

std::vector<PoolLine> poolsOf(const Picture& picture, const model::Policy& policy)
{
    std::map<std::string, PoolLine> lines;
    for (const auto& [name, pool] : policy.pools) {
        PoolLine& line = lines[name];
        line.model = pool.model;
        line.readyFloor = pool.readyFloor;
        line.staticMembers = pool.members.size();
    }
    for (const AgentFacts& agent : picture.agents) {
        if (!isInstance(agent) || !isHere(agent))
            continue;
        PoolLine& line = lines[agent.state.record.pool];
        ++line.members;
        line.ready += isReady(agent) ? 1 : 0;
        line.draining += agent.state.drain.phase != model::DrainPhase::None ? 1 : 0;
        addNumbers(line.numbers, numbersOf(agent));
    }
    std::vector<PoolLine> all;
    for (auto& [name, line] : lines) {
        line.name = name;
        all.push_back(std::move(line));
    }
    return all;
}

std::vector<std::string> concernsOf(const AgentFacts& agent, std::int64_t nowUnixMs)
{
    std::vector<std::string> concerns;
    const model::AgentRecord& record = agent.state.record;
    if (!isHere(agent)) {
        concerns.push_back("left the fleet: " + agent.goneReason);
        return concerns;
    }
    if (record.health.state != model::Health::Ready) {
        std::string text(nameOf(record.health.state));
        if (record.health.sinceUnixMs > 0)
            text += " for "
                + durationText(std::max<std::int64_t>(0, nowUnixMs - record.health.sinceUnixMs));
        concerns.push_back(text
                           + (record.health.reason.empty() ? "" : ": " + record.health.reason));
    }
    if (freshnessOf(agent) != model::Freshness::Live)
        concerns.push_back("nothing heard for " + durationText(agent.ageMs)
                           + "; what stands here is as of then");
    if (record.rejectedRevision > record.appliedRevision)
        concerns.push_back(fmt::format("runs policy revision {}, rejected {}: {}",
                                       record.appliedRevision, record.rejectedRevision,
                                       record.rejectedReason));
    if (agent.state.storeAway)
        concerns.push_back("the store does not answer; it runs on a snapshot that is "
                           + durationText(agent.state.snapshotAgeMs) + " old");
    for (const model::MemberView& member : agent.state.members) {
        if (!member.reason.empty())
            concerns.push_back("sends nothing to "
                               + (member.agent.empty() ? member.address : member.agent) + " in "
                               + member.pool + ": " + member.reason);
    }
    return concerns;
}

std::string adminText(const model::AgentState& state)
{
    if (state.drain.phase == model::DrainPhase::Drained)
        return "drained: safe to stop";
    if (state.drain.phase == model::DrainPhase::Draining)
        return fmt::format("drain: {} left, {}", state.drain.remaining,
                           shortDuration(state.drain.longestMs));
    return state.admin == model::Admin::Run ? "-" : std::string(nameOf(state.admin));
}

std::string freshnessText(const AgentFacts& agent)
{
    if (!isHere(agent))
        return "LEFT";
    std::string word(nameOf(freshnessOf(agent)));
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    return freshnessOf(agent) == model::Freshness::Live ? word
                                                        : word + " " + shortDuration(agent.ageMs);
}

} // namespace signalbox::ctl
