// SPDX-License-Identifier: Apache-2.0
#include "agent/control/snapshot_builder.h"
#include "shared/model/policy_edit.h"

#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

model::Policy chatPolicy()
{
    model::Policy policy;
    policy.revision = 419;
    policy.access.mode = model::AccessMode::Open;
    policy.pools["chat"] = model::Pool{"chat", "sim-8b", {}, 1};
    policy.pools["spare"] = model::Pool{"spare", "", {{"http://127.0.0.1:9000", "vllm"}}, 0};
    policy.routes["chat"]
        = model::Route{"chat", "tiny", {"tiny-latest", "od\"d"}, {{"chat", 100}}, {"spare"}};
    return policy;
}

model::AgentRecord instance(const std::string& id, const std::string& serve)
{
    model::AgentRecord record;
    record.id = base::AgentId(id);
    record.kind = model::AgentKind::Instance;
    record.pool = "chat";
    record.addresses.serve = serve;
    record.health.state = model::Health::Ready;
    return record;
}

struct World {
    model::Policy policy = chatPolicy();
    std::map<std::string, model::AgentRecord> agents{
        {"gpu-1", instance("gpu-1", "127.0.0.1:7001")},
        {"gpu-2", instance("gpu-2", "127.0.0.1:7002")},
    };
    upstream::MemberRegistry registry;
    std::map<std::string, std::shared_ptr<const upstream::EngineTraits>> traits;

    proxy::ProxySnapshotPtr build(const std::string& self = "gateway",
                                  std::optional<LocalEngine> engine = std::nullopt)
    {
        SnapshotInputs inputs;
        inputs.policy = &policy;
        inputs.agents = &agents;
        inputs.selfId = self;
        inputs.engine = std::move(engine);
        inputs.factsOf = [this](const std::string& profile) {
            const auto known = traits.find(profile);
            return ConnectionFacts{std::chrono::milliseconds(profile == "vllm" ? 4'500 : 1'000), 99,
                                   known == traits.end() ? nullptr : known->second};
        };
        return buildSnapshot(inputs, registry);
    }
};

