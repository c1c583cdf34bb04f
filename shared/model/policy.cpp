// SPDX-License-Identifier: Apache-2.0
#include "shared/model/policy.h"

#include "shared/base/limits.h"
#include "shared/base/names.h"
#include "shared/model/scale_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace signalbox::model {

namespace {

constexpr std::size_t kSha256HexLength = 64;
constexpr std::uint32_t kWeightMax = 1'000'000;

class Problems {
public:
    template <typename... Arguments>
    void add(PolicyKind kind, std::string_view name, fmt::format_string<Arguments...> text,
             Arguments&&... arguments)
    {
        found_.push_back(fmt::format("{} {}: {}", nameOf(kind), name,
                                     fmt::format(text, std::forward<Arguments>(arguments)...)));
    }
    std::vector<std::string> take() { return std::move(found_); }

private:
    std::vector<std::string> found_;
};

void checkName(PolicyKind kind, const std::string& key, const std::string& inside,
               Problems& problems)
{
    if (!base::isValidName(key))
        problems.add(kind, key, "a name is [a-z0-9][a-z0-9._-]*, at most 63 bytes");
    if (key != inside)
        problems.add(kind, key, "the object calls itself '{}', its key says '{}'", inside, key);
}

void checkKeys(const Policy& policy, Problems& problems)
{
    for (const auto& [id, key] : policy.keys) {
        checkName(PolicyKind::Key, id, key.id, problems);
        const bool isHex = key.secretSha256.size() == kSha256HexLength
            && key.secretSha256.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!isHex)
            problems.add(PolicyKind::Key, id, "secret_sha256 must be 64 lower-case hex digits");
        if (!base::isValidName(key.tenant))
            problems.add(PolicyKind::Key, id, "tenant '{}' is not a valid name", key.tenant);
    }
}

void checkPools(const Policy& policy, Problems& problems)
{
    for (const auto& [name, pool] : policy.pools) {
        checkName(PolicyKind::Pool, name, pool.name, problems);
        if (!pool.model.empty() && !base::isValidModelName(pool.model))
            problems.add(PolicyKind::Pool, name, "model must be printable ASCII without spaces");
        for (const StaticMember& member : pool.members) {
            if (!member.url.starts_with("http://"))
                problems.add(PolicyKind::Pool, name, "member '{}' must be http://host:port",
                             member.url);
        }
        if (!pool.scale)
            continue;
        for (const std::string& problem : problemsOf(*pool.scale, name))
            problems.add(PolicyKind::Pool, name, "{}", problem);
    }
}

// What all pools together may ask of one machine.
void checkMachines(const Policy& policy, Problems& problems)
{
    std::map<std::string, std::uint64_t> pairs; // by supervising agent
    for (const auto& [name, pool] : policy.pools) {
        if (!pool.scale || pool.scale->most <= pool.scale->others)
            continue;
        std::uint64_t& sum = pairs[pool.scale->on];
        sum += pool.scale->most - pool.scale->others;
        if (sum > limits::kScaledPairs)
            problems.add(PolicyKind::Pool, name,
                         "with the pools before it, scale.max asks '{}' for {} instances; the most "
                         "on one machine is {}",
                         pool.scale->on, sum, limits::kScaledPairs);
    }
}

// Pools that exist, each of them once.
void checkPlacement(const Policy& policy, const std::string& route,
                    const RoutePlacement& placement, Problems& problems)
{
    const auto checkPool = [&](const std::string& pool) {
        if (!policy.pools.contains(pool))
            problems.add(PolicyKind::Route, route, "names pool '{}', which does not exist", pool);
    };
    std::set<std::string> named;
    for (const RouteTarget& target : placement.targets) {
        checkPool(target.pool);
        if (target.weight > kWeightMax)
            problems.add(PolicyKind::Route, route, "weight of '{}' is above {}", target.pool,
                         kWeightMax);
        if (!named.insert(target.pool).second)
            problems.add(PolicyKind::Route, route, "names pool '{}' twice", target.pool);
    }
    for (const std::string& pool : placement.fallbacks) {
        checkPool(pool);
        if (!named.insert(pool).second)
            problems.add(PolicyKind::Route, route, "names pool '{}' twice", pool);
    }
}

