// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/console/ctl/commands/fakes.h"

#include <gtest/gtest.h>

namespace signalbox::ctl {
namespace {

using namespace tests;

bool has(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

model::Preview failoverPreview()
{
    model::Preview preview;
    preview.plan.edit = model::RouteEdit{model::Verb::Failover, "chat", "spare"};
    preview.plan.baseRevision = 419;
    preview.diff.push_back({"route", "chat", "weight of spare", "none", "100"});
    preview.agents = {"gate-01"};
    preview.survivors.push_back({"spare", 0, 2, 0, 0.1, 0.5, 80, 240});
    preview.survivors.push_back({"chat", 2, 2, 7, 0.5, 0, 240, 80});
    preview.proofs.push_back({"spare", "by-01", model::ProofVerdict::Proven,
                              {model::Health::Ready, "", 0}, true, 4'100, 800, ""});
    return preview;
}

void letItApply(FakeFleet& fleet)
{
    fleet.previewAnswer = failoverPreview();
    ApplyAnswer applied;
    applied.revision = 420;
    applied.auditNumber = 7;
    fleet.applyAnswer = applied;
    fleet.convergenceAnswer = {420, 1, 1, 4, 4, {}};
    fleet.onLook
        = [](FakeFleet& seen) { seen.now.agents[0].state.record.appliedRevision = 420; };
}

TEST(Failover, ShowsTheProofAppliesAndFollowsTheGateways)
{
    Bench bench({"failover", "chat", "--cause", "rack is hot", "--yes"});
    letItApply(bench.fleet);

    EXPECT_EQ(bench.run(), ExitCode::Done);

    ASSERT_EQ(bench.fleet.previewedEdits.size(), 1U);
    EXPECT_EQ(bench.fleet.previewedEdits[0],
              model::Edit(model::RouteEdit{model::Verb::Failover, "chat"}));
    ASSERT_EQ(bench.fleet.applied.size(), 1U);
    EXPECT_EQ(bench.fleet.applied[0].cause, "rack is hot");
    const std::string& out = bench.terminal.out;
    EXPECT_TRUE(has(out, "failover chat to spare (on policy revision 419)")) << out;
    EXPECT_TRUE(has(out, "route chat weight of spare: none -> 100")) << out;
    EXPECT_TRUE(has(out, "pool spare: ready 0 -> 2, utilisation 10 % -> 50 %")) << out;
    EXPECT_TRUE(has(out, "7 running requests end where they are")) << out;
    EXPECT_TRUE(has(out, "proof by-01: ready, model listed, last token 4.1 s ago, last probe"))
        << out;
    EXPECT_TRUE(has(out, "`signalboxctl undo 7` takes it back")) << out;
}

TEST(Failover, AnUnprovenStandbyIsRefusedWithAWayOut)
{
    Bench bench({"failover", "chat", "--cause", "x", "--yes"});
    model::Preview preview = failoverPreview();
    preview.refusal = "pool spare is not proven ready";
    preview.proofs[0].verdict = model::ProofVerdict::Unproven;
    preview.proofs[0].lastTokenAgeMs = -1;
    preview.proofs[0].problem = "has given no token that is known here";
    bench.fleet.previewAnswer = preview;

    EXPECT_EQ(bench.run(), ExitCode::Refused);

    EXPECT_TRUE(bench.fleet.applied.empty());
    const std::string& out = bench.terminal.out;
    EXPECT_TRUE(has(out, "last token never seen")) << out;
    EXPECT_TRUE(has(out, "UNPROVEN: it has given no token that is known here")) << out;
    EXPECT_TRUE(has(out, "`signalboxctl probe by-01` asks for a token now")) << out;
}

TEST(Failover, WhoIsLeftOutGoesIntoTheEdit)
{
    Bench bench({"apply", "failover", "chat", "--to", "far", "--leave-out", "by-01", "--cause",
                 "x"});
    letItApply(bench.fleet);

    EXPECT_EQ(bench.run(), ExitCode::Done);

    const auto& edit = std::get<model::RouteEdit>(bench.fleet.previewedEdits[0]);
    EXPECT_EQ(edit.toPool, "far");
    EXPECT_EQ(edit.members,
              (std::vector<model::AdminChange>{{"by-01", model::Admin::Drain, 0}}));
}

TEST(Failback, TakesTheSamePath)
{
    Bench bench({"failback", "chat", "--cause", "rack is cool", "--yes"});
    letItApply(bench.fleet);

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_EQ(bench.fleet.previewedEdits[0],
              model::Edit(model::RouteEdit{model::Verb::Failback, "chat"}));
}

TEST(Weights, GiveScriptsOneObject)
{
    Bench bench({"apply", "weights", "chat", "a=90", "b=10", "--cause", "canary", "--output",
                 "json"});
    letItApply(bench.fleet);
    model::RouteEdit edit{model::Verb::SetWeights, "chat", "", {{"a", 90}, {"b", 10}}};
    model::Preview preview = failoverPreview();
    preview.plan.edit = edit;
    bench.fleet.previewAnswer = preview;

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_EQ(bench.fleet.previewedEdits[0], model::Edit(edit));
    const std::string& out = bench.terminal.out;
    EXPECT_TRUE(has(out, R"("edit":{"verb":"weights","route":"chat","to_pool":"",)")) << out;
    EXPECT_TRUE(has(out, R"("proofs":[{"pool":"spare","agent":"by-01","verdict":"proven",)"))
        << out;
}

TEST(Weights, AConflictKeepsItsExitCode)
{
    Bench bench({"weights", "chat", "a=90", "--cause", "x", "--yes"});
    letItApply(bench.fleet);
    ApplyAnswer conflict;
    conflict.outcome = ApplyAnswer::Outcome::Conflict;
    conflict.fresh = failoverPreview();
    bench.fleet.applyAnswer = conflict;

    EXPECT_EQ(bench.run(), ExitCode::Conflict);
}

TEST(Probe, SaysWhatCameOfEach)
{
    Bench bench({"probe", "by-01", "by-02"});
    bench.fleet.probeAnswers["by-01"] = {"by-01", model::ProbeReport::Result::Token, "", 41};
    bench.fleet.probeAnswers["by-02"]
        = {"by-02", model::ProbeReport::Result::Silent, "no token within 5 s", 5'000};

    EXPECT_EQ(bench.run(), ExitCode::Failed);

    EXPECT_TRUE(has(bench.terminal.out, "by-01 gave a token in 41 ms")) << bench.terminal.out;
    EXPECT_TRUE(has(bench.terminal.out, "by-02 gave no token: no token within 5 s"));
}

TEST(Probe, GivesScriptsOneObject)
{
    Bench bench({"probe", "by-01", "--output", "json"});
    bench.fleet.probeAnswers["by-01"] = {"by-01", model::ProbeReport::Result::Token, "", 41};
    Bench unknown({"probe", "by-09"});

    EXPECT_EQ(bench.run(), ExitCode::Done);
    EXPECT_EQ(unknown.run(), ExitCode::Failed);

    EXPECT_EQ(bench.terminal.out, R"({"probes":[{"agent":"by-01","result":"token","reason":"",)"
                                  R"("took_ms":41}]})"
                                  "\n");
}

TEST(Explain, TellsEachAttemptWithItsCandidates)
{
    model::Decision decision;
    decision.requestId = "r-1";
    decision.agent = "gate-01";
    decision.kept = "retried";
    decision.outcome = "completed";
    decision.status = 200;
    decision.endedUs = 12'300;
    decision.attempts.push_back({.pool = "chat",
                                 .member = "gpu-01",
                                 .rule = "estimated_ttft",
                                 .end = "status",
                                 .status = 500,
                                 .beganUs = 100,
                                 .endedUs = 2'000,
                                 .panicked = false,
                                 .candidates = {{"gpu-01", 18, ""}, {"gpu-02", -1, "it is out"}},
                                 .candidatesLeftOut = 3});
    Bench bench({"explain", "r-1"});
    Bench json({"explain", "r-1", "--output", "json"});
    Bench unknown({"explain", "r-2"});
    bench.fleet.decision = json.fleet.decision = decision;

    EXPECT_EQ(bench.run(), ExitCode::Done);
    EXPECT_EQ(json.run(), ExitCode::Done);
    EXPECT_EQ(unknown.run(), ExitCode::Failed);

    const std::string& out = bench.terminal.out;
    EXPECT_TRUE(has(out, "r-1  completed, status 200")) << out;
    EXPECT_TRUE(has(out, "attempt 1: gpu-01 in chat, by estimated_ttft: status, status 500"))
        << out;
    EXPECT_TRUE(has(out, "18.0 ms  chosen")) << out;
    EXPECT_TRUE(has(out, "it is out")) << out;
    EXPECT_TRUE(has(out, "and 3 more")) << out;
    EXPECT_TRUE(has(json.terminal.out, R"("excluded":"it is out")")) << json.terminal.out;
    EXPECT_TRUE(has(json.terminal.out, R"("score_ms":null)")) << json.terminal.out;
}

} // namespace
} // namespace signalbox::ctl
