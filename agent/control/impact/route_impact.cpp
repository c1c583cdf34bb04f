// SPDX-License-Identifier: Apache-2.0
#include "agent/control/impact/route_impact.h"

#include "agent/control/impact/standby_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace signalbox::control {

namespace {

using model::Policy;
using model::Route;
using model::SurvivorLoad;

// Share of the route's requests by pool, 0..1; pools that get none are not in it.
std::map<std::string, double> sharesOf(const Route& route)
{
    double total = 0;
    for (const model::RouteTarget& target : route.targets)
        total += target.weight;
    std::map<std::string, double> shares;
    for (const model::RouteTarget& target : route.targets) {
        if (target.weight > 0)
            shares[target.pool] = target.weight / total;
    }
    return shares;
}

double shareIn(const std::map<std::string, double>& shares, const std::string& pool)
{
    const auto found = shares.find(pool);
    return found == shares.end() ? 0 : found->second;
}

// Both together: rates add up, sizes are means over all requests.
Demand sumOf(const Demand& a, const Demand& b)
{
    Demand sum;
    sum.requestsPerSecond = a.requestsPerSecond + b.requestsPerSecond;
    if (sum.requestsPerSecond <= 0)
        return a;
    const double ofA = a.requestsPerSecond / sum.requestsPerSecond;
    const auto mean = [&](double ofFirst, double ofSecond) {
        return ofA * ofFirst + (1 - ofA) * ofSecond;
    };
    sum.promptTokens = mean(a.promptTokens, b.promptTokens);
    sum.outputTokens = mean(a.outputTokens, b.outputTokens);
    sum.promptVariation = mean(a.promptVariation, b.promptVariation);
    sum.dispersion = mean(a.dispersion, b.dispersion);
    return sum;
}

// One route being weighed. Lives on: the calling thread.
class RouteWeighing {
public:
    RouteWeighing(const std::string& route, const PreviewInputs& inputs, const Policy& after)
        : inputs_(inputs), before_(inputs.policy->policy), after_(after),
          routeAfter_(after.routes.at(route)), sharesBefore_(sharesOf(before_.routes.at(route))),
          sharesAfter_(sharesOf(routeAfter_))
    {
    }

    RouteImpact run()
    {
        collectMoved();
        for (const auto& [pool, share] : sharesAfter_) {
            if (share > shareIn(sharesBefore_, pool))
                weighGain(pool, share);
        }
        for (const auto& [pool, share] : sharesBefore_) {
            if (share > shareIn(sharesAfter_, pool))
                impact_.loads.push_back(loadOf(pool));
        }
        if (routeAfter_.hasFailedOver() && routeAfter_.fallbacks.empty())
            warn(fmt::format("route {} has no fallback left: nothing takes over from {}",
                             routeAfter_.name, poolsOf(sharesAfter_)));
        return std::move(impact_);
    }

private:
    void warn(std::string text) { impact_.warnings.push_back(std::move(text)); }

    void refuse(const std::string& pool, std::string why)
    {
        impact_.refusals.push_back(std::move(why));
        auto& risks = impact_.poolsAtRisk;
        if (std::find(risks.begin(), risks.end(), pool) == risks.end())
            risks.push_back(pool);
    }

    static std::string poolsOf(const std::map<std::string, double>& shares)
    {
        std::vector<std::string> names;
        for (const auto& [pool, share] : shares)
            names.push_back(pool);
        return fmt::format("{}", fmt::join(names, ", "));
    }

    // The route's work, wherever it is now: what is known of it is shared out anew.
    void collectMoved()
    {
        for (const auto& [pool, share] : sharesBefore_) {
            const auto demand = demandOf(pool);
            isDemandKnown_ = isDemandKnown_ && demand.has_value();
            if (demand)
                moved_ = moved_ ? sumOf(*moved_, *demand) : *demand;
            for (const model::LoadReport& report : workOf(pool, before_, inputs_).reports)
                movedReports_.push_back(report);
            warnOfOtherRoutes(pool);
        }
        if (!isDemandKnown_)
            moved_.reset();
    }

    void warnOfOtherRoutes(const std::string& pool)
    {
        for (const auto& [name, route] : before_.routes) {
            const bool isOther = name != routeAfter_.name && shareIn(sharesOf(route), pool) > 0;
            if (isOther)
                warn(fmt::format("pool {} serves route {} too: the prediction moves all of its "
                                 "traffic",
                                 pool, name));
        }
    }

    std::optional<Demand> demandOf(const std::string& pool) const
    {
        return inputs_.live->demand ? inputs_.live->demand(pool) : std::nullopt;
    }

    // What the pool will be asked for: its share of the route, and what it had beside the route.
    std::optional<Demand> demandAfter(const std::string& pool) const
    {
        if (!moved_)
            return std::nullopt;
        Demand gets = *moved_;
        gets.requestsPerSecond *= shareIn(sharesAfter_, pool);
        const auto own = sharesBefore_.contains(pool) ? std::nullopt : demandOf(pool);
        return own ? sumOf(*own, gets) : gets;
    }

