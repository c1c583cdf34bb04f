// SPDX-License-Identifier: Apache-2.0
#include "agent/control/fleet_watch.h"
#include "shared/base/limits.h"
#include "tests/unit/agent/control/control_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

using namespace std::chrono_literals;
using model::PolicyKind;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = state::MirrorState::Kind;

// One command's transaction, as it is seen by those who watch.
state::Revision command(ControlWorld& world, std::uint64_t number, std::string key,
                        std::string value)
{
    state::Txn txn;
    const auto put = [&](std::string where, std::string what) {
        state::Put write;
        write.key = std::move(where);
        write.value = std::move(what);
        txn.success.push_back(std::move(write));
    };
    put(std::move(key), std::move(value));
    put(world.keys.policyHead(), wire::policyHeadJson(number));
    put(world.keys.audit(number), "{}");
    put(world.keys.auditHead(), "{}");
    const auto result = world.store.world()->txn(txn);
    world.executor.advance(50ms);
    return result->header.revision;
}

struct Watched {
    explicit Watched(ControlWorld& world, std::optional<SavedFleet> saved = std::nullopt)
        : watch(world.store, world.executor, world.clock, world.keys, told.handlers())
    {
        watch.start(std::move(saved));
        world.executor.advance(50ms);
    }
    Told told;
    FleetWatch watch;
};

std::string poolJson(std::uint32_t floor = 1)
{
    return wire::toJson(model::Pool{"chat", "", {}, floor});
}

TEST(FleetWatch, PublishesPolicyAndAgentsAsTheyChange)
{
    ControlWorld world;
    Watched watched(world);
    const auto revision
        = command(world, 1, world.keys.policy(PolicyKind::Pool, "chat"), poolJson());
    world.put(world.keys.agent("gpu-1"), wire::toJson(recordOf("gpu-1")));

    const FleetPicture& picture = *watched.watch.picture();
    EXPECT_TRUE(picture.policy.pools.contains("chat"));
    EXPECT_EQ(picture.policy.revision, revision);
    EXPECT_TRUE(picture.isPresent("gpu-1"));
    EXPECT_EQ(watched.told.verdict, (PolicyVerdict{revision, 0, ""}));
    EXPECT_THAT(watched.told.events, IsEmpty());
    EXPECT_EQ(watched.watch.ageMs(), 0);
}

TEST(FleetWatch, ABurstOfAgentsIsOnePicture)
{
    ControlWorld world;
    Watched watched(world);
    const int before = watched.told.pictures;

    for (int i = 0; i < 50; ++i) {
        const std::string id = "gpu-" + std::to_string(i);
        world.store.world()->put(world.keys.agent(id), wire::toJson(recordOf(id)));
    }
    world.executor.advance(50ms);

    EXPECT_EQ(watched.watch.picture()->agents.size(), 50U);
    EXPECT_EQ(watched.told.pictures, before + 1);
}

TEST(FleetWatch, AnInvalidPolicyIsRejectedAndTheLastGoodOneStays)
{
    ControlWorld world;
    Watched watched(world);
    const auto good = command(world, 1, world.keys.policy(PolicyKind::Pool, "chat"), poolJson());
    const model::Policy policy = watched.watch.picture()->policy;

    const auto bad = command(world, 2, world.keys.policy(PolicyKind::Route, "r"),
                             wire::toJson(model::Route{"r", "tiny", {}, {{"nowhere", 100}}, {}}));

    EXPECT_EQ(watched.watch.picture()->policy, policy);
    EXPECT_EQ(watched.told.verdict.applied, good);
    EXPECT_EQ(watched.told.verdict.rejected, bad);
    EXPECT_THAT(watched.told.verdict.rejectedReason, HasSubstr("nowhere"));
    EXPECT_EQ(watched.told.eventsOf("policy_rejected"), 1);

    command(world, 3, world.keys.policy(PolicyKind::Route, "r"), "{\"nmae\":1}");
    EXPECT_THAT(watched.told.verdict.rejectedReason, HasSubstr("policy/route/r"));
    EXPECT_EQ(watched.watch.picture()->policy, policy);

    const auto repaired
        = command(world, 4, world.keys.policy(PolicyKind::Route, "r"),
                  wire::toJson(model::Route{"r", "tiny", {}, {{"chat", 100}}, {}}));
    EXPECT_EQ(watched.told.verdict, (PolicyVerdict{repaired, 0, ""}));
    EXPECT_EQ(watched.told.eventsOf("policy_accepted"), 1);
    EXPECT_TRUE(watched.watch.picture()->policy.routes.contains("r"));
}

