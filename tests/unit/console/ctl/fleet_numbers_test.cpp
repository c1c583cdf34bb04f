// SPDX-License-Identifier: Apache-2.0
#include "console/ctl/fleet_numbers.h"

#include "tests/unit/console/ctl/fleet_values.h"

#include <gtest/gtest.h>

namespace signalbox::ctl {
namespace {

using namespace tests;

TEST(FleetNumbers, CountWhereTheRequestEnters)
{
    Picture picture = smallFleet();
    picture.agents[0].values = {{"requests_per_second", 40}, {"ttft_p95_ms", 900}};
    picture.agents[1].values = {{"requests_per_second", 20}, {"ttft_p95_ms", 5000}};

    const Summary summary = summaryOf(picture);

    EXPECT_EQ(summary.numbers.requestsPerSecond, 40);
    EXPECT_EQ(summary.numbers.ttftP95Ms, 900);
    EXPECT_EQ(summary.entries, 1u);
    EXPECT_EQ(summary.instances, 3u);
    EXPECT_EQ(summary.ready, 2u);
}

TEST(FleetNumbers, WithoutAGatewayTheAgentsAreTheEntries)
{
    Picture picture = smallFleet();
    picture.agents.erase(picture.agents.begin());
    picture.agents[0].values = {{"requests_per_second", 20}, {"ttft_p95_ms", 500}};
    picture.agents[1].values = {{"requests_per_second", 22}, {"ttft_p95_ms", 700}};

    const Summary summary = summaryOf(picture);

    EXPECT_EQ(summary.numbers.requestsPerSecond, 42);
    EXPECT_EQ(summary.numbers.ttftP95Ms, 700) << "percentiles do not add up: the worst is shown";
    EXPECT_EQ(summary.numbers.tokensPerSecond, std::nullopt);
}

TEST(FleetNumbers, DrainingAndBehindAndNotLiveAreCounted)
{
    Picture picture = smallFleet();
    picture.agents[1].state.drain = {model::DrainPhase::Draining, 3, 41'000, kNow};
    picture.agents[1].state.admin = model::Admin::Drain;
    picture.agents[2].state.record.appliedRevision = 418;
    picture.agents[3].ageMs = 4'000;

    const Summary summary = summaryOf(picture);

    EXPECT_EQ(summary.draining, 1u);
    EXPECT_EQ(summary.ready, 1u);
    EXPECT_EQ(summary.newestRevision, 419);
    EXPECT_EQ(summary.behindRevision, 1u);
    EXPECT_EQ(summary.notLive, 1u);
}

TEST(FleetNumbers, PoolsComeFromPolicyAndFromAgents)
{
    model::Policy policy;
    policy.pools["chat"] = {"chat", "llama", {}, 2};
    policy.pools["spare"] = {"spare", "", {{"http://192.0.2.9:8000", "vllm"}}, 0};
    Picture picture = smallFleet();
    picture.agents[2].state.record.pool = "elsewhere";

    const std::vector<PoolLine> pools = poolsOf(picture, policy);

    ASSERT_EQ(pools.size(), 3u);
    EXPECT_EQ(pools[0].name, "chat");
    EXPECT_EQ(pools[0].members, 2u);
    EXPECT_EQ(pools[0].ready, 1u);
    EXPECT_EQ(pools[0].readyFloor, 2u);
    EXPECT_EQ(pools[1].name, "elsewhere");
    EXPECT_EQ(pools[2].staticMembers, 1u);
}

TEST(FleetNumbers, ConcernsSayWhatIsWrongAndSinceWhen)
{
    EXPECT_TRUE(concernsOf(instance("gpu-01"), kNow).empty());

    AgentFacts failed = instance("gpu-01", model::Health::Failed);
    failed.state.record.health.reason = "connection refused";
    EXPECT_EQ(concernsOf(failed, kNow),
              std::vector<std::string>{"failed for 3 min 12 s: connection refused"});

    AgentFacts rejecting = instance("gpu-01");
    rejecting.state.record.rejectedRevision = 420;
    rejecting.state.record.rejectedReason = "route a names no pool";
    EXPECT_EQ(
        concernsOf(rejecting, kNow),
        std::vector<std::string>{"runs policy revision 419, rejected 420: route a names no pool"});

    AgentFacts left = instance("gpu-01");
    left.goneReason = "lease expired";
    EXPECT_EQ(concernsOf(left, kNow), std::vector<std::string>{"left the fleet: lease expired"});

    AgentFacts seesNobody = gateway("gate-01");
    seesNobody.state.members.push_back(
        {"chat", "192.0.2.1:8800", "gpu-02", "llama", model::Breaker::Open});
    seesNobody.state.members[0].reason = "breaker open";
    EXPECT_EQ(concernsOf(seesNobody, kNow),
              std::vector<std::string>{"sends nothing to gpu-02 in chat: breaker open"});
}

TEST(FleetNumbers, DrainAndFreshnessAreWords)
{
    AgentFacts agent = instance("gpu-01");
    EXPECT_EQ(adminText(agent.state), "-");
    EXPECT_EQ(freshnessText(agent), "LIVE");

    agent.state.drain = {model::DrainPhase::Draining, 3, 41'000, kNow};
    agent.ageMs = 4'200;
    EXPECT_EQ(adminText(agent.state), "drain: 3 left, 41.0s");
    EXPECT_EQ(freshnessText(agent), "LATE 4.2s");

    agent.state.drain.phase = model::DrainPhase::Drained;
    agent.goneReason = "lease expired";
    EXPECT_EQ(adminText(agent.state), "drained: safe to stop");
    EXPECT_EQ(freshnessText(agent), "LEFT");
}

} // namespace
} // namespace signalbox::ctl
