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

model::Preview drainPreview()
{
    model::Preview preview;
    preview.plan.edit = model::AdminEdit{model::Verb::Drain, "", {{"gpu-02", model::Admin::Drain}}};
    preview.plan.baseRevision = 419;
    preview.diff.push_back({"admin", "gpu-02", "admin", "run", "drain"});
    preview.agents = {"gate-01", "gpu-02"}; // who drains, and who routes around it
    preview.survivors.push_back({"chat", 2, 1, 3, 0.4, 0.8, 310, 620});
    preview.warnings = {"one ready instance is left in chat"};
    return preview;
}

ApplyAnswer applied()
{
    ApplyAnswer answer;
    answer.revision = 420;
    answer.auditNumber = 7;
    return answer;
}

// Draining from the first look, one request less with each look, drained at last.
void letItDrain(FakeFleet& fleet)
{
    fleet.previewAnswer = drainPreview();
    fleet.applyAnswer = applied();
    fleet.convergenceAnswer = {420, 1, 1, 4, 4, {}};
    fleet.onLook = [left = 4](FakeFleet& seen) mutable {
        seen.now.agents[0].state.record.appliedRevision = 420;
        AgentFacts& agent = seen.now.agents[2];
        agent.state.record.appliedRevision = 420;
        agent.state.admin = model::Admin::Drain;
        left = std::max(0, left - 1);
        agent.state.drain.phase
            = left == 0 ? model::DrainPhase::Drained : model::DrainPhase::Draining;
        agent.state.drain.remaining = static_cast<std::uint32_t>(left);
        agent.state.drain.longestMs = left * 1000;
    };
}

TEST(Drain, AsksShowsAppliesAndFollowsToDrained)
{
    Bench bench({"drain", "gpu-02"});
    letItDrain(bench.fleet);
    bench.terminal.interactive = true;
    bench.terminal.answers = {"kernel upgrade", "y"};

    EXPECT_EQ(bench.run(), ExitCode::Done);

    ASSERT_EQ(bench.fleet.applied.size(), 1u);
    EXPECT_EQ(bench.fleet.applied[0].cause, "kernel upgrade");
    EXPECT_FALSE(bench.fleet.applied[0].requestId.empty());
    EXPECT_TRUE(has(bench.terminal.out, "admin gpu-02 admin: run -> drain"));
    EXPECT_TRUE(has(bench.terminal.out, "pool chat: ready 2 -> 1, utilisation 40 % -> 80 %"));
    EXPECT_TRUE(has(bench.terminal.out, "! one ready instance is left in chat"));
    EXPECT_TRUE(has(bench.terminal.progressLines[0], "gpu-02 3 left, longest 3.0s"));
    EXPECT_TRUE(has(bench.terminal.out, "gpu-02 drained: safe to stop"));
    EXPECT_FALSE(has(bench.terminal.out, "gate-01 drained"));
}

TEST(Drain, ANoAppliesNothing)
{
    Bench bench({"drain", "gpu-02", "--cause", "x"});
    bench.fleet.previewAnswer = drainPreview();
    bench.terminal.interactive = true;
    bench.terminal.answers = {""};

    EXPECT_EQ(bench.run(), ExitCode::Failed);

    EXPECT_TRUE(bench.fleet.applied.empty());
    EXPECT_TRUE(has(bench.terminal.out, "nothing was applied"));
}

TEST(Drain, WithoutATerminalItSaysWhatIsMissing)
{
    Bench noCause({"drain", "gpu-02", "--yes"});
    noCause.fleet.previewAnswer = drainPreview();
    Bench noYes({"drain", "gpu-02", "--cause", "x"});
    noYes.fleet.previewAnswer = drainPreview();

    EXPECT_EQ(noCause.run(), ExitCode::Usage);
    EXPECT_EQ(noYes.run(), ExitCode::Usage);

    EXPECT_TRUE(has(noCause.terminal.err, "--cause"));
    EXPECT_TRUE(has(noYes.terminal.err, "--yes"));
    EXPECT_TRUE(noYes.fleet.applied.empty());
}