TEST(FleetWatch, AnObjectUnderAnotherNameIsAProblemAndAnUnknownKindIsNot)
{
    ControlWorld world;
    Watched watched(world);

    command(world, 1, world.keys.policyPrefix() + "limit/tokens", "{\"rate\":1}");
    EXPECT_EQ(watched.told.verdict.rejected, 0);

    command(world, 2, world.keys.policy(PolicyKind::Pool, "other"), poolJson());
    EXPECT_THAT(watched.told.verdict.rejectedReason,
                HasSubstr("policy/pool/other: the object calls itself by another name"));
}

TEST(FleetWatch, AReasonIsCutToWhatARecordHolds)
{
    ControlWorld world;
    Watched watched(world);
    for (int i = 0; i < 40; ++i)
        world.store.world()->put(
            world.keys.policy(PolicyKind::Pool, "pool-" + std::to_string(i)), "{");
    world.executor.advance(50ms);

    EXPECT_EQ(watched.told.verdict.rejectedReason.size(), limits::kReasonBytes);
    EXPECT_THAT(watched.told.verdict.rejectedReason, HasSubstr("(40 problems)"));
}

TEST(FleetWatch, AChangePastEveryCommandIsAppliedAndRaised)
{
    ControlWorld world;
    Watched watched(world);
    command(world, 1, world.keys.policy(PolicyKind::Pool, "chat"), poolJson());
    ASSERT_EQ(watched.told.eventsOf("unaudited_change"), 0);

    const auto revision = world.put(world.keys.policy(PolicyKind::Pool, "chat"), poolJson(0));

    EXPECT_EQ(watched.watch.picture()->policy.pools.at("chat").readyFloor, 0U);
    ASSERT_EQ(watched.told.eventsOf("unaudited_change"), 1);
    EXPECT_EQ(watched.told.events.back().object, "policy/pool/chat");
    EXPECT_THAT(watched.told.lastText(), HasSubstr("revision " + std::to_string(revision)));

    world.remove(world.keys.policy(PolicyKind::Pool, "chat"));
    EXPECT_EQ(watched.told.eventsOf("unaudited_change"), 2) << "a deletion too";
    world.put(world.keys.policyHead(), wire::policyHeadJson(1));
    EXPECT_EQ(watched.told.eventsOf("unaudited_change"), 3) << "a head without its record too";
    command(world, 2, world.keys.policy(PolicyKind::Pool, "chat"), poolJson());
    EXPECT_EQ(watched.told.eventsOf("unaudited_change"), 3);
}

TEST(FleetWatch, WhatWasChangedWhileTheStoreWasAwayIsCheckedAfterwards)
{
    ControlWorld world;
    Watched watched(world);
    command(world, 1, world.keys.policy(PolicyKind::Pool, "chat"), poolJson());

    world.store.goAway();
    world.executor.advance(10s);
    command(world, 2, world.keys.policy(PolicyKind::Pool, "spare"),
            wire::toJson(model::Pool{"spare", "", {}, 0}));
    world.put(world.keys.policy(PolicyKind::Pool, "chat"), poolJson(3));
    world.store.comeBack();
    world.executor.advance(10s);

    EXPECT_EQ(watched.watch.picture()->policy.pools.size(), 2U);
    EXPECT_EQ(watched.told.eventsOf("unaudited_change"), 1);
}

