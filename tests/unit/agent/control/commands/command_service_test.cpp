// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/command_service.h"
#include "agent/control/commands/convergence.h"
#include "proto/signalbox/v1/command_service.pb.h"
#include "shared/wire/wire.h"
#include "tests/unit/agent/control/commands/command_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// The service of gw-1, called through its method table as every transport does.
struct World : CommandWorld {
    World() { service.addTo(table); }

    template <typename Response, typename Request>
    base::Result<Response> call(const std::string& method, const Request& request,
                                rpc::Role role = rpc::Role::Operator)
    {
        const rpc::Method* found = table.find("signalbox.v1.CommandService/" + method);
        if (found == nullptr)
            return base::Error(base::Code::Unimplemented, "no such method");
        const rpc::Caller caller{callerName, role, "test"};
        if (const auto status = rpc::MethodTable::authorize(*found, caller); !status)
            return status.error();
        std::optional<base::Result<std::string>> answer;
        found->unary(caller, request.SerializeAsString(),
                     [&](base::Result<std::string> reply) { answer = std::move(reply); });
        executor.advance(20s);
        if (!answer)
            return unanswered();
        if (!*answer)
            return answer->error();
        Response response;
        response.ParseFromString(**answer);
        return response;
    }
    base::Result<v1::PreviewResponse> previewCall(const model::Edit& edit)
    {
        v1::PreviewRequest request;
        wire::toWire(edit, *request.mutable_edit());
        return call<v1::PreviewResponse>("Preview", request, rpc::Role::Viewer);
    }
    base::Result<v1::ApplyResponse> applyCall(const v1::Plan& plan, const std::string& id,
                                              rpc::Role role = rpc::Role::Operator)
    {
        v1::ApplyRequest request;
        *request.mutable_plan() = plan;
        request.set_cause("the fan is loud");
        request.set_request_id(id);
        request.set_operator_name("said");
        return call<v1::ApplyResponse>("Apply", request, role);
    }

    LocalOverride localOverride{{first->ledger, executor, clock,
                                 [](const std::function<void()>&) { return true; },
                                 "/nowhere/override", "gw-1", [] {}, [](const model::Event&) {}}};
    CommandService service{{first->desk, first->ledger, localOverride, first->watch, clock,
                            first->live(), "gw-1",
                            [this](const std::string& agent, CommandService::Passing passing,
                                   const auto& done) {
                                probed.emplace_back(agent, passing);
                                done(probeAnswer);
                            }}};
    std::vector<std::pair<std::string, CommandService::Passing>> probed;
    base::Result<model::ProbeReport> probeAnswer = model::ProbeReport();
    rpc::MethodTable table;
    std::string callerName = "ana";
};

TEST(CommandService, TakesACommandFromPreviewToUndo)
{
    World world;
    const auto previewed = world.previewCall(drainOf({"gpu-1"}));
    ASSERT_TRUE(previewed) << previewed.error().text();
    EXPECT_EQ(previewed->diff(0).after(), "drain");

    const auto applied = world.applyCall(previewed->plan(), "r1");
    ASSERT_TRUE(applied) << applied.error().text();
    EXPECT_EQ(applied->outcome(), v1::APPLY_OUTCOME_APPLIED);
    EXPECT_EQ(applied->audit_number(), 2U);
    EXPECT_EQ(world.applyCall(previewed->plan(), "r1")->outcome(),
              v1::APPLY_OUTCOME_ALREADY_APPLIED);

    v1::PreviewRequest undo;
    undo.set_undo_audit_number(2);
    const auto back = world.call<v1::PreviewResponse>("Preview", undo);
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(world.applyCall(back->plan(), "r2")->outcome(), v1::APPLY_OUTCOME_APPLIED);
    EXPECT_TRUE(world.policy().admin.empty());
}

