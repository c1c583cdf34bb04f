// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/preview.h"
#include "tests/unit/agent/control/commands/command_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

using model::Admin;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kNow = 1'767'225'600'000;

// Pool "chat" (floor 1) with three instances, "spare" without floor behind it, one gateway.
struct Fleet {
    Fleet()
    {
        model::Policy& policy = reading.policy;
        policy.revision = 419;
        policy.pools["chat"] = model::Pool{"chat", "", {}, 1};
        policy.pools["spare"]
            = model::Pool{"spare", "", {{"http://192.0.2.9:8000", "vllm"}}, 0};
        policy.routes["tiny"]
            = model::Route{"tiny", "tiny", {}, {{"chat", 100}}, {"spare"}};
        for (const char* id : {"gpu-1", "gpu-2", "gpu-3"})
            picture.agents[id] = recordOf(id);
        auto gateway = recordOf("gw-1");
        gateway.kind = model::AgentKind::Gateway;
        gateway.pool.clear();
        picture.agents["gw-1"] = gateway;
        live.agent = [this](const std::string& agent) -> std::optional<AgentFacts> {
            const auto found = facts.find(agent);
            return found == facts.end() ? std::nullopt : std::optional(found->second);
        };
    }

    base::Result<Previewed> preview(model::Edit edit, Undoing undoing = {})
    {
        PreviewInputs inputs;
        inputs.policy = &reading;
        inputs.fleet = &picture;
        inputs.live = &live;
        inputs.nowUnixMs = kNow;
        return previewOf(inputs, std::move(edit), undoing);
    }
    void report(const std::string& agent, std::uint64_t pendingTokens, std::uint32_t decoding)
    {
        AgentFacts& known = facts[agent];
        known.ageMs = 200;
        known.state.record = picture.agents.at(agent);
        model::LoadReport& load = known.state.load;
        load.sequence = 7;
        load.pendingPrefillTokens = pendingTokens;
        load.decoding = decoding;
        load.prefillTokensPerSecond = 10'000;
        load.decodeMsPerSequence = 0.5F;
        load.acceptsWork = true;
    }

    PolicyReading reading;
    FleetPicture picture;
    LiveFacts live;
    std::map<std::string, AgentFacts> facts;
};

std::string messageOf(const base::Result<Previewed>& result)
{
    return result ? "previewed" : result.error().message();
}