TEST(FleetWatch, AStoreThatIsAwayForHoursChangesNothing)
{
    ControlWorld world;
    Watched watched(world);
    command(world, 1, world.keys.policy(PolicyKind::Pool, "chat"), poolJson());
    world.put(world.keys.agent("gpu-1"), wire::toJson(recordOf("gpu-1")));
    const FleetPicturePtr before = watched.watch.picture();

    world.store.goAway();
    world.executor.advance(2h);

    EXPECT_EQ(watched.watch.picture(), before) << "the very same picture";
    EXPECT_EQ(watched.watch.store().kind, Kind::Away);
    EXPECT_EQ(watched.told.eventsOf("store_away"), 1);
    EXPECT_NEAR(static_cast<double>(watched.watch.ageMs()), 7'200'000, 1'000);
    world.store.comeBack();
    world.executor.advance(5s);
    EXPECT_EQ(watched.told.eventsOf("store_back"), 1);
    EXPECT_THAT(watched.told.lastText(), HasSubstr("after 2 h"));
    EXPECT_EQ(watched.watch.ageMs(), 0);
}

TEST(FleetWatch, AStoreThatForgotEverybodyEmptiesNoPool)
{
    ControlWorld world;
    Watched watched(world);
    command(world, 1, world.keys.policy(PolicyKind::Pool, "chat"), poolJson());
    world.put(world.keys.agent("gpu-1"), wire::toJson(recordOf("gpu-1")));
    world.put(world.keys.agent("gpu-2"), wire::toJson(recordOf("gpu-2")));

    world.store.goAway();
    world.executor.advance(1h);
    world.store.world()->remove(world.keys.agent("gpu-1"));
    world.store.world()->remove(world.keys.agent("gpu-2"));
    world.store.comeBack();
    world.executor.advance(10s);

    EXPECT_EQ(watched.watch.picture()->agents.size(), 2U) << "they are given time to come back";
    EXPECT_FALSE(watched.watch.picture()->isPresent("gpu-1"));
    world.put(world.keys.agent("gpu-1"), wire::toJson(recordOf("gpu-1", "b2")));
    EXPECT_TRUE(watched.watch.picture()->isPresent("gpu-1"));
    world.executor.advance(30s);
    EXPECT_TRUE(watched.watch.picture()->agents.contains("gpu-1"));
    EXPECT_FALSE(watched.watch.picture()->agents.contains("gpu-2")) << "he did not";
}

TEST(FleetWatch, TheHoldBeginsAgainWhileTheStoreCannotSayWhoIsBack)
{
    ControlWorld world;
    Watched watched(world);
    world.put(world.keys.agent("gpu-1"), wire::toJson(recordOf("gpu-1")));
    world.remove(world.keys.agent("gpu-1"));

    world.store.goAway();
    world.executor.advance(1h);

    EXPECT_TRUE(watched.watch.picture()->agents.contains("gpu-1"));
    world.store.comeBack();
    world.executor.advance(70s);
    EXPECT_FALSE(watched.watch.picture()->agents.contains("gpu-1"));
}

TEST(FleetWatch, ARecordThatCannotBeReadLeavesTheOneBefore)
{
    ControlWorld world;
    Watched watched(world);
    world.put(world.keys.agent("gpu-1"), wire::toJson(recordOf("gpu-1")));

    world.put(world.keys.agent("gpu-1"), "{");
    world.put(world.keys.agent("gpu-2"), wire::toJson(recordOf("gpu-9")));

    EXPECT_EQ(watched.watch.picture()->agents.size(), 1U);
    EXPECT_EQ(watched.watch.picture()->agents.at("gpu-1"), recordOf("gpu-1"));
}

SavedFleet savedFrom(ControlWorld& world)
{
    Watched watched(world);
    command(world, 1, world.keys.policy(PolicyKind::Pool, "chat"), poolJson());
    world.put(world.keys.agent("gpu-1"), wire::toJson(recordOf("gpu-1")));
    return watched.told.kept.back();
}

TEST(FleetWatch, StartsFromDiskWhenTheStoreIsAwayAndSaysHowOldThatIs)
{
    ControlWorld world;
    const SavedFleet saved = savedFrom(world);
    world.store.goAway();
    world.executor.advance(3h);

    Watched watched(world, saved);
    world.executor.advance(10s);

    EXPECT_EQ(*watched.watch.picture(), saved.picture);
    EXPECT_EQ(watched.told.verdict.applied, saved.picture.policy.revision);
    EXPECT_GE(watched.watch.ageMs(), 3 * 3'600'000);
    EXPECT_THAT(watched.told.kept, IsEmpty()) << "what the store did not confirm is not saved anew";
}

TEST(FleetWatch, AfterAStartFromDiskTheStoresWordWins)
{
    ControlWorld world;
    const SavedFleet saved = savedFrom(world);
    command(world, 2, world.keys.policy(PolicyKind::Pool, "chat"), poolJson(2));
    world.remove(world.keys.agent("gpu-1"));
    world.put(world.keys.agent("gpu-2"), wire::toJson(recordOf("gpu-2")));

    Watched watched(world, saved);

    const FleetPicture& picture = *watched.watch.picture();
    EXPECT_EQ(picture.policy.pools.at("chat").readyFloor, 2U);
    EXPECT_TRUE(picture.isPresent("gpu-2"));
    EXPECT_TRUE(picture.agents.contains("gpu-1")) << "held for a while";
    EXPECT_FALSE(picture.isPresent("gpu-1"));
    EXPECT_EQ(watched.told.eventsOf("unaudited_change"), 0);
}

TEST(FleetWatch, AChangePastEveryCommandWhileTheAgentWasDownIsRaisedToo)
{
    ControlWorld world;
    const SavedFleet saved = savedFrom(world);
    world.put(world.keys.policy(PolicyKind::Pool, "chat"), poolJson(2));

    Watched watched(world, saved);

    EXPECT_EQ(watched.told.eventsOf("unaudited_change"), 1);
}

TEST(FleetWatch, AnotherOrAnEmptiedStoreIsRefusedUntilSomebodyAcceptsIt)
{
    ControlWorld world;
    const SavedFleet saved = savedFrom(world);
    world.store.world()->becomeOtherCluster();

    Watched watched(world, saved);
    world.executor.advance(10s);

    EXPECT_EQ(watched.watch.store().kind, Kind::Refused);
    EXPECT_EQ(*watched.watch.picture(), saved.picture);
    EXPECT_EQ(watched.told.eventsOf("store_refused"), 1);
    EXPECT_THAT(watched.told.kept, IsEmpty());
    watched.watch.acceptWorld();
    world.executor.advance(10s);
    EXPECT_EQ(watched.watch.store().kind, Kind::Current);
    EXPECT_TRUE(watched.watch.picture()->policy.pools.empty());
}

TEST(FleetWatch, AStoreRestoredFromAnOldBackupIsRefused)
{
    ControlWorld world;
    Watched watched(world);
    const auto old = command(world, 1, world.keys.policy(PolicyKind::Pool, "chat"), poolJson());
    command(world, 2, world.keys.policy(PolicyKind::Pool, "chat"), poolJson(2));

    world.store.goAway();
    world.executor.advance(5s);
    world.store.world()->restore(old);
    world.store.comeBack();
    world.executor.advance(10s);

    EXPECT_EQ(watched.watch.store().kind, Kind::Refused);
    EXPECT_EQ(watched.watch.picture()->policy.pools.at("chat").readyFloor, 2U);
}

} // namespace
} // namespace signalbox::control