TEST(CommandService, AConflictIsAnAnswerWithAFreshPreview)
{
    World world;
    const auto previewed = world.previewCall(drainOf({"gpu-1"}));
    ASSERT_TRUE(world.run(*world.second, drainOf({"gpu-2"}), "r1"));

    const auto applied = world.applyCall(previewed->plan(), "r2");

    ASSERT_TRUE(applied) << applied.error().text();
    EXPECT_EQ(applied->outcome(), v1::APPLY_OUTCOME_CONFLICT);
    EXPECT_THAT(applied->fresh_preview().refusal(), HasSubstr("pool chat would be left with 0"));
}

TEST(CommandService, RolesAreViewerForReadingAndOperatorForWriting)
{
    World world;
    const auto previewed = world.previewCall(drainOf({"gpu-1"}));

    const auto applied = world.applyCall(previewed->plan(), "r1", rpc::Role::Viewer);

    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code(), base::Code::PermissionDenied);
    EXPECT_THAT(world.table.names(), SizeIs(7));
    for (const std::string& name : world.table.names()) {
        const bool writes = name.ends_with("/Apply") || name.ends_with("/OverrideLocally")
            || name.ends_with("/ProbeNow");
        EXPECT_EQ(world.table.find(name)->role, writes ? rpc::Role::Operator : rpc::Role::Viewer)
            << name;
    }
}

TEST(CommandService, AProbeIsPassedOnOnceAndAnsweredInWords)
{
    World world;
    v1::ProbeNowRequest request;
    request.set_agent("gpu-2");
    world.probeAnswer = model::ProbeReport{"gpu-2", model::ProbeReport::Result::Token, "", 41};

    const auto report = world.call<v1::ProbeNowResponse>("ProbeNow", request);
    request.set_relayed(true);
    world.probeAnswer = base::Error(base::Code::NotFound, "there is no agent 'gpu-2' here");
    const auto lost = world.call<v1::ProbeNowResponse>("ProbeNow", request);

    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->result(), v1::PROBE_RESULT_TOKEN);
    EXPECT_EQ(report->took_ms(), 41U);
    EXPECT_FALSE(lost);
    EXPECT_THAT(world.probed,
                ElementsAre(std::pair{std::string("gpu-2"), CommandService::Passing::Allowed},
                            std::pair{std::string("gpu-2"), CommandService::Passing::Refused}));
}

TEST(CommandService, AFailoverTakesTheSamePath)
{
    World world;
    const auto refused = world.previewCall(model::RouteEdit{model::Verb::Failover, "tiny"});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), HasSubstr("no fallback pool"));

    const auto unknown = world.previewCall(model::RouteEdit{model::Verb::Failover, "tinny"});
    EXPECT_THAT(unknown.error().message(), HasSubstr("did you mean 'tiny'?"));
}

TEST(CommandService, TheNameThatTheTransportProvedIsRecorded)
{
    World world;
    ASSERT_TRUE(world.applyCall(world.previewCall(drainOf({"gpu-1"}))->plan(), "r1"));
    world.callerName.clear();
    ASSERT_TRUE(world.applyCall(world.previewCall(undrainOf("gpu-1"))->plan(), "r2"));

    EXPECT_EQ(world.record(2).operatorName, "ana");
    EXPECT_EQ(world.record(3).operatorName, "said") << "loopback proves no name";
}

TEST(CommandService, BytesThatAreNoRequestAreRefused)
{
    World world;

    for (const std::string& name : world.table.names()) {
        if (name.ends_with("/GetPolicy"))
            continue;
        std::string message = "no answer";
        world.table.find(name)->unary({}, "\xff\xff\xff", [&](const auto& reply) {
            message = reply ? "accepted" : reply.error().message();
        });
        EXPECT_EQ(message, "the request cannot be read") << name;
    }
    EXPECT_THAT(world.call<v1::PreviewResponse>("Preview", v1::PreviewRequest{}).error().message(),
                HasSubstr("says nothing"));
}

