// SPDX-License-Identifier: Apache-2.0
#include "console/fleet/alarm_book.h"

#include "tests/support/gui/console_fleet.h"

#include <gtest/gtest.h>

namespace signalbox::fleet {
namespace {

using tests::ConsoleFleet;
using model::Ack;
using model::Priority;

class AlarmBookTest : public ::testing::Test {
protected:
    AlarmBookTest() : fleet_({.gateways = 1, .pools = 1, .instancesPerPool = 3})
    {
        fleet_.connect();
    }
    const AlarmBook& book() { return fleet_.store().alarms(); }

    ConsoleFleet fleet_;
};

TEST_F(AlarmBookTest, AQuietFleetHasNone)
{
    EXPECT_TRUE(book().alarms().empty());
}

TEST_F(AlarmBookTest, AFailedOrWedgedInstanceIsP2)
{
    fleet_.killEngine("chat-0");
    fleet_.wedgeEngine("chat-1");

    EXPECT_EQ(book().worstOfAgent("chat-0")->key.cause, AlarmCause::AgentFailed);
    EXPECT_EQ(book().worstOfAgent("chat-1")->key.cause, AlarmCause::AgentWedged);
    EXPECT_EQ(book().count(Priority::P2), 2);
    EXPECT_EQ(fleet_.store().pool("chat")->priority, Priority::P2);
}

TEST_F(AlarmBookTest, APoolWithOneLeftHasNoRedundancyAndWithNoneIsP1)
{
    fleet_.killEngine("chat-0");
    fleet_.killEngine("chat-1");
    EXPECT_EQ(book().worstOfPool("chat")->key.cause, AlarmCause::NoRedundancy);

    fleet_.killEngine("chat-2");
    EXPECT_EQ(book().worstOfPool("chat")->priority, Priority::P1);
    EXPECT_EQ(book().alarms().front().key.object, "chat"); // worst first
}

TEST_F(AlarmBookTest, WhatSomebodyDoesOnPurposeIsNone)
{
    fleet_.drain("chat-0", 3);
    EXPECT_EQ(book().worstOfAgent("chat-0"), nullptr);
}

TEST_F(AlarmBookTest, AStandbyPoolThatIsReadyIsNone)
{
    ConsoleFleet fleet({.instancesPerPool = 2, .hasStandby = true});
    fleet.connect();
    EXPECT_EQ(fleet.store().alarms().worstOfPool("chat-standby"), nullptr);
}

TEST_F(AlarmBookTest, LateIsAnAlarmOnlyAfterThirtySecondsWithinTwoMinutes)
{
    fleet_.freezeAgent("chat-0");
    fleet_.advance(20);
    EXPECT_EQ(book().worstOfAgent("chat-0"), nullptr);
    fleet_.advance(25);
    ASSERT_NE(book().worstOfAgent("chat-0"), nullptr);
    EXPECT_EQ(book().worstOfAgent("chat-0")->key.cause, AlarmCause::AgentLate);
    EXPECT_EQ(book().worstOfAgent("chat-0")->priority, Priority::P3);
}

TEST_F(AlarmBookTest, WhoLeftUnaskedIsP2)
{
    fleet_.leave("chat-2");
    EXPECT_EQ(book().worstOfAgent("chat-2")->key.cause, AlarmCause::AgentGone);
}

TEST_F(AlarmBookTest, TheEarliestOfAGroupIsTheFirstOutAndKeepsItsTime)
{
    fleet_.killEngine("chat-0");
    const std::int64_t since = book().worstOfAgent("chat-0")->sinceUnixMs;
    fleet_.advance(5);
    fleet_.killEngine("chat-1");

    EXPECT_TRUE(book().worstOfAgent("chat-0")->isFirstOut);
    EXPECT_FALSE(book().worstOfAgent("chat-1")->isFirstOut);
    EXPECT_EQ(book().worstOfAgent("chat-0")->sinceUnixMs, since);
}

TEST_F(AlarmBookTest, AnAcknowledgementStaysUntilTheAlarmIsGone)
{
    fleet_.killEngine("chat-0");
    fleet_.store().acknowledge(book().worstOfAgent("chat-0")->key);
    fleet_.advance(3);
    EXPECT_EQ(book().worstOfAgent("chat-0")->ack, Ack::Acknowledged);

    fleet_.state("chat-0").record.health = {model::Health::Ready, "", 0};
    fleet_.tell("chat-0");
    EXPECT_TRUE(book().alarms().empty());
    EXPECT_GT(book().clearedUnixMs(), 0);

    fleet_.killEngine("chat-0");
    EXPECT_EQ(book().worstOfAgent("chat-0")->ack, Ack::New);
}

TEST(AlarmBook, AnAgentThatIsNamedLikeAPoolDoesNotGetItsAlarm)
{
    // given an instance "chat-2" of pool "chat", and a pool "chat-2" of one instance
    ConsoleFleet fleet({.gateways = 1, .pools = 2, .instancesPerPool = 3});
    fleet.connect();
    for (const char* agent : {"chat-2-0", "chat-2-1", "chat-2-2"})
        fleet.killEngine(agent);
    const AlarmBook& book = fleet.store().alarms();
    ASSERT_NE(book.worstOfPool("chat-2"), nullptr);
    EXPECT_EQ(book.worstOfPool("chat-2")->priority, Priority::P1);
    EXPECT_EQ(book.worstOfAgent("chat-2"), nullptr);
    EXPECT_EQ(fleet.store().pool("chat")->priority, Priority::None);
}

} // namespace
} // namespace signalbox::fleet
