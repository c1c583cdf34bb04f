// SPDX-License-Identifier: Apache-2.0
#include "console/models/node_words.h"
#include "tests/support/gui/console_fleet.h"

#include <gtest/gtest.h>

namespace signalbox::models {
namespace {

std::string spoken(tests::ConsoleFleet& fleet, const std::string& agent)
{
    return spokenName(fleet.store().agent(fleet.store().slotOf(agent))).toStdString();
}

TEST(NodeWords, AQuietInstanceSaysKindFreshnessAndLoad)
{
    tests::ConsoleFleet fleet({.instancesPerPool = 3});
    fleet.connect(5);

    const std::string name = spoken(fleet, "chat-0");
    EXPECT_EQ(name.find("instance chat-0, live, load "), 0u) << name;
    EXPECT_NE(name.find(" percent"), std::string::npos);
    EXPECT_EQ(spoken(fleet, "gw-1"), "gateway gw-1, live");
}

TEST(NodeWords, EveryAxisIsSaid)
{
    tests::ConsoleFleet fleet({.instancesPerPool = 3});
    fleet.connect(5);
    fleet.wedgeEngine("chat-0");
    fleet.drain("chat-1", 3);
    fleet.freezeAgent("chat-0");
    fleet.advance(12);

    const std::string name = spoken(fleet, "chat-0");
    EXPECT_EQ(name.find("instance chat-0, priority 2, unacknowledged, wedged, stale, 12 seconds, "
                        "load "),
              0u)
        << name;
    EXPECT_EQ(spoken(fleet, "chat-1").find("instance chat-1, draining, 3 requests left, live"), 0u)
        << spoken(fleet, "chat-1");
}

TEST(NodeWords, APoolSaysHowManyServe)
{
    tests::ConsoleFleet fleet({.instancesPerPool = 3});
    fleet.connect(5);
    fleet.killEngine("chat-1");

    const std::string name = spokenName(*fleet.store().pool("chat")).toStdString();
    EXPECT_EQ(name.find("pool chat, priority 2, unacknowledged, 2 of 3 serving, load "), 0u)
        << name;
}

TEST(NodeWords, TheMostUrgentThingComesFirst)
{
    tests::ConsoleFleet fleet({.instancesPerPool = 4});
    fleet.connect(5);
    const auto status = [&](const std::string& agent) {
        return statusOf(fleet.store().agent(fleet.store().slotOf(agent)),
                        fleet.store().nowUnixMs());
    };
    EXPECT_EQ(status("chat-0").manner, NodeStatus::Manner::Quiet);
    EXPECT_TRUE(status("chat-0").headline.endsWith(QStringLiteral("in flight")));

    fleet.drain("chat-1", 14);
    EXPECT_EQ(status("chat-1").headline, QStringLiteral("14 requests left"));
    EXPECT_EQ(status("chat-1").detail, QStringLiteral("longest 3 min 12 s"));
    fleet.drain("chat-1", 0);
    EXPECT_EQ(status("chat-1").headline, QStringLiteral("drained"));

    fleet.wedgeEngine("chat-1");
    EXPECT_EQ(status("chat-1").headline, QStringLiteral("wedged"));
    EXPECT_EQ(status("chat-1").manner, NodeStatus::Manner::Abnormal);

    fleet.freezeAgent("chat-2");
    fleet.advance(40);
    EXPECT_EQ(status("chat-2").headline, QStringLiteral("disconnected"));
    fleet.leave("chat-3");
    EXPECT_EQ(status("chat-3").headline, QStringLiteral("gone"));
}

TEST(NodeWords, HostsAndShortNames)
{
    model::AgentRecord record;
    EXPECT_EQ(hostOf(record), "");
    record.engine.url = "http://10.0.0.7:8000/v1";
    EXPECT_EQ(hostOf(record), "10.0.0.7");
    record.addresses.serve = "gpu-a01:8800";
    EXPECT_EQ(hostOf(record), "gpu-a01");
    record.addresses.serve = "[fd00::1]:8800";
    EXPECT_EQ(hostOf(record), "[fd00::1]");
    record.addresses.serve = "gpu-a01";
    EXPECT_EQ(hostOf(record), "gpu-a01");

    EXPECT_EQ(shortNameOf("chat-70b-b02-2", "chat-70b"), QStringLiteral("b02-2"));
    EXPECT_EQ(shortNameOf("chat-0", "chat"), QStringLiteral("chat-0"));
    EXPECT_EQ(shortNameOf("other", ""), QStringLiteral("other"));
}

} // namespace
} // namespace signalbox::models