TEST(Preview, ADrainShowsDiffInverseAndWhoIsAltered)
{
    Fleet fleet;
    fleet.reading.revisions["policy/admin/gpu-1"] = 0;

    const auto previewed = fleet.preview(drainOf({"gpu-1"}));

    ASSERT_TRUE(previewed) << messageOf(previewed);
    const model::Preview& preview = previewed->preview;
    EXPECT_THAT(preview.diff,
                ElementsAre(model::DiffLine{"admin", "gpu-1", "admin", "run", "drain"}));
    EXPECT_EQ(preview.inverse, model::Edit(undrainOf("gpu-1")));
    EXPECT_THAT(preview.agents, ElementsAre("gpu-1", "gw-1"));
    EXPECT_EQ(preview.plan.baseRevision, 419);
    EXPECT_EQ(preview.plan.expiresUnixMs, kNow + 60'000);
    EXPECT_THAT(preview.plan.reads, ElementsAre(model::KeyRevision{"policy/admin/gpu-1", 0}));
    EXPECT_EQ(preview.refusal, "");
    EXPECT_EQ(previewed->overrideName, "");
}

TEST(Preview, APoolStandsForItsAgents)
{
    Fleet fleet;
    model::AdminEdit edit;
    edit.verb = model::Verb::Drain;
    edit.pool = "chat";

    const auto previewed = fleet.preview(edit);

    ASSERT_TRUE(previewed) << messageOf(previewed);
    EXPECT_EQ(std::get<model::AdminEdit>(previewed->preview.plan.edit).changes.size(), 3U);
    EXPECT_THAT(previewed->preview.refusal, HasSubstr("0 ready instances of 3: its floor is 1"));
    EXPECT_EQ(previewed->overrideName, "chat");
}

TEST(Preview, TheVerbDecidesTheState)
{
    Fleet fleet;
    auto edit = drainOf({"gpu-1"});
    edit.changes.front().admin = Admin::Run;

    const auto previewed = fleet.preview(edit);

    ASSERT_TRUE(previewed) << messageOf(previewed);
    EXPECT_EQ(std::get<model::AdminEdit>(previewed->preview.plan.edit).changes.front().admin,
              Admin::Drain);
}

TEST(Preview, WhatIsNotInTheFleetIsNamedWithTheNearest)
{
    Fleet fleet;
    model::AdminEdit pool;
    pool.pool = "chatt";
    model::AdminEdit statics;
    statics.pool = "spare";

    EXPECT_EQ(messageOf(fleet.preview(drainOf({"gpu-11"}))),
              "there is no agent 'gpu-11' in the fleet; did you mean 'gpu-1'?");
    EXPECT_EQ(messageOf(fleet.preview(drainOf({"something"}))),
              "there is no agent 'something' in the fleet");
    EXPECT_EQ(messageOf(fleet.preview(pool)),
              "there is no pool 'chatt' in the fleet; did you mean 'chat'?");
    EXPECT_THAT(messageOf(fleet.preview(statics)), HasSubstr("pool 'spare' has no agent"));
    EXPECT_THAT(messageOf(fleet.preview(model::AdminEdit{})), HasSubstr("changes no agent"));
    EXPECT_THAT(messageOf(fleet.preview(drainOf(std::vector<std::string>(101, "gpu-1")))),
                HasSubstr("101 agents in one command; the most is 100"));
}

TEST(Preview, AnAgentThatLeftCanStillBeUndrained)
{
    Fleet fleet;
    fleet.reading.policy.admin["gpu-9"] = model::AdminIntent{"gpu-9", Admin::Drain, 0, "fan"};

    const auto previewed = fleet.preview(undrainOf("gpu-9"));

    ASSERT_TRUE(previewed) << messageOf(previewed);
    EXPECT_THAT(previewed->preview.warnings,
                ElementsAre("gpu-9 is not registered now: it follows when it is back"));
}

TEST(Preview, DepartedAndUnhealthyAgentsAreNoSurvivors)
{
    Fleet fleet;
    fleet.picture.departedSinceUnixMs["gpu-2"] = kNow - 5'000;
    fleet.picture.agents.at("gpu-3").health.state = model::Health::Wedged;

    const auto previewed = fleet.preview(drainOf({"gpu-1"}));

    ASSERT_TRUE(previewed) << messageOf(previewed);
    EXPECT_EQ(previewed->preview.survivors.front().readyBefore, 1U);
    EXPECT_EQ(previewed->overrideName, "chat");
}

TEST(Preview, FreshTelemetryIsBelievedBeforeTheRegistration)
{
    Fleet fleet;
    fleet.report("gpu-2", 0, 0);
    fleet.facts.at("gpu-2").state.record.health.state = model::Health::Failed;
    fleet.report("gpu-3", 0, 0);
    fleet.facts.at("gpu-3").state.record.health.state = model::Health::Failed;
    fleet.facts.at("gpu-3").ageMs = 60'000;

    const auto previewed = fleet.preview(drainOf({"gpu-1"}));

    EXPECT_EQ(previewed->preview.survivors.front().readyBefore, 2U);
    EXPECT_EQ(previewed->preview.survivors.front().readyAfter, 1U);
}

TEST(Preview, DrainingWhatIsNotReadyIsNeverRefused)
{
    Fleet fleet;
    fleet.reading.policy.pools.at("chat").readyFloor = 3;
    fleet.picture.agents.at("gpu-3").health.state = model::Health::Failed;

    const auto previewed = fleet.preview(drainOf({"gpu-3"}));

    EXPECT_EQ(previewed->preview.refusal, "") << "it takes nothing from the pool";
}

TEST(Preview, APoolWithoutFloorMayBeEmptiedWhereItsRoutesGoOn)
{
    Fleet fleet;
    fleet.reading.policy.pools.at("chat").readyFloor = 0;
    const auto all = drainOf({"gpu-1", "gpu-2", "gpu-3"});

    const auto refused = fleet.preview(all);
    EXPECT_THAT(refused->preview.refusal,
                HasSubstr("route 'tiny' has no other pool that is ready"));

    model::MemberView spare;
    spare.pool = "spare";
    spare.address = "192.0.2.9:8000";
    fleet.report("gw-1", 0, 0);
    fleet.facts.at("gw-1").state.members = {spare};
    const auto allowed = fleet.preview(all);
    EXPECT_EQ(allowed->preview.refusal, "");
    EXPECT_THAT(allowed->preview.warnings,
                testing::Contains("pool chat would be empty: route 'tiny' goes to pool spare"));
}

TEST(Preview, SurvivorsTakeOverTheWorkThatIsPlaced)
{
    Fleet fleet;
    for (const char* id : {"gpu-1", "gpu-2", "gpu-3"})
        fleet.report(id, 1'000, 10);

    const auto previewed = fleet.preview(drainOf({"gpu-1"}));

    const model::SurvivorLoad& load = previewed->preview.survivors.front();
    EXPECT_EQ(load.pool, "chat");
    EXPECT_EQ(load.readyBefore, 3U);
    EXPECT_EQ(load.readyAfter, 2U);
    EXPECT_EQ(load.inFlightMoved, 10U);
    EXPECT_NEAR(load.ttftBeforeMs, 140, 0.1);
    EXPECT_NEAR(load.ttftAfterMs, 210, 0.1);
    EXPECT_LT(load.utilisationAfter, 0) << "traffic is not known: said, not guessed";
}

TEST(Preview, WithKnownTrafficTheSurvivorsUtilisationDecides)
{
    Fleet fleet;
    for (const char* id : {"gpu-1", "gpu-2", "gpu-3"})
        fleet.report(id, 1'000, 10);
    Demand demand;
    demand.promptTokens = 1'000;
    demand.outputTokens = 200;
    fleet.live.demand = [&](const std::string&) { return std::optional(demand); };
    const auto refusalAt = [&](double requestsPerSecond) {
        demand.requestsPerSecond = requestsPerSecond;
        return fleet.preview(drainOf({"gpu-1"}))->preview;
    };

    // A member does 1000 tokens * 0.1 ms + 200 * 0.5 ms = 200 ms of work a request.
    EXPECT_NEAR(refusalAt(3).survivors.front().utilisationBefore, 0.2, 0.001);
    EXPECT_NEAR(refusalAt(3).survivors.front().utilisationAfter, 0.3, 0.001);
    EXPECT_THAT(refusalAt(8.5).warnings,
                ElementsAre("the survivors of pool chat would do 85 % of the work they can"));
    EXPECT_THAT(refusalAt(12).refusal,
                HasSubstr("they would be asked for 120 % of the work they can do"));
    EXPECT_LT(refusalAt(12).survivors.front().ttftAfterMs, 0) << "a melting pool has no mean";
}

TEST(Preview, WarnsOfOneLeftOfLongExchangesAndOfPassedDeadlines)
{
    Fleet fleet;
    fleet.picture.agents.erase("gpu-3");
    fleet.report("gpu-1", 0, 1);
    fleet.facts.at("gpu-1").state.drain.longestMs = 12 * 60'000;
    fleet.report("gpu-2", 0, 1);

    EXPECT_THAT(fleet.preview(drainOf({"gpu-1"}))->preview.warnings,
                ElementsAre("gpu-1 has an exchange open for 12 min already; a drain waits for it "
                            "without end",
                            "pool chat is left with one ready instance and no redundancy"));
    EXPECT_THAT(fleet.preview(drainOf({"gpu-1"}, kNow - 1))->preview.warnings,
                testing::Contains("the deadline of gpu-1 has passed already"));
}

TEST(Preview, UnknownLoadIsSaid)
{
    Fleet fleet;

    EXPECT_THAT(fleet.preview(drainOf({"gpu-1"}))->preview.warnings,
                ElementsAre("the load of pool chat is not known: nothing is predicted"));
}

TEST(Preview, ALongListOfWarningsIsCut)
{
    Fleet fleet;
    std::vector<std::string> many;
    for (int i = 0; i < 60; ++i) {
        const std::string id = "idle-" + std::to_string(i);
        fleet.reading.policy.admin[id] = model::AdminIntent{id, Admin::Drain, 0, ""};
        many.push_back(id);
    }

    const auto previewed = fleet.preview(drainOf(many));

    EXPECT_EQ(previewed->preview.warnings.size(), 32U);
    EXPECT_EQ(previewed->preview.warnings.back(), "and 29 more warnings");
    EXPECT_THAT(previewed->preview.agents, IsEmpty());
}

} // namespace
} // namespace signalbox::control
