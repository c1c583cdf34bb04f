// SPDX-License-Identifier: Apache-2.0
#include "agent/process/member_events.h"

#include <gtest/gtest.h>

namespace signalbox::process {
namespace {

std::vector<model::MemberView> oneMember(const std::string& reason)
{
    model::MemberView member;
    member.pool = "chat";
    member.agent = "gpu-01";
    member.reason = reason;
    return {member};
}

TEST(MemberEvents, AMemberThatGoesAndComesBackIsTwoEvents)
{
    MemberEvents events;
    EXPECT_TRUE(events.compare(oneMember(""), "gw-1").empty());

    const auto out = events.compare(oneMember("its health probe is down"), "gw-1");
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out[0].kind, "member_out");
    EXPECT_EQ(out[0].text, "gw-1 sends nothing to gpu-01 in chat: its health probe is down");

    const auto in = events.compare(oneMember(""), "gw-1");
    ASSERT_EQ(in.size(), 1u);
    EXPECT_EQ(in[0].kind, "member_in");
}

TEST(MemberEvents, AnotherReasonOrTheSameStateIsNone)
{
    MemberEvents events;
    EXPECT_EQ(events.compare(oneMember("it takes no new work"), "gw-1").size(), 1u);
    EXPECT_TRUE(events.compare(oneMember("its health probe is down"), "gw-1").empty());
    EXPECT_TRUE(events.compare({}, "gw-1").empty());
    EXPECT_TRUE(events.compare(oneMember(""), "gw-1").empty()) << "it left and is new again";
}

} // namespace
} // namespace signalbox::process
