// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/preview.h"
#include "tests/unit/agent/control/commands/command_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

using model::Admin;
using model::ProofVerdict;
using model::RouteEdit;
using model::Verb;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t kNow = 1'767'225'600'000;

// Route "tiny" goes to pool chat (gpu-1, gpu-2), then to spare (by-1, by-2, in standby); gateway
// gw-1. All of them report, and the standbys have just given a token.
struct Fleet {
    Fleet()
    {
        model::Policy& policy = reading.policy;
        policy.revision = 419;
        for (const char* name : {"chat", "spare"})
            policy.pools[name] = model::Pool{name, "", {}, 1};
        policy.routes["tiny"] = model::Route{"tiny", "tiny", {}, {{"chat", 100}}, {"spare"}};
        for (const auto& [id, pool] : {std::pair{"gpu-1", "chat"}, std::pair{"gpu-2", "chat"},
                                       std::pair{"by-1", "spare"}, std::pair{"by-2", "spare"}}) {
            auto record = recordOf(id);
            record.pool = pool;
            record.engine.models = {"tiny"};
            picture.agents[id] = record;
            report(id);
        }
        for (const char* id : {"by-1", "by-2"})
            policy.admin[id] = model::AdminIntent{id, Admin::Standby, 0, "spare"};
        auto gateway = recordOf("gw-1");
        gateway.kind = model::AgentKind::Gateway;
        gateway.pool.clear();
        picture.agents["gw-1"] = gateway;
        live.agent = [this](const std::string& agent) -> std::optional<AgentFacts> {
            const auto found = facts.find(agent);
            return found == facts.end() ? std::nullopt : std::optional(found->second);
        };
    }

    void report(const std::string& agent)
    {
        AgentFacts& known = facts[agent];
        known.ageMs = 100;
        known.state.record = picture.agents.at(agent);
        model::LoadReport& load = known.state.load;
        load.sequence = 7;
        load.prefillTokensPerSecond = 10'000;
        load.decodeMsPerSequence = 0.5F;
        load.lastTokenAgeMs = 4'000;
        load.lastProbeAgeMs = 900;
    }

    base::Result<Previewed> preview(model::Edit edit)
    {
        PreviewInputs inputs;
        inputs.policy = &reading;
        inputs.fleet = &picture;
        inputs.live = &live;
        inputs.nowUnixMs = kNow;
        return previewOf(inputs, std::move(edit), {});
    }
    model::Preview previewed(model::Edit edit)
    {
        auto result = preview(std::move(edit));
        EXPECT_TRUE(result) << result.error().text();
        return result ? result->preview : model::Preview();
    }
    // As an apply would leave it.
    void apply(const model::Edit& edit) { reading.policy = *applyEdit(reading.policy, edit, ""); }

    const model::StandbyProof* proofOf(const model::Preview& preview, const std::string& agent)
    {
        for (const model::StandbyProof& proof : preview.proofs) {
            if (proof.agent == agent)
                return &proof;
        }
        return nullptr;
    }

    PolicyReading reading;
    FleetPicture picture;
    LiveFacts live;
    std::map<std::string, AgentFacts> facts;
};

RouteEdit failover(std::string to = "")
{
    return {Verb::Failover, "tiny", std::move(to)};
}