TEST(SnapshotBuilder, AGatewaySeesTheAgentsOfAPoolAndItsStaticMembers)
{
    World world;

    const auto snapshot = world.build();

    const proxy::RoutePlan* route = snapshot->findRoute("tiny-latest");
    ASSERT_NE(route, nullptr);
    EXPECT_EQ(route, snapshot->findRoute("tiny"));
    EXPECT_EQ(snapshot->findRoute("huge"), nullptr);
    const proxy::PoolPlan& chat = snapshot->pools[route->targets[0].pool];
    ASSERT_EQ(chat.members.size(), 2U);
    EXPECT_EQ(chat.members[0].id, "gpu-1");
    EXPECT_EQ(chat.members[0].model, "sim-8b");
    const proxy::PoolPlan& spare = snapshot->pools[route->fallbacks[0]];
    EXPECT_EQ(spare.members[0].address, "127.0.0.1:9000");
    EXPECT_EQ(spare.members[0].idleMax, std::chrono::milliseconds(4'500));
    EXPECT_FALSE(snapshot->localEngine.has_value());
}

TEST(SnapshotBuilder, ARouteServesWhatItsEnginesOpenAndTakesNothingThatOneOfThemDenies)
{
    World world;
    auto vllm = std::make_shared<upstream::EngineTraits>();
    vllm->apis = 0b001;
    vllm->deniedFields = {"kv_transfer_params"};
    auto sglang = std::make_shared<upstream::EngineTraits>();
    sglang->apis = 0b101;
    sglang->deniedFields = {"bootstrap_host"};
    world.traits = {{"vllm", vllm}, {"sglang", sglang}};
    for (auto& [id, record] : world.agents)
        record.engine.profile = "sglang";

    const auto snapshot = world.build();

    const proxy::RoutePlan& route = *snapshot->findRoute("tiny");
    EXPECT_EQ(route.apis, 0b101U);
    EXPECT_EQ(route.deniedFields,
              (std::vector<std::string>{"bootstrap_host", "kv_transfer_params"}))
        << "of the pool and of its fallback";
    EXPECT_EQ(snapshot->pools[route.targets[0].pool].members[0].traits, sglang);

    world.agents["gpu-1"].engine.profile = "unheard-of";
    EXPECT_EQ(world.build()->findRoute("tiny")->apis, ~std::uint32_t{0})
        << "an engine of which nothing is known is asked";
}

TEST(SnapshotBuilder, ADrainedAgentIsLeftOutAndStopsTakingWorkItself)
{
    World world;
    world.policy.admin["gpu-1"] = model::AdminIntent{"gpu-1", model::Admin::Drain, 0, "test"};

    const auto gateway = world.build();
    const auto drained = world.build("gpu-1", LocalEngine{"127.0.0.1:6001", "vllm"});

    ASSERT_EQ(gateway->pools[0].members.size(), 1U);
    EXPECT_EQ(gateway->pools[0].members[0].id, "gpu-2");
    EXPECT_TRUE(gateway->takesNewWork);
    EXPECT_FALSE(drained->takesNewWork);
}

TEST(SnapshotBuilder, AStandbyServesOnlyWhileARouteHasFailedOverToIt)
{
    World world;
    world.agents.at("gpu-2").pool = "spare";
    world.policy.admin["gpu-2"] = model::AdminIntent{"gpu-2", model::Admin::Standby, 0, "spare"};
    const auto idsOf = [&](const proxy::ProxySnapshotPtr& snapshot, std::size_t pool) {
        std::vector<std::string> ids;
        for (const upstream::Member& member : snapshot->pools[pool].members)
            ids.push_back(member.id);
        return ids;
    };

    const auto waiting = world.build();
    world.policy = *model::applyEdit(world.policy,
                                     model::RouteEdit{model::Verb::Failover, "chat"}, "");
    const auto serving = world.build();
    const auto itself = world.build("gpu-2", LocalEngine{"127.0.0.1:6002", "vllm"});
    world.policy = *model::applyEdit(world.policy,
                                     model::RouteEdit{model::Verb::Failback, "chat"}, "");
    const auto back = world.build();

    const std::vector<std::string> onlyStatic{"127.0.0.1:9000"};
    EXPECT_EQ(idsOf(waiting, 1), onlyStatic) << "not even as a fallback";
    EXPECT_EQ(idsOf(serving, 1), (std::vector<std::string>{"gpu-2", "127.0.0.1:9000"}));
    ASSERT_EQ(serving->routes[0].targets.size(), 1U);
    EXPECT_EQ(serving->routes[0].targets[0].pool, 1U);
    EXPECT_TRUE(serving->routes[0].fallbacks.empty());
    EXPECT_TRUE(itself->takesNewWork);
    EXPECT_EQ(idsOf(back, 1), onlyStatic);
}

TEST(SnapshotBuilder, AStandbyRefusesNothingItself)
{
    World world;
    world.policy.admin["gpu-1"] = model::AdminIntent{"gpu-1", model::Admin::Standby, 0, "spare"};

    EXPECT_TRUE(world.build("gpu-1", LocalEngine{"127.0.0.1:6001", "vllm"})->takesNewWork)
        << "a gateway may know of the failover first";
}

TEST(SnapshotBuilder, AnInstanceAgentAsksItsOwnEngineDirectly)
{
    World world;

    const auto snapshot = world.build("gpu-1", LocalEngine{"127.0.0.1:6001", "vllm"});

    EXPECT_EQ(snapshot->localEngine->address, "127.0.0.1:6001");
    EXPECT_EQ(snapshot->pools[0].members[0].kind, upstream::MemberKind::Engine);
    EXPECT_EQ(snapshot->pools[0].members[0].address, "127.0.0.1:6001");
    EXPECT_EQ(snapshot->pools[0].members[1].kind, upstream::MemberKind::Agent);
}

TEST(SnapshotBuilder, WhatWasLearntAboutAMemberOutlivesARevision)
{
    World world;
    const auto before = world.build();
    before->pools[0].members[0].cell->suspect(5);

    world.policy.revision = 420;
    const auto after = world.build();

    EXPECT_EQ(after->revision, 420);
    EXPECT_EQ(after->pools[0].members[0].cell, before->pools[0].members[0].cell);
    EXPECT_TRUE(after->pools[0].members[0].cell->isSuspect());
}

TEST(SnapshotBuilder, AnAgentThatIsStillLoadingIsPresumedNotToTakeWork)
{
    World world;
    world.agents.at("gpu-2").health.state = model::Health::Loading;

    const auto snapshot = world.build();
    EXPECT_FALSE(snapshot->pools[0].members[1].cell->acceptsWork());

    snapshot->pools[0].members[1].cell->setReachability(upstream::Reachability::Up);
    EXPECT_TRUE(world.build()->pools[0].members[1].cell->acceptsWork())
        << "its own answer counts more than a registration";
}

TEST(SnapshotBuilder, ModelsAreListedWithAliasesAsValidJson)
{
    World world;

    EXPECT_EQ(world.build()->modelsBody,
              R"({"object":"list","data":[{"id":"tiny","object":"model","created":0,)"
              R"("owned_by":"signalbox"},{"id":"tiny-latest","object":"model","created":0,)"
              R"("owned_by":"signalbox"},{"id":"od\"d","object":"model","created":0,)"
              R"("owned_by":"signalbox"}]})");
}

} // namespace
} // namespace signalbox::control
