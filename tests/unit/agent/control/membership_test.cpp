// SPDX-License-Identifier: Apache-2.0
#include "agent/control/membership.h"
#include "tests/unit/agent/control/control_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

std::unique_ptr<Membership> member(ControlWorld& world, const std::string& boot,
                                   std::string previousBootId = {})
{
    Membership::Options options;
    options.previousBootId = std::move(previousBootId);
    options.seed = 1;
    return std::make_unique<Membership>(world.store, world.executor, world.keys,
                                        recordOf("gpu-1", boot), options);
}

std::string bootIn(ControlWorld& world)
{
    const std::string json = world.stored(world.keys.agent("gpu-1"));
    return json.empty() ? "" : wire::agentFromJson(json)->bootId;
}

TEST(Membership, WritesItsRecordOnceAndThenOnChangeOnly)
{
    ControlWorld world;
    const auto membership = member(world, "b1");

    membership->start();
    world.executor.runReady();
    EXPECT_TRUE(membership->isRegistered()) << membership->problem();
    EXPECT_EQ(bootIn(world), "b1");

    membership->update(recordOf("gpu-1", "b1"));
    world.executor.advance(60s);
    EXPECT_EQ(membership->writesTotal(), 1U);

    auto changed = recordOf("gpu-1", "b1");
    changed.appliedRevision = 7;
    membership->update(changed);
    changed.appliedRevision = 8;
    membership->update(changed);
    world.executor.advance(1s);
    EXPECT_EQ(membership->writesTotal(), 2U) << "a burst is one write";
    EXPECT_EQ(wire::agentFromJson(world.stored(world.keys.agent("gpu-1")))->appliedRevision, 8);
}

TEST(Membership, AWriteWhileOneIsUnderWayComesAfterIt)
{
    ControlWorld world;
    const auto membership = member(world, "b1");
    membership->start();
    auto changed = recordOf("gpu-1", "b1");
    changed.appliedRevision = 7;
    membership->update(changed);
    changed.appliedRevision = 9;

    world.executor.runReady();
    membership->update(changed);
    world.executor.advance(1s);

    EXPECT_EQ(wire::agentFromJson(world.stored(world.keys.agent("gpu-1")))->appliedRevision, 9);
}

TEST(Membership, NeverPushesOutALiveAgentOfTheSameName)
{
    ControlWorld world;
    const auto first = member(world, "b1");
    first->start();
    world.executor.runReady();
    const auto second = member(world, "b2");

    second->start();
    world.executor.advance(30s);

    EXPECT_FALSE(second->isRegistered());
    EXPECT_THAT(second->problem(), HasSubstr("another agent calls itself 'gpu-1' (control "
                                             "gpu-1.example:8801, boot b1)"));
    EXPECT_THAT(second->problem(), HasSubstr("give one of the two another id"));
    EXPECT_EQ(bootIn(world), "b1");
    bool hasLeft = false;
    first->leave([&] { hasLeft = true; });
    world.executor.advance(6s);
    EXPECT_TRUE(hasLeft);
    EXPECT_TRUE(second->isRegistered()) << "the place is free now: " << second->problem();
}

TEST(Membership, ARestartTakesOverTheRecordOfItsOwnPreviousRunAtOnce)
{
    ControlWorld world;
    world.put(world.keys.agent("gpu-1"), wire::toJson(recordOf("gpu-1", "b1")));
    const auto membership = member(world, "b2", "b1");

    membership->start();
    world.executor.runReady();

    EXPECT_TRUE(membership->isRegistered());
    EXPECT_EQ(bootIn(world), "b2");
    EXPECT_EQ(world.store.world()->get(world.keys.agent("gpu-1"))->lease,
              world.store.world()->leases().front());
}

TEST(Membership, ARestartThatForgotItsPreviousRunWaitsForTheOldLeaseToEnd)
{
    ControlWorld world;
    const auto life = *world.store.world()->grant(0, 10s);
    state::Put old;
    old.key = world.keys.agent("gpu-1");
    old.value = wire::toJson(recordOf("gpu-1", "b1"));
    old.lease = life.id;
    ASSERT_TRUE(world.store.world()->put(old));
    const auto membership = member(world, "b2");

    membership->start();
    world.executor.advance(5s);
    EXPECT_FALSE(membership->isRegistered());
    world.executor.advance(10s);

    EXPECT_TRUE(membership->isRegistered()) << membership->problem();
    EXPECT_EQ(bootIn(world), "b2");
}