    std::vector<model::LoadReport> reportsAfter(const std::string& pool) const
    {
        std::vector<model::LoadReport> own = workOf(pool, after_, inputs_).reports;
        const bool isRateKnown = std::any_of(own.begin(), own.end(), [](const auto& report) {
            return report.prefillTokensPerSecond > 0;
        });
        const double share = shareIn(sharesAfter_, pool);
        if (sharesBefore_.contains(pool)) {
            for (model::LoadReport& report : own)
                report.pendingPrefillTokens = report.decoding = 0; // it is among the moved ones
        }
        for (model::LoadReport report : movedReports_) {
            report.pendingPrefillTokens = static_cast<std::uint64_t>(
                std::llround(static_cast<double>(report.pendingPrefillTokens) * share));
            report.decoding = static_cast<std::uint32_t>(std::lround(report.decoding * share));
            if (isRateKnown) // its own engines do the work, not those that it comes from
                report.prefillTokensPerSecond = report.decodeMsPerSequence = 0;
            own.push_back(report);
        }
        return own;
    }

    SurvivorLoad loadOf(const std::string& pool) const
    {
        SurvivorLoad load;
        load.pool = pool;
        load.readyBefore = readyIn(pool, before_, inputs_);
        load.readyAfter = readyIn(pool, after_, inputs_);
        const PoolWork work = workOf(pool, before_, inputs_);
        if (!sharesAfter_.contains(pool))
            load.inFlightMoved = work.open;
        const Forecast before
            = forecastFor(pool, demandOf(pool), work.reports, load.readyBefore, inputs_);
        const Forecast after = forecastFor(pool, demandAfter(pool), reportsAfter(pool),
                                           load.readyAfter, inputs_);
        load.utilisationBefore = before.utilisation;
        load.utilisationAfter = after.utilisation;
        // Where no request comes, none has a first token.
        load.ttftBeforeMs = sharesBefore_.contains(pool) ? before.ttftMs : kUnknown;
        load.ttftAfterMs = sharesAfter_.contains(pool) ? after.ttftMs : kUnknown;
        return load;
    }

    void weighGain(const std::string& pool, double share)
    {
        const SurvivorLoad load = loadOf(pool);
        impact_.loads.push_back(load);
        const std::uint32_t floor = after_.pools.at(pool).readyFloor;
        if (load.readyAfter == 0)
            refuse(pool, fmt::format("pool {} has no ready instance", pool));
        else if (load.readyAfter < floor)
            refuse(pool, fmt::format("pool {} has {}: its floor is {}", pool,
                                     readyText(load.readyAfter), floor));
        else if (load.utilisationAfter >= kSaturatedUtilisation)
            refuse(pool, fmt::format("pool {} would be asked for {:.0f} % of the work it can do",
                                     pool, load.utilisationAfter * 100));
        else
            warnAboutGain(load, share);
        if (!sharesBefore_.contains(pool))
            prove(pool, load);
    }

    void warnAboutGain(const SurvivorLoad& load, double share)
    {
        if (load.readyAfter == 1)
            warn(fmt::format("pool {} has one ready instance and no redundancy", load.pool));
        if (load.readyAfter < readyOfTheLeft() * share)
            warn(fmt::format("pool {} has {} for {:.0f} % of the requests that {} serve now",
                             load.pool, readyText(load.readyAfter), share * 100,
                             readyOfTheLeft()));
        if (load.utilisationAfter >= kCrowdedUtilisation)
            warn(fmt::format("pool {} would do {:.0f} % of the work it can", load.pool,
                             load.utilisationAfter * 100));
        if (load.utilisationAfter < 0 && load.ttftAfterMs < 0)
            warn(fmt::format("the load of pool {} is not known: nothing is predicted", load.pool));
    }

    std::uint32_t readyOfTheLeft() const
    {
        std::uint32_t ready = 0;
        for (const auto& [pool, share] : sharesBefore_)
            ready += readyIn(pool, before_, inputs_);
        return ready;
    }

    void prove(const std::string& pool, const SurvivorLoad& load)
    {
        PoolProof proof = proofOf(after_.pools.at(pool), routeAfter_, inputs_, after_);
        for (model::StandbyProof& member : proof.members)
            impact_.proofs.push_back(std::move(member));
        for (std::string& note : proof.notes)
            warn(std::move(note));
        if (!proof.missing.empty() && load.readyAfter > 0)
            refuse(pool, fmt::format("pool {} is not proven ready: {}; probe now, or leave out",
                                     pool, proof.missing));
    }

    const PreviewInputs& inputs_;
    const Policy& before_;
    const Policy& after_;
    const Route& routeAfter_;
    std::map<std::string, double> sharesBefore_;
    std::map<std::string, double> sharesAfter_;
    std::optional<Demand> moved_;
    std::vector<model::LoadReport> movedReports_;
    bool isDemandKnown_ = true;
    RouteImpact impact_;
};

} // namespace

RouteImpact impactOfRoute(const std::string& route, const PreviewInputs& inputs,
                          const Policy& after)
{
    return RouteWeighing(route, inputs, after).run();
}

} // namespace signalbox::control