TEST(CommandService, ListsTheAuditNewestFirstInPages)
{
    World world;
    for (int i = 0; i < 6; ++i)
        ASSERT_TRUE(world.run(*world.first,
                              i % 2 == 0 ? model::Edit(drainOf({"gpu-1"})) : undrainOf("gpu-1"),
                              "r" + std::to_string(i)));
    v1::ListAuditRequest request;
    request.set_count(3);

    const auto newest = world.call<v1::ListAuditResponse>("ListAudit", request);
    ASSERT_TRUE(newest) << newest.error().text();
    ASSERT_EQ(newest->records_size(), 3);
    EXPECT_EQ(newest->records(0).number(), 7U);
    EXPECT_EQ(newest->records(0).revision(), world.policy().revision);
    request.set_before_number(newest->records(2).number());
    EXPECT_EQ(world.call<v1::ListAuditResponse>("ListAudit", request)->records(0).number(), 4U);
    request.set_before_number(2);
    const auto last = world.call<v1::ListAuditResponse>("ListAudit", request);
    EXPECT_EQ(last->records_size(), 1);
    EXPECT_EQ(last->records(0).operator_name(), "seed");
    request.set_before_number(1);
    EXPECT_EQ(world.call<v1::ListAuditResponse>("ListAudit", request)->records_size(), 0);
    EXPECT_EQ(
        world.call<v1::ListAuditResponse>("ListAudit", v1::ListAuditRequest{})->records_size(), 7);
}

TEST(CommandService, WithTheStoreAwayCommandsSaySinceWhenAndWhatToDo)
{
    World world;
    const auto plan = world.previewCall(drainOf({"gpu-1"}))->plan();
    world.first->store.goAway();
    world.executor.advance(4min);

    const auto preview = world.previewCall(drainOf({"gpu-1"}));
    const auto applied = world.applyCall(plan, "r1");
    const auto audit = world.call<v1::ListAuditResponse>("ListAudit", v1::ListAuditRequest{});

    for (const base::Error& error : {preview.error(), applied.error(), audit.error()}) {
        EXPECT_EQ(error.code(), base::Code::Unavailable);
        EXPECT_THAT(error.message(), HasSubstr("has not answered since 2026-01-01 00:0"));
        EXPECT_THAT(error.message(), HasSubstr(" min ago)"));
        EXPECT_THAT(error.message(), HasSubstr("Traffic goes on at revision "
                                               + std::to_string(world.policy().revision)));
        EXPECT_THAT(error.message(), HasSubstr("signalboxctl drain gw-1 --by-hand"));
    }
    const auto policy = world.call<v1::GetPolicyResponse>("GetPolicy", v1::GetPolicyRequest{});
    ASSERT_TRUE(policy) << "the last good policy is still told";
    EXPECT_GT(policy->store_away_since_unix_ms(), 0);
    EXPECT_EQ(policy->policy().pools_size(), 1);
}

TEST(CommandService, AStoreLostBetweenTwoLooksIsToldInTheSameWords)
{
    World world;
    world.first->store.faults().isAway = true; // the watch has not noticed yet

    const auto preview = world.previewCall(drainOf({"gpu-1"}));

    ASSERT_FALSE(preview);
    EXPECT_EQ(preview.error().code(), base::Code::Unavailable);
    EXPECT_THAT(preview.error().message(), HasSubstr("the store does not answer"));
}

TEST(CommandService, AStoreThatIsNotTheKnownOneTakesNoCommands)
{
    World world;
    world.store.world()->becomeOtherCluster();
    world.first->store.breakWatches();
    world.executor.advance(10s);

    const auto preview = world.previewCall(drainOf({"gpu-1"}));

    ASSERT_FALSE(preview);
    EXPECT_EQ(preview.error().code(), base::Code::Unavailable);
    EXPECT_THAT(preview.error().message(), HasSubstr("is not the one this agent knows"));
}

