// SPDX-License-Identifier: Apache-2.0
// Who is on call asks what is open right now, of the gateway and of an agent behind it.
#include "tests/scenario/chat.h"
#include "tests/scenario/live_fleet.h"

#include <gtest/gtest.h>

namespace signalbox::tests {
namespace {

bool has(const Finished& finished, const std::string& part)
{
    return finished.output.find(part) != std::string::npos;
}

TEST(OpenRequests, AreListedWhereTheyAreAndBehindTheAgentThatIsAsked)
{
    LiveFleet fleet({"--instances", "1"});
    fleet.arm("chat-1", R"({"kind":"stall","after":5,"count":1})");
    Finished open;
    Finished table;

    const ChatAnswer answer = chat({.url = fleet.gateway(), .onFirstText = [&] {
                                        table = fleet.ctl({"get", "requests", "gateway-1"});
                                        open = fleet.ctl({"--output", "json", "get", "requests",
                                                          "gateway-1", "chat-1"});
                                    }});

    EXPECT_EQ(fleet.strikes("chat-1", "stall"), 1U) << describe(answer);
    EXPECT_TRUE(has(table, "gateway-1: 1 open")) << table.output;
    EXPECT_TRUE(has(table, "streaming")) << table.output;
    EXPECT_TRUE(has(open, R"("agent":"gateway-1","total":1)")) << open.output;
    EXPECT_TRUE(has(open, R"("endpoint":"chat-1","phase":"streaming")")) << open.output;
    EXPECT_TRUE(has(open, R"("agent":"chat-1","total":1)")) << "passed on: " << open.output;

    const Finished after = fleet.ctl({"get", "requests", "gateway-1", "chat-1"});
    EXPECT_TRUE(has(after, "gateway-1: 0 open")) << after.output;
    const Finished unknown = fleet.ctl({"get", "requests", "chat-9"});
    EXPECT_EQ(unknown.status, 1) << unknown.output;
    EXPECT_TRUE(has(unknown, "there is no agent 'chat-9' here")) << unknown.output;
}

} // namespace
} // namespace signalbox::tests
