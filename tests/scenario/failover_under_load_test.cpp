// SPDX-License-Identifier: Apache-2.0
// An operator moves a route to its standby pool and back while clients keep coming: nobody loses an
// answer, and nothing goes where it should not.
#include "tests/scenario/chat.h"
#include "tests/scenario/live_fleet.h"
#include "tests/scenario/load.h"

#include <gtest/gtest.h>

namespace signalbox::tests {
namespace {

constexpr const char* kRoute = "sim-8b";

// Requests that the engines of both pools have begun. Their agents ask an idle engine for a token
// now and then; that is at most one each here.
struct Begun {
    std::uint64_t home = 0;
    std::uint64_t standby = 0;
    static constexpr std::uint64_t kOwnTokens = 2;
};

Begun begunOn(const LiveFleet& fleet)
{
    Begun begun;
    for (const char* id : {"chat-1", "chat-2"})
        begun.home += fleet.engineCount(id, "started");
    for (const char* id : {"chat-standby-1", "chat-standby-2"})
        begun.standby += fleet.engineCount(id, "started");
    return begun;
}

// Whoever is about to get requests has proven itself once its engine gave a token.
void prove(const LiveFleet& fleet)
{
    const Finished probe
        = fleet.ctl({"probe", "chat-1", "chat-2", "chat-standby-1", "chat-standby-2"});
    ASSERT_EQ(probe.status, 0) << probe.output;
    EXPECT_NE(probe.output.find("chat-standby-2 gave a token"), std::string::npos) << probe.output;
}

TEST(FailoverUnderLoad, MovesEveryNewRequestLosesNoneAndComesBack)
{
    LiveFleet fleet({"--instances", "2", "--standby", "2", "--gateways", "2"});
    Load load(fleet.gateway(), {"--rate", "12", "--duration", "20"});
    ASSERT_TRUE(load.hasBegun());
    EXPECT_LE(begunOn(fleet).standby, Begun::kOwnTokens) << "a standby waits";
    prove(fleet);

    const Finished failover
        = fleet.ctl({"failover", kRoute, "--yes", "--cause", "the rack is hot", "--wait", "60s"});

    EXPECT_EQ(failover.status, 0) << failover.output;
    EXPECT_NE(failover.output.find("model listed, last token"), std::string::npos)
        << failover.output;
    const Begun moved = begunOn(fleet);
    for (int i = 0; i < 8; ++i)
        EXPECT_EQ(chat({.url = fleet.gateways()[static_cast<std::size_t>(i) % 2].serve})
                      .judgement.verdict,
                  replay::Verdict::Ok);
    const Begun later = begunOn(fleet);
    EXPECT_LE(later.home - moved.home, Begun::kOwnTokens) << "all new requests are on the target";
    EXPECT_GE(later.standby - moved.standby, 8U);

    const Finished back = fleet.ctl(
        {"failback", kRoute, "--yes", "--cause", "the rack is cool", "--wait", "60s"});

    EXPECT_EQ(back.status, 0) << back.output;
    const Begun home = begunOn(fleet);
    EXPECT_EQ(chat({.url = fleet.gateway()}).judgement.verdict, replay::Verdict::Ok);
    EXPECT_GE(begunOn(fleet).home - home.home, 1U);
    EXPECT_LE(begunOn(fleet).standby - home.standby, Begun::kOwnTokens);
    const LoadResult result = load.finish();
    EXPECT_EQ(result.ok, result.requests) << result.report;
    EXPECT_GT(result.requests, 60U);
    EXPECT_EQ(result.unfinished, 0U);
}

TEST(FailoverUnderLoad, IsUndoneLikeEveryOtherChange)
{
    LiveFleet fleet({"--instances", "2", "--standby", "2"});
    prove(fleet);
    ASSERT_EQ(fleet.ctl({"failover", kRoute, "--yes", "--cause", "drill", "--wait", "60s"}).status,
              0);
    const Finished policy = fleet.ctl({"--output", "json", "get", "policy"});
    EXPECT_NE(policy.output.find(R"("failed_over_from":{"targets":[{"pool":"chat")"),
              std::string::npos)
        << policy.output;

    const Finished undo
        = fleet.ctl({"undo", "2", "--yes", "--cause", "drill over", "--wait", "60s"});

    EXPECT_EQ(undo.status, 0) << undo.output;
    const Finished after = fleet.ctl({"--output", "json", "get", "policy"});
    EXPECT_NE(after.output.find(R"("failed_over_from":null)"), std::string::npos) << after.output;
    const Begun home = begunOn(fleet);
    EXPECT_EQ(chat({.url = fleet.gateway()}).judgement.verdict, replay::Verdict::Ok);
    EXPECT_LE(begunOn(fleet).standby - home.standby, Begun::kOwnTokens);
}

TEST(FailoverUnderLoad, ARouteIsNotMovedToNobody)
{
    LiveFleet fleet({"--instances", "1", "--standby", "1"});

    const Finished refused = fleet.ctl({"failover", kRoute, "--yes", "--cause", "x",
                                        "--leave-out", "chat-standby-1"});

    EXPECT_EQ(refused.status, 3) << refused.output;
    EXPECT_NE(refused.output.find("pool chat-standby has no ready instance"), std::string::npos)
        << refused.output;
    EXPECT_NE(refused.output.find("proof chat-standby-1: left out, it is in drain"),
              std::string::npos)
        << refused.output;
    EXPECT_EQ(chat({.url = fleet.gateway()}).judgement.verdict, replay::Verdict::Ok);
}

} // namespace
} // namespace signalbox::tests
