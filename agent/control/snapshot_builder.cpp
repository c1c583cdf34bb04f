// SPDX-License-Identifier: Apache-2.0
#include "agent/control/snapshot_builder.h"

#include <fmt/format.h>

#include <set>

namespace signalbox::control {

namespace {

using model::AgentRecord;
using upstream::Member;

constexpr std::string_view kHttpScheme = "http://";

std::string addressOf(const std::string& url)
{
    return url.starts_with(kHttpScheme) ? url.substr(kHttpScheme.size()) : url;
}

class Builder {
public:
    Builder(const SnapshotInputs& inputs, upstream::MemberRegistry& registry)
        : inputs_(inputs), policy_(*inputs.policy), registry_(registry)
    {
    }

    proxy::ProxySnapshotPtr build()
    {
        auto snapshot = std::make_shared<proxy::ProxySnapshot>();
        snapshot->revision = policy_.revision;
        snapshot->agentId = inputs_.selfId;
        snapshot->zone = inputs_.zone;
        snapshot->access = policy_.access.mode;
        snapshot->keys = std::make_shared<admission::ApiKeyTable>(policy_.keys);
        // A standby is kept from work by those who route, not by refusing it: it must be ready for
        // the first request of a failover that it has not heard of yet.
        const model::Admin self = policy_.adminOf(inputs_.selfId);
        snapshot->takesNewWork
            = model::takesNewWork(self) || self == model::Admin::Standby;
        snapshot->settings = inputs_.settings;
        addPools(*snapshot);
        addRoutes(*snapshot);
        if (inputs_.engine)
            snapshot->localEngine = engineMember("", "");
        snapshot->modelsBody = modelsBody();
        return snapshot;
    }

private:
    void addPools(proxy::ProxySnapshot& snapshot)
    {
        for (const auto& [name, pool] : policy_.pools) {
            proxy::PoolPlan plan;
            plan.name = name;
            plan.budget = registry_.budget(name);
            for (const auto& [id, record] : *inputs_.agents) {
                if (record.pool == name && policy_.takesNewWork(id, name))
                    plan.members.push_back(agentMember(pool, record));
            }
            for (const model::StaticMember& member : pool.members)
                plan.members.push_back(staticMember(pool, member));
            poolIndex_[name] = snapshot.pools.size();
            snapshot.pools.push_back(std::move(plan));
        }
    }

    Member agentMember(const model::Pool& pool, const AgentRecord& record)
    {
        // Called directly, this agent asks its own engine, not itself over a socket.
        if (record.id.str() == inputs_.selfId && inputs_.engine)
            return engineMember(pool.name, pool.model);
        Member member;
        member.id = record.id.str();
        member.address = record.addresses.serve;
        member.model = pool.model;
        member.zone = record.zone;
        member.kind = upstream::MemberKind::Agent;
        member.idleMax = std::chrono::seconds(60); // below the agents' own keep-alive of 75 s
        member.traits = inputs_.factsOf(record.engine.profile).traits;
        member.cell = registry_.cell({pool.name, member.address, pool.model});
        member.cell->presume(model::mayServe(record.health.state));
        return member;
    }

    Member staticMember(const model::Pool& pool, const model::StaticMember& described)
    {
        return engineAt(addressOf(described.url), described.profile, pool.name, pool.model);
    }

    Member engineMember(const std::string& pool, const std::string& model)
    {
        return engineAt(inputs_.engine->address, inputs_.engine->profile, pool, model);
    }

    Member engineAt(const std::string& address, const std::string& profile,
                    const std::string& pool, const std::string& model)
    {
        const ConnectionFacts facts = inputs_.factsOf(profile);
        Member member;
        member.id = address;
        member.address = address;
        member.model = model;
        member.kind = upstream::MemberKind::Engine;
        member.idleMax = facts.idleMax;
        member.requestsPerConnectionMax = facts.requestsPerConnectionMax;
        member.traits = facts.traits;
        member.cell = registry_.cell({pool, address, model});
        return member;
    }

    void addRoutes(proxy::ProxySnapshot& snapshot)
    {
        for (const auto& [name, route] : policy_.routes) {
            proxy::RoutePlan plan;
            plan.name = name;
            plan.model = route.model;
            for (const model::RouteTarget& target : route.targets) {
                plan.targets.push_back({poolIndex_.at(target.pool), target.weight});
                plan.weightTotal += target.weight;
            }
            for (const std::string& pool : route.fallbacks)
                plan.fallbacks.push_back(poolIndex_.at(pool));
            for (const std::string& pool : route.largerContext)
                plan.largerContext.push_back(poolIndex_.at(pool));
            addEngineRules(snapshot, plan);
            snapshot.routeByModel.emplace(route.model, snapshot.routes.size());
            for (const std::string& alias : route.aliases)
                snapshot.routeByModel.emplace(alias, snapshot.routes.size());
            snapshot.routes.push_back(std::move(plan));
        }
    }

    // A route serves what any engine in its pools serves; what one of them must not be sent, the
    // route does not take.
    static void addEngineRules(const proxy::ProxySnapshot& snapshot, proxy::RoutePlan& plan)
    {
        std::uint32_t apis = 0;
        std::set<const upstream::EngineTraits*> seen;
        const auto add = [&](const proxy::PoolPlan& pool) {
            for (const Member& member : pool.members) {
                apis |= member.traits == nullptr ? ~std::uint32_t{0} : member.traits->apis;
                if (member.traits != nullptr)
                    seen.insert(member.traits.get());
            }
        };
        for (const proxy::WeightedPool& target : plan.targets)
            add(snapshot.pools[target.pool]);
        for (const std::size_t pool : plan.fallbacks)
            add(snapshot.pools[pool]);
        std::set<std::string> denied;
        for (const upstream::EngineTraits* traits : seen)
            denied.insert(traits->deniedFields.begin(), traits->deniedFields.end());
        plan.deniedFields.assign(denied.begin(), denied.end());
        if (apis != 0) // without a member nothing is known, and "no endpoint" says so better
            plan.apis = apis;
    }

    static std::string quoted(const std::string& text)
    {
        // Names are printable ASCII (model::validate), so these two are all there is to escape.
        std::string out = "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\')
                out.push_back('\\');
            out.push_back(c);
        }
        return out + "\"";
    }

    std::string modelsBody() const
    {
        std::string data;
        const auto add = [&](const std::string& model) {
            data.append(data.empty() ? "" : ",")
                .append(fmt::format(
                    R"({{"id":{},"object":"model","created":{},"owned_by":"signalbox"}})",
                    quoted(model), inputs_.startedUnixSeconds));
        };
        for (const auto& [name, route] : policy_.routes) {
            add(route.model);
            for (const std::string& alias : route.aliases)
                add(alias);
        }
        return fmt::format(R"({{"object":"list","data":[{}]}})", data);
    }

    const SnapshotInputs& inputs_;
    const model::Policy& policy_;
    upstream::MemberRegistry& registry_;
    std::map<std::string, std::size_t> poolIndex_;
};

} // namespace

proxy::ProxySnapshotPtr buildSnapshot(const SnapshotInputs& inputs,
                                      upstream::MemberRegistry& registry)
{
    return Builder(inputs, registry).build();
}

} // namespace signalbox::control
