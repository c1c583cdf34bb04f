// SPDX-License-Identifier: Apache-2.0
#include "shared/wire/policy_wire.h"

#include "proto/signalbox/v1/command_service.pb.h"
#include "shared/base/limits.h"
#include "shared/wire/bounds.h"
#include "shared/wire/enum_wire.h"
#include "shared/wire/wire.h"

namespace signalbox::wire {

namespace detail {

namespace {

void scaleToWire(const model::PoolScale& from, v1::PoolScale& to)
{
    to.set_kind(toWire(from.kind));
    to.set_on(from.on);
    to.set_desired(from.desired);
    to.set_least(from.least);
    to.set_most(from.most);
    to.set_others(from.others);
    for (const std::string& word : from.engine)
        to.add_engine(word);
    for (const std::string& word : from.agent)
        to.add_agent(word);
    to.set_start_timeout_ms(from.startTimeoutMs);
    to.set_drain_deadline_ms(from.drainDeadlineMs);
    to.set_log_bytes(from.logBytes);
}

base::Result<model::PoolScale> scaleFromWire(const v1::PoolScale& from)
{
    SB_CHECK(checkSize(from.engine(), limits::kTemplateWords, "engine command of a pool"));
    SB_CHECK(checkSize(from.agent(), limits::kTemplateWords, "agent command of a pool"));
    model::PoolScale to;
    SB_TRY(to.kind, fromWire(from.kind()));
    to.on = from.on();
    to.desired = from.desired();
    to.least = from.least();
    to.most = from.most();
    to.others = from.others();
    to.engine.assign(from.engine().begin(), from.engine().end());
    to.agent.assign(from.agent().begin(), from.agent().end());
    to.startTimeoutMs = from.start_timeout_ms();
    to.drainDeadlineMs = from.drain_deadline_ms();
    to.logBytes = from.log_bytes();
    return to;
}

} // namespace

void objectToWire(const model::ApiKey& from, v1::ApiKey& to)
{
    to.set_id(from.id);
    to.set_tenant(from.tenant);
    to.set_secret_sha256(from.secretSha256);
    for (const std::string& model : from.models)
        to.add_models(model);
}

void objectToWire(const model::Pool& from, v1::Pool& to)
{
    to.set_name(from.name);
    to.set_model(from.model);
    to.set_ready_floor(from.readyFloor);
    for (const model::StaticMember& member : from.members) {
        v1::StaticMember& added = *to.add_members();
        added.set_url(member.url);
        added.set_profile(member.profile);
    }
    if (from.scale)
        scaleToWire(*from.scale, *to.mutable_scale());
}

void targetToWire(const model::RouteTarget& from, v1::RouteTarget& to)
{
    to.set_pool(from.pool);
    to.set_weight(from.weight);
}

void placementToWire(const model::RoutePlacement& from, v1::RoutePlacement& to)
{
    for (const model::RouteTarget& target : from.targets)
        targetToWire(target, *to.add_targets());
    for (const std::string& pool : from.fallbacks)
        to.add_fallbacks(pool);
}

base::Result<model::RoutePlacement> placementFromWire(const v1::RoutePlacement& from)
{
    SB_CHECK(checkSize(from.targets(), limits::kListItems, "targets of a route"));
    SB_CHECK(checkSize(from.fallbacks(), limits::kListItems, "fallbacks of a route"));
    model::RoutePlacement to;
    for (const v1::RouteTarget& target : from.targets())
        to.targets.push_back({target.pool(), target.weight()});
    to.fallbacks.assign(from.fallbacks().begin(), from.fallbacks().end());
    return to;
}

void objectToWire(const model::Route& from, v1::Route& to)
{
    to.set_name(from.name);
    to.set_model(from.model);
    for (const std::string& alias : from.aliases)
        to.add_aliases(alias);
    for (const model::RouteTarget& target : from.targets)
        targetToWire(target, *to.add_targets());
    for (const std::string& pool : from.fallbacks)
        to.add_fallbacks(pool);
    for (const std::string& pool : from.largerContext)
        to.add_larger_context(pool);
    if (from.hasFailedOver())
        placementToWire(from.home, *to.mutable_home());
}

void objectToWire(const model::AdminIntent& from, v1::AdminIntent& to)
{
    to.set_agent(from.agent);
    to.set_admin(toWire(from.admin));
    to.set_deadline_unix_ms(from.deadlineUnixMs);
    to.set_cause(from.cause);
}

base::Status addObject(const v1::ApiKey& from, model::Policy& policy)
{
    SB_CHECK(checkSize(from.models(), limits::kListItems, "models of a key"));
    model::ApiKey to;
    to.id = from.id();
    to.tenant = from.tenant();
    to.secretSha256 = from.secret_sha256();
    to.models.assign(from.models().begin(), from.models().end());
    policy.keys[to.id] = std::move(to);
    return {};
}

base::Status addObject(const v1::Pool& from, model::Policy& policy)
{
    SB_CHECK(checkSize(from.members(), limits::kListItems, "members of a pool"));
    model::Pool to;
    to.name = from.name();
    to.model = from.model();
    to.readyFloor = from.ready_floor();
    for (const v1::StaticMember& member : from.members())
        to.members.push_back({member.url(), member.profile()});
    if (from.has_scale()) {
        SB_TRY(to.scale, scaleFromWire(from.scale()));
    }
    policy.pools[to.name] = std::move(to);
    return {};
}

base::Status addObject(const v1::Route& from, model::Policy& policy)
{
    SB_CHECK(checkSize(from.aliases(), limits::kListItems, "aliases of a route"));
    SB_CHECK(checkSize(from.targets(), limits::kListItems, "targets of a route"));
    SB_CHECK(checkSize(from.fallbacks(), limits::kListItems, "fallbacks of a route"));
    model::Route to;
    to.name = from.name();
    to.model = from.model();
    to.aliases.assign(from.aliases().begin(), from.aliases().end());
    for (const v1::RouteTarget& target : from.targets())
        to.targets.push_back({target.pool(), target.weight()});
    to.fallbacks.assign(from.fallbacks().begin(), from.fallbacks().end());
    SB_CHECK(checkSize(from.larger_context(), limits::kListItems, "larger contexts of a route"));
    to.largerContext.assign(from.larger_context().begin(), from.larger_context().end());
    SB_TRY(to.home, placementFromWire(from.home()));
    policy.routes[to.name] = std::move(to);
    return {};
}

base::Status addObject(const v1::AdminIntent& from, model::Policy& policy)
{
    model::AdminIntent to;
    to.agent = from.agent();
    SB_TRY(to.admin, fromWire(from.admin()));
    to.deadlineUnixMs = from.deadline_unix_ms();
    to.cause = from.cause();
    policy.admin[to.agent] = std::move(to);
    return {};
}

base::Status addObject(const v1::Access& from, model::Policy& policy)
{
    SB_TRY(policy.access.mode, fromWire(from.mode()));
    return {};
}

} // namespace detail

void toWire(const model::Policy& from, v1::Policy& to)
{
    to.set_revision(from.revision);
    to.mutable_access()->set_mode(detail::toWire(from.access.mode));
    for (const auto& [id, key] : from.keys)
        detail::objectToWire(key, *to.add_keys());
    for (const auto& [name, pool] : from.pools)
        detail::objectToWire(pool, *to.add_pools());
    for (const auto& [name, route] : from.routes)
        detail::objectToWire(route, *to.add_routes());
    for (const auto& [agent, intent] : from.admin)
        detail::objectToWire(intent, *to.add_admin());
}

base::Result<model::Policy> fromWire(const v1::Policy& from)
{
    SB_CHECK(checkBounds(from));
    model::Policy to;
    to.revision = from.revision();
    SB_CHECK(detail::addObject(from.access(), to));
    for (const v1::ApiKey& key : from.keys())
        SB_CHECK(detail::addObject(key, to));
    for (const v1::Pool& pool : from.pools())
        SB_CHECK(detail::addObject(pool, to));
    for (const v1::Route& route : from.routes())
        SB_CHECK(detail::addObject(route, to));
    for (const v1::AdminIntent& intent : from.admin())
        SB_CHECK(detail::addObject(intent, to));
    return to;
}

void toWire(const model::PolicyAnswer& from, v1::GetPolicyResponse& to)
{
    toWire(from.policy, *to.mutable_policy());
    to.set_store_away_since_unix_ms(from.storeAwaySinceUnixMs);
}

base::Result<model::PolicyAnswer> fromWire(const v1::GetPolicyResponse& from)
{
    SB_CHECK(checkBounds(from));
    model::PolicyAnswer to;
    SB_TRY(to.policy, fromWire(from.policy()));
    to.storeAwaySinceUnixMs = from.store_away_since_unix_ms();
    return to;
}

} // namespace signalbox::wire
