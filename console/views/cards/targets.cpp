// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/cards/targets.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <set>

namespace signalbox::views {

namespace {

std::string poolOf(const fleet::FleetStore& store, const ObjectRef& object)
{
    if (object.kind == ObjectKind::Pool)
        return object.id;
    const int slot = object.kind == ObjectKind::Agent ? store.slotOf(object.id) : -1;
    return slot < 0 ? std::string() : store.agent(slot).record().pool;
}

bool goesTo(const model::Route& route, const std::string& pool)
{
    return route.targetOf(pool) != nullptr;
}

} // namespace

std::string Targets::subject() const
{
    if (!pool.empty())
        return "pool/" + pool;
    std::string names;
    for (const std::string& agent : agents)
        names += (names.empty() ? "agent/" : ",") + agent;
    return names;
}

Targets targetsOf(const fleet::FleetStore& store, const std::vector<ObjectRef>& objects)
{
    Targets targets;
    std::set<std::string> agents;
    const bool isOnePool = objects.size() == 1 && objects.front().kind == ObjectKind::Pool;
    for (const ObjectRef& object : objects) {
        const fleet::Pool* pool
            = object.kind == ObjectKind::Pool ? store.pool(object.id) : nullptr;
        if (object.kind == ObjectKind::Agent)
            agents.insert(object.id);
        for (const int slot : pool ? pool->members : std::vector<int>{}) {
            if (!store.agent(slot).isGone())
                agents.insert(store.agent(slot).id);
        }
    }
    if (isOnePool)
        targets.pool = objects.front().id;
    targets.agents.assign(agents.begin(), agents.end());
    // A pool is sent by its name, however many it has; the agent says so where that is too many.
    if (targets.pool.empty() && targets.agents.size() > limits::kObjectsPerDraft) {
        targets.leftOut = targets.agents.size() - limits::kObjectsPerDraft;
        targets.agents.resize(limits::kObjectsPerDraft);
    }
    return targets;
}

std::vector<std::string> routesOf(const fleet::FleetStore& store,
                                  const std::vector<ObjectRef>& objects)
{
    std::set<std::string> names;
    const auto& routes = store.policy().policy.routes;
    for (const ObjectRef& object : objects) {
        if (object.kind == ObjectKind::Route && routes.contains(object.id))
            names.insert(object.id);
        const std::string pool = poolOf(store, object);
        for (const auto& [name, route] : routes) {
            if (!pool.empty() && goesTo(route, pool))
                names.insert(name);
        }
    }
    return {names.begin(), names.end()};
}

} // namespace signalbox::views