void checkLargerContext(const Policy& policy, const Route& route, Problems& problems)
{
    std::set<std::string> named;
    for (const std::string& pool : route.largerContext) {
        if (!policy.pools.contains(pool))
            problems.add(PolicyKind::Route, route.name,
                         "names pool '{}' for larger contexts, which does not exist", pool);
        if (!named.insert(pool).second)
            problems.add(PolicyKind::Route, route.name,
                         "names pool '{}' twice for larger contexts", pool);
    }
}

void checkRoute(const Policy& policy, const Route& route, Problems& problems)
{
    checkLargerContext(policy, route, problems);
    if (route.targets.empty())
        problems.add(PolicyKind::Route, route.name, "has no target pool");
    checkPlacement(policy, route.name, {route.targets, route.fallbacks}, problems);
    if (route.home.targets.empty() && !route.home.fallbacks.empty())
        problems.add(PolicyKind::Route, route.name, "has failed over from no pool");
    checkPlacement(policy, route.name, route.home, problems);
}

void checkRoutes(const Policy& policy, Problems& problems)
{
    std::map<std::string, std::string> ownerOfModel;
    for (const auto& [name, route] : policy.routes) {
        checkName(PolicyKind::Route, name, route.name, problems);
        checkRoute(policy, route, problems);
        std::vector<std::string> models = route.aliases;
        models.insert(models.begin(), route.model);
        for (const std::string& model : models) {
            if (!base::isValidModelName(model))
                problems.add(PolicyKind::Route, name,
                             "model '{}' must be printable ASCII without spaces", model);
            const auto [owner, isNew] = ownerOfModel.emplace(model, name);
            if (!isNew)
                problems.add(PolicyKind::Route, name, "model '{}' already belongs to route '{}'",
                             model, owner->second);
        }
    }
}

} // namespace

std::string_view nameOf(PolicyKind kind)
{
    switch (kind) {
    case PolicyKind::Access: return "access";
    case PolicyKind::Key: return "key";
    case PolicyKind::Pool: return "pool";
    case PolicyKind::Route: return "route";
    case PolicyKind::Admin: return "admin";
    }
    return "unknown";
}

std::string Pool::profileAt(const std::string& url) const
{
    for (const StaticMember& member : members) {
        if (member.url == url)
            return member.profile;
    }
    return {};
}

const RouteTarget* Route::targetOf(const std::string& pool) const
{
    const auto found = std::find_if(targets.begin(), targets.end(),
                                    [&](const RouteTarget& target) { return target.pool == pool; });
    return found == targets.end() ? nullptr : &*found;
}

std::string_view nameOf(ScalerKind kind)
{
    switch (kind) {
    case ScalerKind::Process: return "process";
    }
    return "unknown";
}

Admin Policy::adminOf(const std::string& agent) const
{
    const auto found = admin.find(agent);
    return found == admin.end() ? Admin::Run : found->second.admin;
}

bool Policy::isFailoverTarget(const std::string& pool) const
{
    return std::any_of(routes.begin(), routes.end(), [&](const auto& entry) {
        const RouteTarget* target = entry.second.targetOf(pool);
        return entry.second.hasFailedOver() && target != nullptr && target->weight > 0;
    });
}

bool Policy::takesNewWork(const std::string& agent, const std::string& pool) const
{
    const Admin state = adminOf(agent);
    return state == Admin::Standby ? isFailoverTarget(pool) : model::takesNewWork(state);
}

std::vector<std::string> validate(const Policy& policy)
{
    Problems problems;
    checkKeys(policy, problems);
    checkPools(policy, problems);
    checkMachines(policy, problems);
    checkRoutes(policy, problems);
    for (const auto& [agent, intent] : policy.admin)
        checkName(PolicyKind::Admin, agent, intent.agent, problems);
    return problems.take();
}

} // namespace signalbox::model