TEST(Drain, ARefusalTakesTheTypedName)
{
    model::Preview refused = drainPreview();
    refused.refusal = "pool chat would be empty";
    Bench leaves({"drain", "gpu-02", "--cause", "x", "--yes"});
    leaves.fleet.previewAnswer = refused;
    Bench insists({"drain", "gpu-02", "--cause", "x"});
    letItDrain(insists.fleet);
    insists.fleet.previewAnswer = refused;
    insists.terminal.interactive = true;
    insists.terminal.answers = {"chat", "y"};

    EXPECT_EQ(leaves.run(), ExitCode::Refused);
    EXPECT_EQ(insists.run(), ExitCode::Done);

    EXPECT_TRUE(leaves.fleet.applied.empty());
    EXPECT_TRUE(has(leaves.terminal.out, "REFUSED: pool chat would be empty"));
    ASSERT_EQ(insists.fleet.applied.size(), 1u);
    EXPECT_EQ(insists.fleet.applied[0].overrideName, "chat");
}

TEST(Drain, AConflictShowsTheFreshDiff)
{
    Bench bench({"drain", "gpu-02", "--cause", "x", "--yes"});
    bench.fleet.previewAnswer = drainPreview();
    ApplyAnswer conflict;
    conflict.outcome = ApplyAnswer::Outcome::Conflict;
    conflict.fresh = drainPreview();
    conflict.fresh.plan.baseRevision = 421;
    bench.fleet.applyAnswer = conflict;

    EXPECT_EQ(bench.run(), ExitCode::Conflict);

    EXPECT_TRUE(has(bench.terminal.out, "CONFLICT"));
    EXPECT_TRUE(has(bench.terminal.out, "on policy revision 421"));
}

