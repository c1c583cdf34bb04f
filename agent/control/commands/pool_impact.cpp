// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/pool_impact.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace signalbox::control {

namespace {

using model::Policy;

constexpr std::int64_t kFreshMs = 10'000; // older telemetry does not outweigh the registration
constexpr double kCrowded = 0.8;
constexpr double kSaturated = 0.95;

std::string instances(std::uint32_t count)
{
    return count == 1 ? "1 ready instance" : fmt::format("{} ready instances", count);
}

// One pool being weighed. Lives on: the calling thread.
class Weighing {
public:
    Weighing(const PreviewInputs& inputs, const Policy& after)
        : inputs_(inputs), before_(inputs.policy->policy), after_(after)
    {
    }

    PoolImpact run(const std::string& pool)
    {
        impact_.load = loadOf(pool);
        judge(impact_.load);
        return std::move(impact_);
    }

private:
    // Newer telemetry wins over the registration, which is written on change only.
    bool isHealthy(const model::AgentRecord& record) const
    {
        if (!inputs_.fleet->isPresent(record.id.str()))
            return false;
        const auto facts = inputs_.live->factsOf(record.id.str());
        const bool isFresh = facts && facts->ageMs < kFreshMs;
        return model::mayServe(isFresh ? facts->state.record.health.state : record.health.state);
    }

    bool isReady(const model::AgentRecord& record, const Policy& policy) const
    {
        return isHealthy(record) && model::takesNewWork(policy.adminOf(record.id.str()));
    }

    // An engine without an agent is ready when some gateway sees nothing against it.
    std::uint32_t readyStatics(const model::Pool& pool) const
    {
        std::set<std::string> ready;
        for (const auto& [id, record] : inputs_.fleet->agents) {
            const auto facts = inputs_.live->factsOf(id);
            if (!facts || facts->ageMs >= kFreshMs)
                continue;
            for (const model::MemberView& view : facts->state.members) {
                if (view.pool == pool.name && view.agent.empty() && view.reachable
                    && view.reason.empty())
                    ready.insert(view.address);
            }
        }
        return static_cast<std::uint32_t>(
            std::count_if(pool.members.begin(), pool.members.end(), [&](const auto& member) {
                return std::any_of(ready.begin(), ready.end(), [&](const std::string& address) {
                    return member.url.ends_with("//" + address);
                });
            }));
    }

    std::uint32_t readyIn(const std::string& name, const Policy& policy) const
    {
        const auto pool = policy.pools.find(name);
        std::uint32_t ready = pool == policy.pools.end() ? 0 : readyStatics(pool->second);
        for (const auto& [id, record] : inputs_.fleet->agents)
            ready += record.pool == name && isReady(record, policy) ? 1U : 0U;
        return ready;
    }

    model::SurvivorLoad loadOf(const std::string& pool) const
    {
        model::SurvivorLoad load;
        load.pool = pool;
        load.readyBefore = readyIn(pool, before_);
        load.readyAfter = readyIn(pool, after_);
        std::vector<model::LoadReport> reports;
        for (const auto& [id, record] : inputs_.fleet->agents) {
            const auto facts = record.pool == pool ? inputs_.live->factsOf(id) : std::nullopt;
            const bool isFresh = facts && facts->ageMs < kFreshMs;
            if (!isFresh)
                continue;
            const model::LoadReport& report = facts->state.load;
            const bool leaves = isReady(record, before_) && !isReady(record, after_);
            if (leaves)
                load.inFlightMoved += std::max(report.decoding + report.queued,
                                               facts->state.drain.remaining);
            if (report.sequence != 0 && isReady(record, before_))
                reports.push_back(report);
        }
        predict(reports, load);
        return load;
    }