TEST(CommandService, PolicyNeverTellsWhatKeysCouldBeTriedAgainst)
{
    World world;
    world.put(world.keys.policy(model::PolicyKind::Key, "app"),
              wire::toJson(model::ApiKey{"app", "shop", std::string(64, 'a'), {}}));

    const auto policy = world.call<v1::GetPolicyResponse>("GetPolicy", v1::GetPolicyRequest{});

    ASSERT_TRUE(policy) << policy.error().text();
    EXPECT_EQ(policy->policy().keys(0).secret_sha256(), "aaaaaaaa");
    EXPECT_EQ(policy->store_away_since_unix_ms(), 0);
}

TEST(CommandService, TheLocalOverrideIsDrainAndRunAndNothingElse)
{
    World world;
    v1::OverrideLocallyRequest request;
    request.set_cause("on fire");
    request.set_request_id("r1");
    const auto call = [&] {
        return world.call<v1::OverrideLocallyResponse>("OverrideLocally", request);
    };

    request.set_admin(v1::ADMIN_MAINT);
    EXPECT_EQ(call().error().code(), base::Code::InvalidArgument);
    request.set_admin(v1::ADMIN_DRAIN);
    const auto begun = call();
    ASSERT_TRUE(begun) << begun.error().text();
    EXPECT_GT(begun->expires_unix_ms(), 0);
    request.set_admin(v1::ADMIN_RUN);
    request.set_request_id("r2");
    EXPECT_EQ(call()->expires_unix_ms(), 0);
    request.set_request_id("r3");
    EXPECT_EQ(call().error().code(), base::Code::FailedPrecondition);
}

TEST(Convergence, CountsTheAlteredAndTheWholeAndNamesWhoIsBehind)
{
    FleetPicture fleet;
    for (const char* id : {"gpu-1", "gpu-2", "gpu-3", "gw-1"}) {
        fleet.agents[id] = recordOf(id);
        fleet.agents[id].appliedRevision = 419;
    }
    fleet.agents["gpu-2"].appliedRevision = 418;
    fleet.agents["gw-1"].appliedRevision = 417;
    fleet.agents["gw-1"].rejectedRevision = 419;
    fleet.agents["gw-1"].rejectedReason = "route chat: names pool";
    fleet.departedSinceUnixMs["gpu-3"] = 6'000;
    LiveFacts live;
    live.agent = [](const std::string& id) -> std::optional<AgentFacts> {
        if (id != "gpu-2")
            return std::nullopt;
        AgentFacts facts;
        facts.ageMs = 4'000;
        return facts;
    };

    const auto found = convergenceOf(fleet, live, 419, {"gpu-1", "gw-1", "left-for-good"}, 10'000);

    using Behind = model::Convergence::Behind;
    EXPECT_EQ(found.revision, 419);
    EXPECT_EQ(found.alteredApplied, 1U);
    EXPECT_EQ(found.alteredTotal, 2U);
    EXPECT_EQ(found.wholeApplied, 1U);
    EXPECT_EQ(found.wholeTotal, 4U);
    EXPECT_THAT(found.behind,
                ElementsAre(Behind{"gw-1", 417, 0, "route chat: names pool"},
                            Behind{"gpu-2", 418, 4'000, ""}, Behind{"gpu-3", 419, 4'000, ""}));
}

TEST(Convergence, NewerTelemetryCountsAndTheListIsBounded)
{
    FleetPicture fleet;
    for (int i = 0; i < 50; ++i) {
        const std::string id = "gpu-" + std::to_string(i);
        fleet.agents[id] = recordOf(id);
    }
    LiveFacts live;
    live.agent = [](const std::string& id) -> std::optional<AgentFacts> {
        AgentFacts facts;
        facts.state.record.appliedRevision = id == "gpu-7" ? 9 : 0;
        return facts;
    };

    const auto found = convergenceOf(fleet, live, 9, {}, 0);

    EXPECT_EQ(found.wholeApplied, 1U);
    EXPECT_EQ(found.wholeTotal, 50U);
    EXPECT_THAT(found.behind, SizeIs(32));
}

} // namespace
} // namespace signalbox::control