TEST(Drain, AnInterruptLeavesItInPlaceAndSaysSo)
{
    Bench bench({"drain", "gpu-02", "--cause", "x", "--yes"});
    letItDrain(bench.fleet);
    bench.fleet.onLook = [](FakeFleet& seen) {
        seen.now.agents[2].state.record.appliedRevision = 420;
        seen.now.agents[2].state.drain = {model::DrainPhase::Draining, 3, 41'000, kNow};
    };
    bench.terminal.interruptAfter = 3;

    EXPECT_EQ(bench.run(), ExitCode::Interrupted);

    EXPECT_EQ(bench.fleet.applied.size(), 1u);
    EXPECT_TRUE(has(bench.terminal.out, "gpu-02 not drained: 3 left, longest 41.0 s"));
    EXPECT_TRUE(has(bench.terminal.err, "the change stays in place; `signalboxctl undo 7`"));
}

TEST(Drain, WaitingEndsWithItsOwnExitCode)
{
    Bench bench({"drain", "gpu-02", "--cause", "x", "--yes", "--wait", "30s"});
    letItDrain(bench.fleet);
    bench.fleet.onLook = nullptr; // it never applies

    EXPECT_EQ(bench.run(), ExitCode::TimedOut);

    EXPECT_TRUE(has(bench.terminal.err, "not seen through within 30.0 s"));
    EXPECT_GE(bench.fleet.nowMs, kNow + 30'000);
}

TEST(Drain, AnAgentThatLeavesIsNotCalledDrained)
{
    Bench bench({"drain", "gpu-02", "--cause", "x", "--yes"});
    letItDrain(bench.fleet);
    bench.fleet.onLook = [](FakeFleet& seen) { seen.now.agents[2].goneReason = "lease expired"; };

    EXPECT_EQ(bench.run(), ExitCode::Failed);

    EXPECT_TRUE(has(bench.terminal.err, "gpu-02 left the fleet before that: lease expired"));
    EXPECT_FALSE(has(bench.terminal.out, "safe to stop"));
}

TEST(Drain, PlainOutputReportsEveryFewSecondsOnly)
{
    Bench bench({"drain", "gpu-02", "--cause", "x", "--yes", "--wait", "20s"});
    letItDrain(bench.fleet);
    bench.fleet.onLook = nullptr;

    EXPECT_EQ(bench.run(), ExitCode::TimedOut);

    EXPECT_GE(bench.terminal.progressLines.size(), 3u);
    EXPECT_LE(bench.terminal.progressLines.size(), 5u);
}

TEST(Drain, WhatIsSoAlreadyIsNotApplied)
{
    Bench bench({"drain", "gpu-02", "--cause", "x", "--yes"});
    model::Preview same = drainPreview();
    same.diff.clear();
    bench.fleet.previewAnswer = same;

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_TRUE(bench.fleet.applied.empty());
    EXPECT_TRUE(has(bench.terminal.out, "nothing to apply"));
}

TEST(Drain, ADeadlineForAPoolIsGivenToEachOfItsAgents)
{
    Bench bench({"apply", "drain", "--pool", "chat", "--deadline", "10m", "--cause", "x"});
    letItDrain(bench.fleet);

    EXPECT_EQ(bench.run(), ExitCode::Done);

    ASSERT_EQ(bench.fleet.previewedEdits.size(), 1u);
    const auto& edit = std::get<model::AdminEdit>(bench.fleet.previewedEdits[0]);
    EXPECT_EQ(edit.pool, "chat");
    ASSERT_EQ(edit.changes.size(), 3u);
    EXPECT_EQ(edit.changes[0].deadlineUnixMs, kNow + 600'000);
}

TEST(Apply, GivesScriptsOneObjectAndDoesNotFollow)
{
    Bench bench({"apply", "drain", "gpu-02", "--cause", "x", "--output", "json"});
    letItDrain(bench.fleet);

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_TRUE(bench.terminal.out.starts_with(
        R"({"outcome":"applied","revision":420,"audit_number":7,"preview":{)"));
    EXPECT_TRUE(bench.terminal.out.ends_with("\"followed\":null}\n"));
    EXPECT_EQ(bench.terminal.waits, 0);
}

TEST(Apply, TheSameRequestIdIsPassedOn)
{
    Bench bench({"apply", "drain", "gpu-02", "--cause", "x", "--request-id", "r-1"});
    letItDrain(bench.fleet);
    ApplyAnswer again = applied();
    again.outcome = ApplyAnswer::Outcome::AlreadyApplied;
    bench.fleet.applyAnswer = again;

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_EQ(bench.fleet.applied[0].requestId, "r-1");
    EXPECT_TRUE(has(bench.terminal.out, "was applied before at policy revision 420"));
}

TEST(Undo, FollowsUntilTheAgentsRunIt)
{
    Bench bench({"undo", "7", "--cause", "done", "--yes"});
    model::Preview undo = drainPreview();
    undo.plan.undoes = 7;
    undo.plan.edit = model::AdminEdit{model::Verb::Undrain, "", {{"gpu-02", model::Admin::Run}}};
    bench.fleet.previewAnswer = undo;
    bench.fleet.applyAnswer = applied();
    bench.fleet.onLook = [](FakeFleet& seen) {
        seen.now.agents[0].state.record.appliedRevision = 420;
        seen.now.agents[2].state.record.appliedRevision = 420;
    };

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_EQ(bench.fleet.previewedUndos, std::vector<std::uint64_t>{7});
    EXPECT_TRUE(has(bench.terminal.out, "undoes audit record 7"));
    EXPECT_TRUE(has(bench.terminal.out, "gpu-02 run\n"));
}

TEST(Preview, ShowsAndAppliesNothing)
{
    Bench good({"preview", "drain", "gpu-02"});
    good.fleet.previewAnswer = drainPreview();
    Bench refused({"preview", "drain", "gpu-02", "--output", "json"});
    model::Preview preview = drainPreview();
    preview.refusal = "pool chat would be empty";
    refused.fleet.previewAnswer = preview;

    EXPECT_EQ(good.run(), ExitCode::Done);
    EXPECT_EQ(refused.run(), ExitCode::Refused);

    EXPECT_TRUE(good.fleet.applied.empty());
    EXPECT_TRUE(has(refused.terminal.out, R"("refusal":"pool chat would be empty")"));
}

TEST(Change, AnAwayStoreIsExplained)
{
    Bench bench({"drain", "gpu-02", "--cause", "x", "--yes"});
    bench.fleet.previewAnswer
        = base::Error(base::Code::Unavailable, "store does not answer", base::Origin::Store);

    EXPECT_EQ(bench.run(), ExitCode::Away);

    EXPECT_TRUE(has(bench.terminal.err, "agents keep serving on their last snapshot"));
}

} // namespace
} // namespace signalbox::ctl
