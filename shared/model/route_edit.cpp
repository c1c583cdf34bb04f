// SPDX-License-Identifier: Apache-2.0
#include "shared/model/route_edit.h"

#include "shared/model/admin_change.h"
#include "shared/model/policy_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace signalbox::model {

namespace {

base::Error invalid(std::string text)
{
    return base::Error(base::Code::InvalidArgument, std::move(text), base::Origin::Client);
}

base::Error notNow(std::string text)
{
    return base::Error(base::Code::FailedPrecondition, std::move(text), base::Origin::Client);
}

base::Error notFound(std::string_view kind, const std::string& name)
{
    return base::Error(base::Code::NotFound,
                       fmt::format("there is no {} '{}'", kind, name.substr(0, 63)),
                       base::Origin::Client);
}

bool isFallback(const Route& route, const std::string& pool)
{
    return std::find(route.fallbacks.begin(), route.fallbacks.end(), pool)
        != route.fallbacks.end();
}

// What it leaves behind gets nothing more, not even as a fallback: it was left on purpose. Failing
// over once more keeps the first home.
base::Status failOver(const Policy& policy, const RouteEdit& edit, Route& route)
{
    if (edit.toPool.empty() && route.fallbacks.empty())
        return notNow(fmt::format("route '{}' has no fallback pool: name the pool it shall go to",
                                  route.name));
    const std::string to = edit.toPool.empty() ? route.fallbacks.front() : edit.toPool;
    if (!policy.pools.contains(to))
        return notFound("pool", to);
    const bool isThere = std::all_of(
        route.targets.begin(), route.targets.end(),
        [&](const RouteTarget& target) { return target.weight == 0 || target.pool == to; });
    if (isThere && route.targetOf(to) != nullptr)
        return notNow(fmt::format("route '{}' sends its requests to pool '{}' already", route.name,
                                  to));
    if (!route.hasFailedOver())
        route.home = {route.targets, route.fallbacks};
    route.targets = {{to, RouteTarget{}.weight}};
    std::erase(route.fallbacks, to);
    return {};
}

base::Status failBack(Route& route)
{
    if (!route.hasFailedOver())
        return notNow(fmt::format("route '{}' has not failed over: there is nothing to go back to",
                                  route.name));
    const RoutePlacement home = std::exchange(route.home, {});
    route.targets = home.targets;
    route.fallbacks = home.fallbacks;
    return {};
}

base::Status setWeights(const Policy& policy, const RouteEdit& edit, Route& route)
{
    if (edit.targets.empty())
        return invalid("no weight is given: name at least one pool and its weight");
    std::set<std::string> named;
    for (const RouteTarget& wanted : edit.targets) {
        if (!policy.pools.contains(wanted.pool))
            return notFound("pool", wanted.pool);
        if (!named.insert(wanted.pool).second)
            return invalid(fmt::format("pool '{}' is given two weights", wanted.pool));
        if (isFallback(route, wanted.pool))
            return notNow(fmt::format("pool '{}' is a fallback of route '{}' and has no weight: "
                                      "fail the route over to it instead",
                                      wanted.pool, route.name));
        const auto found = std::find_if(
            route.targets.begin(), route.targets.end(),
            [&](const RouteTarget& target) { return target.pool == wanted.pool; });
        if (found == route.targets.end())
            route.targets.push_back(wanted);
        else
            found->weight = wanted.weight;
    }
    const bool isAnyLeft
        = std::any_of(route.targets.begin(), route.targets.end(),
                      [](const RouteTarget& target) { return target.weight > 0; });
    if (!isAnyLeft)
        return invalid(fmt::format("route '{}' would send its requests nowhere: at least one pool "
                                   "needs a weight above 0",
                                   route.name));
    return {};
}

base::Status change(const Policy& policy, const RouteEdit& edit, Route& route)
{
    if (edit.restore) {
        route.targets = edit.restore->placement.targets;
        route.fallbacks = edit.restore->placement.fallbacks;
        route.home = edit.restore->home;
        return {};
    }
    switch (edit.verb) {
    case Verb::Failover: return failOver(policy, edit, route);
    case Verb::Failback: return failBack(route);
    case Verb::SetWeights: return setWeights(policy, edit, route);
    default: return invalid(fmt::format("'{}' is no verb of a route", nameOf(edit.verb)));
    }
}

Verb wordForTheWayBack(Verb verb)
{
    switch (verb) {
    case Verb::Failover: return Verb::Failback;
    case Verb::Failback: return Verb::Failover;
    default: return Verb::SetWeights;
    }
}

} // namespace

std::string placementText(const RoutePlacement& placement)
{
    std::vector<std::string> words;
    for (const RouteTarget& target : placement.targets) {
        if (target.weight > 0)
            words.push_back(fmt::format("{} {}", target.pool, target.weight));
    }
    std::string text = fmt::format("{}", fmt::join(words, ", "));
    for (const std::string& pool : placement.fallbacks)
        text += ", then " + pool;
    return text;
}

base::Result<Policy> applyRouteEdit(const Policy& policy, const RouteEdit& edit,
                                    std::string_view cause)
{
    Policy after = policy;
    const auto route = after.routes.find(edit.route);
    if (route == after.routes.end())
        return notFound("route", edit.route);
    SB_CHECK(change(policy, edit, route->second));
    SB_CHECK(changeAdmin(edit.members, cause, after));
    return after;
}

RouteEdit inverseOfRouteEdit(const Policy& policy, const RouteEdit& edit)
{
    RouteEdit back;
    back.verb = wordForTheWayBack(edit.verb);
    back.route = edit.route;
    back.members = adminBefore(policy, edit.members);
    const auto found = policy.routes.find(edit.route);
    if (found == policy.routes.end())
        return back;
    const Route& route = found->second;
    if (back.verb == Verb::Failover && !route.targets.empty())
        back.toPool = route.targets.front().pool;
    if (back.verb == Verb::SetWeights)
        back.targets = route.targets;
    back.restore = RouteRestore{{route.targets, route.fallbacks}, route.home};
    return back;
}

} // namespace signalbox::model
