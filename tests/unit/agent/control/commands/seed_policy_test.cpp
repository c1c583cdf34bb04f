// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/seed_policy.h"
#include "shared/base/limits.h"
#include "tests/unit/agent/control/control_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace signalbox::control {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Outcome = PolicySeeder::Outcome;

model::Policy smallPolicy(std::uint32_t floor = 1)
{
    model::Policy policy;
    policy.access.mode = model::AccessMode::Open;
    policy.pools["chat"] = model::Pool{"chat", "", {}, floor};
    policy.routes["tiny"] = model::Route{"tiny", "tiny", {}, {{"chat", 100}}, {}};
    return policy;
}

// One agent with a seed. Lives on: the test's thread.
struct Starter {
    Starter(ControlWorld& world, std::string agent, model::Policy policy)
        : store(world.executor, world.store.world()), ledger(store, world.clock, world.keys),
          seeder(ledger, world.executor, std::move(agent), std::move(policy))
    {
    }
    void start()
    {
        seeder.start([this](base::Result<Outcome> result) { outcome = std::move(result); });
    }
    tests::MemoryStore store;
    Ledger ledger;
    PolicySeeder seeder;
    std::optional<base::Result<Outcome>> outcome;
};

TEST(PolicySeeder, AnEmptyFleetGetsItsFirstPolicyWithARecord)
{
    ControlWorld world;
    Starter starter(world, "gw-1", smallPolicy());

    starter.start();
    world.executor.advance(1s);

    ASSERT_TRUE(starter.outcome.has_value());
    EXPECT_EQ(**starter.outcome, Outcome::Seeded);
    Told told;
    FleetWatch watch(world.store, world.executor, world.clock, world.keys, told.handlers());
    watch.start({});
    world.executor.advance(1s);
    EXPECT_EQ(watch.picture()->policy.pools.at("chat").readyFloor, 1U);
    EXPECT_EQ(watch.picture()->policy.access.mode, model::AccessMode::Open);
    const auto record = wire::auditFromJson(world.stored(world.keys.audit(1)));
    EXPECT_EQ(record->operatorName, "seed");
    EXPECT_EQ(record->cause, "first start");
    EXPECT_GT(record->diff.size(), 3U);
    EXPECT_EQ(world.store.world()->get(world.keys.audit(1))->modRevision,
              watch.picture()->policy.revision);
}

TEST(PolicySeeder, OfTwoAgentsOneSeedsAndBothAreContent)
{
    ControlWorld world;
    Starter first(world, "gw-1", smallPolicy(1));
    Starter second(world, "gw-2", smallPolicy(2));

    first.start();
    second.start();
    world.executor.advance(5s);

    EXPECT_EQ(**first.outcome, Outcome::Seeded);
    EXPECT_EQ(**second.outcome, Outcome::AlreadyThere);
    EXPECT_EQ(world.stored(world.keys.audit(2)), "");
    EXPECT_THAT(world.stored(world.keys.policy(model::PolicyKind::Pool, "chat")),
                HasSubstr("\"readyFloor\":1"));
}

TEST(PolicySeeder, NeverWritesOverAPolicyEvenOneWithoutAHead)
{
    ControlWorld world;
    world.put(world.keys.policy(model::PolicyKind::Pool, "mine"),
              wire::toJson(model::Pool{"mine", "", {}, 0}));
    Starter starter(world, "gw-1", smallPolicy());

    starter.start();
    world.executor.advance(1s);

    EXPECT_EQ(**starter.outcome, Outcome::AlreadyThere);
    EXPECT_EQ(world.stored(world.keys.policyHead()), "");
}

TEST(PolicySeeder, WaitsForAStoreThatIsAwayAndSurvivesALostAnswer)
{
    ControlWorld world;
    Starter starter(world, "gw-1", smallPolicy());
    starter.store.goAway();

    starter.start();
    world.executor.advance(1h);
    EXPECT_FALSE(starter.outcome.has_value());
    starter.store.comeBack();
    starter.start();
    world.executor.runOne();
    starter.store.faults().losesAnswers = true;
    world.executor.runOne();
    starter.store.faults().losesAnswers = false;
    world.executor.advance(10s);

    ASSERT_TRUE(starter.outcome.has_value());
    EXPECT_EQ(**starter.outcome, Outcome::Seeded);
    EXPECT_EQ(world.stored(world.keys.audit(2)), "");
}

TEST(PolicySeeder, WhatDoesNotFitOneTransactionIsSaid)
{
    ControlWorld world;
    model::Policy large = smallPolicy();
    for (std::size_t i = 0; i < limits::kStoreTxnOperations; ++i) {
        const std::string name = "pool-" + std::to_string(i);
        large.pools[name] = model::Pool{name, "", {}, 0};
    }
    Starter starter(world, "gw-1", large);

    starter.start();
    world.executor.advance(1s);

    ASSERT_TRUE(starter.outcome.has_value());
    EXPECT_EQ(starter.outcome->error().code(), base::Code::ResourceExhausted);
    EXPECT_THAT(starter.outcome->error().text(), HasSubstr("do not fit one transaction"));
}

} // namespace
} // namespace signalbox::control
