// SPDX-License-Identifier: Apache-2.0
#include "console/fleet/fleet_store.h"

#include "shared/base/limits.h"
#include "tests/support/gui/console_fleet.h"

#include <gtest/gtest.h>

namespace signalbox::fleet {
namespace {

using tests::ConsoleFleet;
using model::Freshness;
using model::Priority;

TEST(FleetStore, KnowsEveryAgentItsPoolAndWhatTheyComeTo)
{
    ConsoleFleet fleet({.gateways = 2, .pools = 2, .instancesPerPool = 3});
    fleet.connect();

    const FleetStore& store = fleet.store();
    EXPECT_EQ(store.size(), 8);
    ASSERT_EQ(store.pools().size(), 2u);
    EXPECT_EQ(store.pool("chat")->sums.serving, 3);
    EXPECT_EQ(store.gateways().size(), 2u);
    EXPECT_EQ(store.sums().live, 8);
    EXPECT_FLOAT_EQ(store.sums().readings[Reading::RequestsPerSecond],
                    store.gatewaySums().readings[Reading::RequestsPerSecond]);
    EXPECT_EQ(store.newestRevision(), 419);
    EXPECT_EQ(store.behindRevision(), 0);
}

TEST(FleetStore, AnAgentThatFallsSilentGrowsOldAndOnlyThat)
{
    ConsoleFleet fleet;
    fleet.connect();
    fleet.freezeAgent("chat-1");
    const int slot = fleet.store().slotOf("chat-1");

    fleet.advance(4);
    EXPECT_EQ(fleet.store().agent(slot).freshness, Freshness::Late);
    fleet.advance(10);
    EXPECT_EQ(fleet.store().agent(slot).freshness, Freshness::Stale);
    fleet.advance(20);
    EXPECT_EQ(fleet.store().agent(slot).freshness, Freshness::Disconnected);
    EXPECT_EQ(fleet.store().sums().live, 3);
}

TEST(FleetStore, LosingTheLinkRepaintsNoAgentAndIsSaidOnce)
{
    ConsoleFleet fleet;
    fleet.connect();
    fleet.loseLink();
    fleet.advance(60);

    EXPECT_EQ(fleet.store().sums().live, 4);
    EXPECT_EQ(fleet.store().alarms().alarms().size(), 0u);
    EXPECT_EQ(fleet.store().linkFreshness(), Freshness::Disconnected);
}

TEST(FleetStore, ASlotIsUsedAgainAndToldBeforeItIsFree)
{
    ConsoleFleet fleet;
    fleet.connect();
    FleetStore& store = fleet.store();
    const int slot = store.slotOf("chat-1");
    std::string vanished;
    QObject::connect(&store, &FleetStore::agentVanished, &store,
                     [&](int gone) { vanished = store.agent(gone).id; });
    FleetChanges changes;
    changes.agents["chat-1"].isForgotten = true;
    store.apply(std::move(changes));
    store.refresh();

    EXPECT_EQ(vanished, "chat-1");
    EXPECT_FALSE(store.isTaken(slot));
    EXPECT_EQ(store.pool("chat")->members.size(), 2u);

    fleet.tell("chat-1");
    EXPECT_EQ(store.slotOf("chat-1"), slot);
    EXPECT_EQ(store.pool("chat")->members.size(), 3u);
}

TEST(FleetStore, AChangeIsToldOnceForEachAgentItIsAbout)
{
    ConsoleFleet fleet;
    fleet.connect();
    std::vector<std::vector<int>> told;
    QObject::connect(&fleet.store(), &FleetStore::agentsChanged, &fleet.store(),
                     [&](const std::vector<int>& changed) { told.push_back(changed); });
    FleetChanges changes;
    for (int i = 0; i < 5; ++i)
        changes.agents["chat-1"].rows.push_back({1'767'276'000'000 + i * 1'000, {}});
    fleet.store().apply(std::move(changes));

    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0], std::vector<int>{fleet.store().slotOf("chat-1")});
}

TEST(FleetStore, EverythingOfOneMakesAnotherThatKnowsTheSame)
{
    ConsoleFleet fleet({.gateways = 1, .pools = 2, .instancesPerPool = 4});
    fleet.connect();
    fleet.killEngine("chat-2");
    FleetStore copy(fleet.clock());

    copy.apply(fleet.store().everything());
    copy.refresh();

    EXPECT_EQ(copy.size(), fleet.store().size());
    EXPECT_EQ(copy.alarms().count(Priority::P2), 1);
    EXPECT_EQ(copy.events().size(), fleet.store().events().size());
    EXPECT_EQ(copy.policy(), fleet.store().policy());
}

TEST(FleetChanges, ThatNobodyTakesHoldEachAgentOnceAndCountWhatDidNotFit)
{
    FleetChanges waiting;
    const std::size_t batches = limits::kWaitingRows + 30;
    for (std::size_t i = 0; i < batches; ++i) {
        FleetChanges later;
        later.agents["chat-1"].rows.push_back({static_cast<std::int64_t>(i), {}});
        later.events.push_back({.sequence = i});
        merge(waiting, std::move(later));
    }

    ASSERT_EQ(waiting.agents.size(), 1u);
    EXPECT_EQ(waiting.agents["chat-1"].rows.size(), limits::kWaitingRows);
    EXPECT_EQ(waiting.agents["chat-1"].rows.back().unixMs, static_cast<std::int64_t>(batches) - 1);
    EXPECT_EQ(waiting.rowsDropped, 30u);
    EXPECT_EQ(waiting.events.size(), batches);
}

} // namespace
} // namespace signalbox::fleet