TEST(RoutePreview, AFailoverToAProvenStandbyIsAllowed)
{
    Fleet fleet;
    fleet.reading.revisions["policy/route/tiny"] = 411;

    const model::Preview preview = fleet.previewed(failover());

    EXPECT_EQ(preview.refusal, "");
    EXPECT_EQ(std::get<RouteEdit>(preview.plan.edit).toPool, "spare") << "the preview names it";
    EXPECT_THAT(preview.plan.reads, ElementsAre(model::KeyRevision{"policy/route/tiny", 411}));
    EXPECT_THAT(preview.agents, ElementsAre("gw-1")) << "who sends the requests";
    ASSERT_EQ(preview.proofs.size(), 2U);
    EXPECT_EQ(preview.proofs[0].verdict, ProofVerdict::Proven);
    EXPECT_TRUE(preview.proofs[0].modelListed);
    EXPECT_EQ(preview.proofs[0].lastTokenAgeMs, 4'100);
    EXPECT_EQ(preview.proofs[0].lastProbeAgeMs, 1'000);
    EXPECT_THAT(preview.warnings,
                Contains("route tiny has no fallback left: nothing takes over from spare"));
}

TEST(RoutePreview, StandbysCountAsReadyOnlyOnceTheRouteGoesThere)
{
    Fleet fleet;

    const model::Preview preview = fleet.previewed(failover());

    ASSERT_EQ(preview.survivors.size(), 2U);
    EXPECT_EQ(preview.survivors[0].pool, "spare") << "what gains comes first";
    EXPECT_EQ(preview.survivors[0].readyBefore, 0U);
    EXPECT_EQ(preview.survivors[0].readyAfter, 2U);
    EXPECT_EQ(preview.survivors[1].pool, "chat");
    EXPECT_EQ(preview.survivors[1].readyAfter, 2U);
}

TEST(RoutePreview, TheWorkMovesInThePredictionAndWhatRunsStays)
{
    Fleet fleet;
    for (const char* id : {"gpu-1", "gpu-2"}) {
        fleet.facts.at(id).state.load.pendingPrefillTokens = 1'000;
        fleet.facts.at(id).state.load.decoding = 10;
    }
    Demand demand;
    demand.requestsPerSecond = 4;
    demand.promptTokens = 1'000;
    demand.outputTokens = 200;
    fleet.live.demand = [&](const std::string& pool) {
        return pool == "chat" ? std::optional(demand) : std::optional(Demand());
    };

    const model::Preview preview = fleet.previewed(failover());

    // A member does 200 ms of work a request: 4/s on two members.
    EXPECT_NEAR(preview.survivors[0].utilisationAfter, 0.4, 0.001);
    EXPECT_NEAR(preview.survivors[0].ttftAfterMs, 140, 0.1);
    EXPECT_NEAR(preview.survivors[1].utilisationBefore, 0.4, 0.001);
    EXPECT_NEAR(preview.survivors[1].utilisationAfter, 0, 0.001);
    EXPECT_EQ(preview.survivors[1].inFlightMoved, 20U);
    demand.requestsPerSecond = 12;
    EXPECT_THAT(fleet.previewed(failover()).refusal,
                HasSubstr("pool spare would be asked for 120 % of the work it can do"));
}

TEST(RoutePreview, AnUnprovenStandbyIsRefusedWithWhatIsMissing)
{
    Fleet fleet;
    fleet.facts.at("by-1").state.load.lastTokenAgeMs = 12 * 60'000;
    fleet.picture.agents.at("by-2").engine.models = {"other"};

    const auto previewed = fleet.preview(failover());

    ASSERT_TRUE(previewed);
    EXPECT_EQ(previewed->preview.refusal,
              "pool spare is not proven ready: by-1 has given no token for 12 min, by-2 does not "
              "list model tiny; probe now, or leave out. To do it all the same, type 'spare'");
    EXPECT_EQ(previewed->overrideName, "spare");
    EXPECT_EQ(previewed->preview.proofs[0].verdict, ProofVerdict::Unproven);
}

TEST(RoutePreview, WhatWasNeverHeardOfIsUnproven)
{
    Fleet fleet;
    fleet.facts.erase("by-1");
    fleet.facts.at("by-2").state.load.lastTokenAgeMs = 0;

    const model::Preview preview = fleet.previewed(failover());

    EXPECT_THAT(preview.refusal, HasSubstr("by-1 has given no token that is known here, by-2 has"));
    EXPECT_EQ(fleet.proofOf(preview, "by-1")->lastTokenAgeMs, -1);
}

TEST(RoutePreview, WhoIsLeftOutIsDrainedAndNeedsNoProof)
{
    Fleet fleet;
    fleet.facts.at("by-1").state.load.lastTokenAgeMs = 0;
    RouteEdit edit = failover();
    edit.members = {{"by-1", Admin::Run, 0}};

    const model::Preview preview = fleet.previewed(edit);

    EXPECT_EQ(preview.refusal, "");
    EXPECT_EQ(fleet.proofOf(preview, "by-1")->verdict, ProofVerdict::LeftOut);
    EXPECT_THAT(preview.diff,
                Contains(model::DiffLine{"admin", "by-1", "admin", "standby", "drain"}));
    EXPECT_THAT(preview.agents, ElementsAre("by-1", "gw-1"));
    EXPECT_EQ(preview.survivors[0].readyAfter, 1U);
    edit.members = {{"gpu-1", Admin::Drain, 0}};
    EXPECT_THAT(fleet.preview(edit).error().message(),
                HasSubstr("gpu-1 is in no pool that route tiny goes to"));
    edit.members = {{"by-9", Admin::Drain, 0}};
    EXPECT_THAT(fleet.preview(edit).error().message(), HasSubstr("did you mean 'by-1'?"));
}

TEST(RoutePreview, ASickMemberIsToldAndAnEmptyPoolRefused)
{
    Fleet fleet;
    fleet.picture.agents.at("by-1").health.state = model::Health::Failed;
    fleet.report("by-1");
    EXPECT_EQ(fleet.previewed(failover()).refusal, "");
    EXPECT_THAT(fleet.previewed(failover()).warnings,
                Contains("by-1 of pool spare is failed: it gets no requests"));

    fleet.picture.departedSinceUnixMs["by-2"] = kNow - 5'000;
    EXPECT_THAT(fleet.previewed(failover()).refusal,
                HasSubstr("pool spare has no ready instance"));
    fleet.reading.policy.pools.at("spare").readyFloor = 3;
    fleet.picture.departedSinceUnixMs.clear();
    EXPECT_THAT(fleet.previewed(failover()).refusal,
                HasSubstr("pool spare has 1 ready instance: its floor is 3"));
}

TEST(RoutePreview, AFailbackNeedsAProofOfTheHomePool)
{
    Fleet fleet;
    fleet.apply(failover());
    fleet.facts.at("gpu-1").state.load.lastTokenAgeMs = 0;

    const model::Preview preview = fleet.previewed(RouteEdit{Verb::Failback, "tiny"});

    EXPECT_THAT(preview.refusal, HasSubstr("pool chat is not proven ready: gpu-1 has given no"));
    EXPECT_EQ(preview.survivors[0].pool, "chat");
    EXPECT_EQ(preview.survivors[1].readyBefore, 2U) << "the standbys serve now";
    EXPECT_EQ(preview.survivors[1].readyAfter, 0U) << "and wait again afterwards";
}

TEST(RoutePreview, WeightsProveOnlyThePoolsThatGotNothingBefore)
{
    Fleet fleet;
    fleet.reading.policy.admin.clear();
    fleet.reading.policy.routes.at("tiny").fallbacks.clear();
    fleet.reading.policy.routes.at("tiny").targets = {{"chat", 90}, {"spare", 10}};
    for (auto& [id, known] : fleet.facts)
        known.state.load.lastTokenAgeMs = 0;
    RouteEdit edit{Verb::SetWeights, "tiny", "", {{"chat", 50}, {"spare", 50}}};

    const model::Preview more = fleet.previewed(edit);
    edit.targets = {{"chat", 0}};
    const model::Preview all = fleet.previewed(edit);
    fleet.apply(edit);
    edit.targets = {{"chat", 10}};
    const model::Preview again = fleet.previewed(edit);

    EXPECT_EQ(more.refusal, "");
    EXPECT_THAT(more.proofs, IsEmpty());
    EXPECT_EQ(all.refusal, "");
    EXPECT_THAT(again.refusal, HasSubstr("pool chat is not proven ready"));
}

TEST(RoutePreview, TheLoadOfSplitPoolsIsSharedOutByWeight)
{
    Fleet fleet;
    fleet.reading.policy.admin.clear();
    fleet.reading.policy.routes.at("tiny").fallbacks.clear();
    fleet.reading.policy.routes.at("tiny").targets = {{"chat", 75}, {"spare", 25}};
    fleet.live.demand = [](const std::string& pool) {
        Demand demand;
        demand.requestsPerSecond = pool == "chat" ? 3 : 1;
        demand.promptTokens = 1'000;
        demand.outputTokens = 200;
        return std::optional(demand);
    };

    const model::Preview preview
        = fleet.previewed(RouteEdit{Verb::SetWeights, "tiny", "", {{"spare", 75}}});

    EXPECT_EQ(preview.survivors[0].pool, "spare");
    EXPECT_NEAR(preview.survivors[0].utilisationBefore, 0.1, 0.001);
    EXPECT_NEAR(preview.survivors[0].utilisationAfter, 0.2, 0.001);
    EXPECT_NEAR(preview.survivors[1].utilisationAfter, 0.2, 0.001);
    EXPECT_EQ(preview.survivors[1].inFlightMoved, 0U) << "it still gets requests";
}

TEST(RoutePreview, APoolOfSeveralRoutesIsSaidToBe)
{
    Fleet fleet;
    fleet.reading.policy.routes["huge"] = model::Route{"huge", "huge", {}, {{"chat", 100}}, {}};

    EXPECT_THAT(fleet.previewed(failover()).warnings,
                Contains("pool chat serves route huge too: the prediction moves all of its "
                         "traffic"));
    EXPECT_THAT(fleet.previewed(failover()).warnings, Not(Contains(HasSubstr("route tiny too"))));
}

TEST(RoutePreview, EnginesWithoutAnAgentCannotBeProven)
{
    Fleet fleet;
    fleet.picture.agents.erase("by-1");
    fleet.picture.agents.erase("by-2");
    fleet.reading.policy.pools.at("spare").members = {{"http://192.0.2.9:8000", "vllm"}};
    model::MemberView view;
    view.pool = "spare";
    view.address = "192.0.2.9:8000";
    fleet.facts["gw-1"].state.members = {view};

    const model::Preview preview = fleet.previewed(failover());

    EXPECT_EQ(preview.survivors[0].readyAfter, 1U);
    EXPECT_THAT(preview.refusal, HasSubstr("has no agent that could ask it for a token"));
}

TEST(RoutePreview, WithoutAGatewayEveryAgentRoutes)
{
    Fleet fleet;
    fleet.picture.agents.erase("gw-1");

    EXPECT_THAT(fleet.previewed(failover()).agents,
                ElementsAre("by-1", "by-2", "gpu-1", "gpu-2"));
}

TEST(RoutePreview, NonsenseIsRefusedWithTheNearestName)
{
    Fleet fleet;
    const auto errorOf = [&](const RouteEdit& edit) {
        const auto result = fleet.preview(edit);
        return result ? std::string("previewed") : result.error().message();
    };

    EXPECT_EQ(errorOf({Verb::Failover, "tinny"}),
              "there is no route 'tinny' in the fleet; did you mean 'tiny'?");
    EXPECT_EQ(errorOf(failover("spar")),
              "there is no pool 'spar' in the fleet; did you mean 'spare'?");
    EXPECT_EQ(errorOf({Verb::SetWeights, "tiny", "", {{"chatt", 5}}}),
              "there is no pool 'chatt' in the fleet; did you mean 'chat'?");
    EXPECT_THAT(errorOf({Verb::Failback, "tiny"}), HasSubstr("has not failed over"));
    EXPECT_THAT(errorOf(failover("chat")), HasSubstr("to pool 'chat' already"));
}

} // namespace
} // namespace signalbox::control
