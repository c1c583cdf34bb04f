// SPDX-License-Identifier: Apache-2.0
#include "agent/control/impact/pool_impact.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::control {

namespace {

using model::Policy;

// One pool being weighed. Lives on: the calling thread.
class Weighing {
public:
    Weighing(const PreviewInputs& inputs, const Policy& after, std::uint32_t started)
        : inputs_(inputs), before_(inputs.policy->policy), after_(after), started_(started)
    {
    }

    PoolImpact run(const std::string& pool)
    {
        impact_.load = loadOf(pool);
        judge(impact_.load);
        return std::move(impact_);
    }

private:
    model::SurvivorLoad loadOf(const std::string& pool) const
    {
        model::SurvivorLoad load;
        load.pool = pool;
        load.readyBefore = readyIn(pool, before_, inputs_);
        load.readyAfter = readyIn(pool, after_, inputs_) + started_;
        for (const auto& [id, record] : inputs_.fleet->agents) {
            const auto facts
                = record.pool == pool ? inputs_.live->freshFactsOf(id) : std::nullopt;
            const bool leaves
                = isReady(record, before_, inputs_) && !isReady(record, after_, inputs_);
            if (facts && leaves)
                load.inFlightMoved += openOn(facts->state);
        }
        const std::vector<model::LoadReport> reports = workOf(pool, before_, inputs_).reports;
        const auto demand = inputs_.live->demand ? inputs_.live->demand(pool) : std::nullopt;
        const Forecast before
            = forecastFor(pool, demand, reports, load.readyBefore, inputs_);
        const Forecast after = forecastFor(pool, demand, reports, load.readyAfter, inputs_);
        load.utilisationBefore = before.utilisation;
        load.utilisationAfter = after.utilisation;
        load.ttftBeforeMs = before.ttftMs;
        load.ttftAfterMs = after.ttftMs;
        return load;
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
        else if (load.utilisationAfter >= kSaturatedUtilisation)
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
                      return readyIn(pool, after_, inputs_) > 0;
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
                                      readyText(load.readyAfter), load.readyBefore, why);
    }

    void warn(std::string text) { impact_.warnings.push_back(std::move(text)); }

    void warnAboutSurvivors(const model::SurvivorLoad& load)
    {
        if (load.readyAfter == 1)
            warn(fmt::format("pool {} is left with one ready instance and no redundancy",
                             load.pool));
        if (load.utilisationAfter >= kCrowdedUtilisation)
            warn(fmt::format("the survivors of pool {} would do {:.0f} % of the work they can",
                             load.pool, load.utilisationAfter * 100));
        if (load.utilisationAfter < 0 && load.ttftAfterMs < 0)
            warn(fmt::format("the load of pool {} is not known: nothing is predicted", load.pool));
    }

    const PreviewInputs& inputs_;
    const Policy& before_;
    const Policy& after_;
    const std::uint32_t started_;
    PoolImpact impact_;
};

} // namespace

PoolImpact impactOn(const std::string& pool, const PreviewInputs& inputs,
                    const model::Policy& after, std::uint32_t started)
{
    return Weighing(inputs, after, started).run(pool);
}

} // namespace signalbox::control