    void predict(const std::vector<model::LoadReport>& reports, model::SurvivorLoad& load) const
    {
        const auto demand
            = inputs_.live->demand ? inputs_.live->demand(load.pool) : std::nullopt;
        const auto fitted = inputs_.live->step ? inputs_.live->step(load.pool) : std::nullopt;
        const StepTimes step = fitted.value_or(stepFrom(reports));
        const auto predictFor = [&](std::uint32_t members) {
            Forecast forecast;
            if (demand)
                forecast = closedForm(step, *demand, members);
            const bool isStable = forecast.utilisation < 1;
            if (forecast.ttftMs < 0 && isStable)
                forecast.ttftMs = sharedTtftMs(reports, members);
            return forecast;
        };
        const Forecast before = predictFor(load.readyBefore);
        const Forecast after = predictFor(load.readyAfter);
        load.utilisationBefore = before.utilisation;
        load.utilisationAfter = after.utilisation;
        load.ttftBeforeMs = before.ttftMs;
        load.ttftAfterMs = after.ttftMs;
    }

    void judge(const model::SurvivorLoad& load)
    {
        if (load.readyAfter >= load.readyBefore)
            return;
        const std::uint32_t floor = after_.pools.contains(load.pool)
            ? after_.pools.at(load.pool).readyFloor
            : 0;
        if (load.readyAfter < floor)
            refuse(load, fmt::format("its floor is {}", floor));
        else if (load.readyAfter == 0)
            judgeEmpty(load);
        else if (load.utilisationAfter >= kSaturated)
            refuse(load, fmt::format("they would be asked for {:.0f} % of the work they can do",
                                     load.utilisationAfter * 100));
        else
            warnAboutSurvivors(load);
    }

    // Without a floor an empty pool is allowed where its routes have somewhere else to go.
    void judgeEmpty(const model::SurvivorLoad& load)
    {
        for (const auto& [name, route] : after_.routes) {
            const auto others = poolsBeside(route, load.pool);
            if (!others)
                continue;
            const auto ready
                = std::find_if(others->begin(), others->end(), [&](const std::string& pool) {
                      return readyIn(pool, after_) > 0;
                  });
            if (ready == others->end())
                return refuse(load,
                              fmt::format("route '{}' has no other pool that is ready", name));
            warn(fmt::format("pool {} would be empty: route '{}' goes to pool {}", load.pool, name,
                             *ready));
        }
    }

    // The route's other pools; nothing when it does not use this one.
    static std::optional<std::vector<std::string>> poolsBeside(const model::Route& route,
                                                               const std::string& pool)
    {
        std::vector<std::string> others = route.fallbacks;
        for (const model::RouteTarget& target : route.targets)
            others.push_back(target.pool);
        const auto removed = std::remove(others.begin(), others.end(), pool);
        if (removed == others.end())
            return std::nullopt;
        others.erase(removed, others.end());
        return others;
    }

    void refuse(const model::SurvivorLoad& load, std::string_view why)
    {
        impact_.refusal = fmt::format("pool {} would be left with {} of {}: {}", load.pool,
                                      instances(load.readyAfter), load.readyBefore, why);
    }

    void warn(std::string text) { impact_.warnings.push_back(std::move(text)); }

    void warnAboutSurvivors(const model::SurvivorLoad& load)
    {
        if (load.readyAfter == 1)
            warn(fmt::format("pool {} is left with one ready instance and no redundancy",
                             load.pool));
        if (load.utilisationAfter >= kCrowded)
            warn(fmt::format("the survivors of pool {} would do {:.0f} % of the work they can",
                             load.pool, load.utilisationAfter * 100));
        if (load.utilisationAfter < 0 && load.ttftAfterMs < 0)
            warn(fmt::format("the load of pool {} is not known: nothing is predicted", load.pool));
    }

    const PreviewInputs& inputs_;
    const Policy& before_;
    const Policy& after_;
    PoolImpact impact_;
};

} // namespace

PoolImpact impactOn(const std::string& pool, const PreviewInputs& inputs,
                    const model::Policy& after)
{
    return Weighing(inputs, after).run(pool);
}

} // namespace signalbox::control