TEST(Membership, ARecordWithoutALeaseIsLeftAloneAndNamed)
{
    ControlWorld world;
    world.put(world.keys.agent("gpu-1"), wire::toJson(recordOf("gpu-1", "old")));
    const auto membership = member(world, "b2");

    membership->start();
    world.executor.advance(20s);

    EXPECT_FALSE(membership->isRegistered());
    EXPECT_THAT(membership->problem(), HasSubstr("remove /signalbox/test/agents/gpu-1"));
}

TEST(Membership, RegistersAgainWhenTheStoreComesBack)
{
    ControlWorld world;
    const auto membership = member(world, "b1");
    membership->start();
    world.executor.runReady();

    world.store.goAway();
    world.executor.advance(2h);
    EXPECT_FALSE(membership->isRegistered());
    EXPECT_THAT(membership->problem(), HasSubstr("the store is away"));
    EXPECT_EQ(bootIn(world), "") << "its lease has ended";
    world.store.comeBack();
    world.executor.advance(5s);

    EXPECT_TRUE(membership->isRegistered()) << membership->problem();
    EXPECT_THAT(membership->problem(), IsEmpty());
    EXPECT_EQ(bootIn(world), "b1");
}

TEST(Membership, AnAnswerThatWasLostIsNotTakenForARival)
{
    ControlWorld world;
    world.store.faults().losesAnswers = true;
    const auto membership = member(world, "b1");
    membership->start();
    world.executor.advance(2s);
    EXPECT_FALSE(membership->isRegistered());

    world.store.faults().losesAnswers = false;
    world.executor.advance(10s);

    EXPECT_TRUE(membership->isRegistered()) << membership->problem();
}

TEST(Membership, ALeaseThatTheStoreForgotIsReplaced)
{
    ControlWorld world;
    const auto membership = member(world, "b1");
    membership->start();
    world.executor.runReady();

    ASSERT_TRUE(world.store.world()->revoke(world.store.world()->leases().front()));
    auto changed = recordOf("gpu-1", "b1");
    changed.appliedRevision = 3;
    membership->update(changed);
    world.executor.advance(10s);

    EXPECT_TRUE(membership->isRegistered()) << membership->problem();
    EXPECT_EQ(bootIn(world), "b1");
}

TEST(Membership, ARecordThatSomebodyRemovedIsWrittenAgain)
{
    ControlWorld world;
    Told told;
    FleetWatch watch(world.store, world.executor, world.clock, world.keys, told.handlers());
    const auto membership = member(world, "b1");
    watch.start({});
    membership->start();
    world.executor.advance(1s);

    world.remove(world.keys.agent("gpu-1"));
    membership->onFleet(*watch.picture());
    world.executor.advance(1s);

    EXPECT_EQ(bootIn(world), "b1");
    EXPECT_TRUE(watch.picture()->isPresent("gpu-1"));
}

TEST(Membership, SaysGoodbyeSoThatNobodyWaitsForIt)
{
    ControlWorld world;
    Told told;
    FleetWatch watch(world.store, world.executor, world.clock, world.keys, told.handlers());
    const auto membership = member(world, "b1");
    watch.start({});
    membership->start();
    world.executor.advance(1s);
    ASSERT_TRUE(watch.picture()->isPresent("gpu-1"));

    bool hasLeft = false;
    membership->leave([&] { hasLeft = true; });
    world.executor.advance(100ms);

    EXPECT_TRUE(hasLeft);
    EXPECT_FALSE(watch.picture()->agents.contains("gpu-1")) << "gone at once, not after a hold";
    EXPECT_THAT(world.store.world()->leases(), IsEmpty());
}

TEST(Membership, LeavingWithoutAStoreStillEnds)
{
    ControlWorld world;
    const auto membership = member(world, "b1");
    membership->start();
    world.executor.runReady();
    world.store.goAway();

    bool hasLeft = false;
    membership->leave([&] { hasLeft = true; });
    world.executor.advance(5s);

    EXPECT_TRUE(hasLeft);
}

} // namespace
} // namespace signalbox::control
