// SPDX-License-Identifier: Apache-2.0
#include "agent/control/impact/pool_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace signalbox::control {

model::Verdict verdictOf(const model::AgentRecord& record, const PreviewInputs& inputs)
{
    const auto facts = inputs.live->freshFactsOf(record.id.str());
    return facts ? facts->state.record.health : record.health;
}

bool isReady(const model::AgentRecord& record, const model::Policy& policy,
             const PreviewInputs& inputs)
{
    const std::string& id = record.id.str();
    return inputs.fleet->isPresent(id) && model::mayServe(verdictOf(record, inputs).state)
        && policy.takesNewWork(id, record.pool);
}

std::vector<std::string> readyStatics(const model::Pool& pool, const PreviewInputs& inputs)
{
    std::set<std::string> seen;
    for (const auto& [id, record] : inputs.fleet->agents) {
        const auto facts = inputs.live->freshFactsOf(id);
        if (!facts)
            continue;
        for (const model::MemberView& view : facts->state.members) {
            if (view.pool == pool.name && view.agent.empty() && view.reachable
                && view.reason.empty())
                seen.insert(view.address);
        }
    }
    std::vector<std::string> ready;
    for (const model::StaticMember& member : pool.members) {
        for (const std::string& address : seen) {
            if (member.url.ends_with("//" + address))
                ready.push_back(address);
        }
    }
    return ready;
}

std::uint32_t readyIn(const std::string& name, const model::Policy& policy,
                      const PreviewInputs& inputs)
{
    const auto pool = policy.pools.find(name);
    std::size_t ready
        = pool == policy.pools.end() ? 0 : readyStatics(pool->second, inputs).size();
    for (const auto& [id, record] : inputs.fleet->agents)
        ready += record.pool == name && isReady(record, policy, inputs) ? 1U : 0U;
    return static_cast<std::uint32_t>(ready);
}

PoolWork workOf(const std::string& pool, const model::Policy& policy, const PreviewInputs& inputs)
{
    PoolWork work;
    for (const auto& [id, record] : inputs.fleet->agents) {
        if (record.pool != pool || !isReady(record, policy, inputs))
            continue;
        const auto facts = inputs.live->freshFactsOf(id);
        if (!facts)
            continue;
        work.open += openOn(facts->state);
        if (facts->state.load.sequence != 0)
            work.reports.push_back(facts->state.load);
    }
    return work;
}

std::uint32_t openOn(const model::AgentState& state)
{
    return std::max(state.load.decoding + state.load.queued, state.drain.remaining);
}

Forecast forecastFor(const std::string& pool, const std::optional<Demand>& demand,
                     const std::vector<model::LoadReport>& reports, std::uint32_t members,
                     const PreviewInputs& inputs)
{
    const auto fitted = inputs.live->step ? inputs.live->step(pool) : std::nullopt;
    Forecast forecast;
    if (demand)
        forecast = closedForm(fitted.value_or(stepFrom(reports)), *demand, members);
    const bool isStable = forecast.utilisation < 1;
    if (forecast.ttftMs < 0 && isStable)
        forecast.ttftMs = sharedTtftMs(reports, members);
    return forecast;
}

std::string readyText(std::uint32_t count)
{
    return count == 1 ? "1 ready instance" : fmt::format("{} ready instances", count);
}

} // namespace signalbox::control
