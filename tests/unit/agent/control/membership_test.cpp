// SPDX-License-Identifier: Apache-2.0
#include "agent/control/membership.h"
#include "agent/control/fleet_watch.h"
#include "shared/wire/store_json.h"
#include "tests/support/manual_executor.h"
#include "tests/support/memory_store.h"

#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

using namespace std::chrono_literals;
using tests::ManualClock;
using tests::ManualExecutor;
using tests::MemoryStore;

model::AgentRecord record(const std::string& id, const std::string& boot)
{
    model::AgentRecord made;
    made.id = base::AgentId(id);
    made.bootId = boot;
    made.pool = "chat";
    made.health.state = model::Health::Ready;
    return made;
}

struct World {
    ManualClock clock;
    ManualExecutor executor{clock};
    MemoryStore store{executor};
    StoreKeys keys{"test"};

    std::string stored(const std::string& key)
    {
        std::string value;
        state::Range range;
        range.keys = state::KeyRange::one(key);
        store.range(std::move(range), 1s, [&](auto result) {
            if (result && !result->keys.empty())
                value = result->keys.front().value;
        });
        executor.runReady();
        return value;
    }
};

TEST(Membership, WritesItsRecordOnceAndThenOnChangeOnly)
{
    World world;
    Membership membership(world.store, world.executor, world.keys, record("gpu-1", "b1"));

    membership.start();
    world.executor.runReady();
    EXPECT_TRUE(membership.isRegistered()) << membership.problem();
    EXPECT_EQ(wire::agentFromJson(world.stored(world.keys.agent("gpu-1")))->bootId, "b1");

    membership.update(record("gpu-1", "b1"));
    world.executor.runReady();
    EXPECT_EQ(membership.writesTotal(), 1U);

    auto changed = record("gpu-1", "b1");
    changed.appliedRevision = 7;
    membership.update(changed);
    world.executor.runReady();
    EXPECT_EQ(membership.writesTotal(), 2U);
    EXPECT_EQ(wire::agentFromJson(world.stored(world.keys.agent("gpu-1")))->appliedRevision, 7);
}

TEST(Membership, NeverPushesOutALiveAgentOfTheSameName)
{
    World world;
    Membership first(world.store, world.executor, world.keys, record("gpu-1", "b1"));
    first.start();
    world.executor.runReady();
    Membership second(world.store, world.executor, world.keys, record("gpu-1", "b2"));

    second.start();
    world.executor.advance(2s);

    EXPECT_FALSE(second.isRegistered());
    EXPECT_NE(second.problem().find("another agent calls itself 'gpu-1'"), std::string::npos);
    bool hasLeft = false;
    first.leave([&] { hasLeft = true; });
    world.executor.advance(2s);
    EXPECT_TRUE(hasLeft);
    EXPECT_TRUE(second.isRegistered()) << "the place is free now: " << second.problem();
}

TEST(Membership, RegistersAgainWhenTheStoreComesBack)
{
    World world;
    Membership membership(world.store, world.executor, world.keys, record("gpu-1", "b1"));
    membership.start();
    world.executor.runReady();

    world.store.goAway();
    world.executor.advance(60s);
    EXPECT_FALSE(membership.isRegistered());
    world.store.comeBack();
    world.executor.advance(15s);

    EXPECT_TRUE(membership.isRegistered()) << membership.problem();
}

struct Watched {
    explicit Watched(World& world)
        : watch(world.store, world.executor, world.clock, world.keys,
                {[this](FleetPicturePtr picture) { newest = std::move(picture); },
                 [this](const PolicyVerdict& verdict) { lastVerdict = verdict; },
                 [](const state::MirrorState&) {},
                 [this](base::Revision revision) { unaudited = revision; }})
    {
        watch.start();
        world.executor.runReady();
    }
    FleetPicturePtr newest;
    PolicyVerdict lastVerdict;
    base::Revision unaudited = 0;
    FleetWatch watch;
};

void put(World& world, const std::string& key, std::string value)
{
    state::Put write;
    write.key = key;
    write.value = std::move(value);
    world.store.put(std::move(write), 1s, [](auto result) { ASSERT_TRUE(result); });
    world.executor.runReady();
}

TEST(FleetWatch, PublishesPolicyAndAgentsAsTheyChange)
{
    World world;
    Watched watched(world);
    put(world, world.keys.policy(model::PolicyKind::Pool, "chat"),
        wire::toJson(model::Pool{"chat", "", {}, 1}));
    put(world, world.keys.policyHead(), wire::policyHeadJson(1));
    put(world, world.keys.agent("gpu-1"), wire::toJson(record("gpu-1", "b1")));

    ASSERT_NE(watched.newest, nullptr);
    EXPECT_TRUE(watched.newest->policy.pools.contains("chat"));
    EXPECT_EQ(watched.newest->policy.revision, watched.watch.revisionOf(world.keys.policyHead()));
    EXPECT_TRUE(watched.newest->agents.contains("gpu-1"));
    EXPECT_GT(watched.unaudited, 0) << "the pool was written without policy/head";
}

TEST(FleetWatch, AnInvalidPolicyIsRejectedAndTheLastGoodOneStays)
{
    World world;
    Watched watched(world);
    put(world, world.keys.policy(model::PolicyKind::Pool, "chat"),
        wire::toJson(model::Pool{"chat", "", {}, 1}));
    const auto good = watched.newest->policy;

    put(world, world.keys.policy(model::PolicyKind::Route, "r"),
        wire::toJson(model::Route{"r", "tiny", {}, {{"nowhere", 100}}, {}}));

    EXPECT_EQ(watched.newest->policy, good);
    EXPECT_GT(watched.lastVerdict.rejected, good.revision);
    EXPECT_NE(watched.lastVerdict.rejectedReason.find("nowhere"), std::string::npos);
    EXPECT_EQ(watched.lastVerdict.applied, good.revision);

    put(world, world.keys.policy(model::PolicyKind::Route, "r"), "{\"nmae\":1}");
    EXPECT_NE(watched.lastVerdict.rejectedReason.find("policy/route/r"), std::string::npos);
    EXPECT_EQ(watched.newest->policy, good);
}

TEST(FleetWatch, AStoreThatIsAwayChangesNothing)
{
    World world;
    Watched watched(world);
    put(world, world.keys.agent("gpu-1"), wire::toJson(record("gpu-1", "b1")));
    const auto before = watched.newest->agents;

    world.store.goAway();
    world.executor.advance(3'600s);

    EXPECT_EQ(watched.newest->agents, before);
    EXPECT_EQ(watched.watch.store().kind, state::MirrorState::Kind::Away);
}

} // namespace
} // namespace signalbox::control
