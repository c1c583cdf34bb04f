// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/console/ctl/commands/fakes.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace signalbox::ctl {
namespace {

using namespace tests;
using model::PairState;

bool has(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

model::ScaleProgress progressOf(std::uint32_t desired, const std::vector<PairState>& states)
{
    model::ScaleProgress progress;
    progress.pool = "chat";
    progress.desired = desired;
    progress.others = 3;
    for (const PairState state : states) {
        model::PairProgress pair;
        pair.id = "chat-" + std::to_string(4 + progress.pairs.size());
        pair.state = state;
        pair.logPath = "/data/" + pair.id + "/logs";
        progress.pairs.push_back(pair);
    }
    return progress;
}

// Applied at 420, and then as `looks` say, one after the other.
void letItApply(FakeFleet& fleet, const model::ScaleEdit& edit,
                std::vector<model::ScaleProgress> looks)
{
    model::Preview preview;
    preview.plan.edit = edit;
    preview.plan.baseRevision = 419;
    preview.diff.push_back({"pool", "chat", "instances", "3", std::to_string(edit.desired)});
    preview.agents = {"gate-01"};
    for (const model::AdminChange& change : edit.changes)
        preview.agents.push_back(change.agent);
    fleet.previewAnswer = preview;
    ApplyAnswer applied;
    applied.revision = 420;
    applied.auditNumber = 7;
    fleet.applyAnswer = applied;
    fleet.convergenceAnswer = {420, 1, 1, 4, 4, {}};
    fleet.onLook = [looks = std::move(looks), at = std::size_t{0}](FakeFleet& seen) mutable {
        model::AgentState& gateway = seen.now.agents[0].state;
        gateway.record.appliedRevision = 420;
        gateway.scaling = {looks[std::min(at++, looks.size() - 1)]};
    };
}

TEST(Scale, FollowsUntilEveryInstanceIsReady)
{
    Bench bench({"scale", "chat", "5", "--cause", "campaign", "--yes"});
    letItApply(bench.fleet, {"chat", 5},
               {progressOf(3, {}), progressOf(5, {PairState::Starting}),
                progressOf(5, {PairState::Ready, PairState::Loading}),
                progressOf(5, {PairState::Ready, PairState::Ready})});

    EXPECT_EQ(bench.run(), ExitCode::Done);

    ASSERT_EQ(bench.fleet.previewedEdits.size(), 1U);
    EXPECT_EQ(bench.fleet.previewedEdits[0], model::Edit(model::ScaleEdit{"chat", 5}));
    const std::string& out = bench.terminal.out;
    EXPECT_TRUE(has(out, "scale chat to 5 (on policy revision 419)")) << out;
    EXPECT_TRUE(has(out, "pool chat instances: 3 -> 5")) << out;
    EXPECT_TRUE(has(out, "pool chat: 5 wanted: 3 by others, 2 ready")) << out;
}

TEST(Scale, VictimsAreNamedAndMayLeaveWhileItIsFollowed)
{
    Bench bench({"scale", "chat", "3", "--victim", "chat-4", "--cause", "over", "--yes"});
    const model::ScaleEdit asked{"chat", 3, {{"chat-4", model::Admin::Drain, 0}}};
    letItApply(bench.fleet, asked, {progressOf(3, {PairState::Draining}), progressOf(3, {})});

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_EQ(bench.fleet.previewedEdits.at(0), model::Edit(asked));
    EXPECT_TRUE(has(bench.terminal.out, "scale chat to 3 -chat-4")) << bench.terminal.out;
    EXPECT_TRUE(has(bench.terminal.out, "3 wanted: 3 by others, 0 ready")) << bench.terminal.out;
}

TEST(Scale, WhatDoesNotStartInTimeIsToldWithItsReasonAndItsLogs)
{
    Bench bench({"scale", "chat", "4", "--cause", "x", "--yes", "--wait", "5s"});
    model::ScaleProgress progress = progressOf(4, {PairState::BackingOff});
    progress.pairs[0].reason = "the engine exited with status 1; it is started again";
    progress.pairs[0].restarts = 2;
    letItApply(bench.fleet, {"chat", 4}, {progress});

    EXPECT_EQ(bench.run(), ExitCode::TimedOut);

    EXPECT_TRUE(has(bench.terminal.out, "chat-4 backing off: the engine exited with status 1"))
        << bench.terminal.out;
    EXPECT_TRUE(has(bench.terminal.out, "started again 2 times; logs in /data/chat-4/logs"))
        << bench.terminal.out;
}

TEST(Scale, IsOneJsonObjectForScripts)
{
    Bench bench({"--output", "json", "scale", "chat", "4", "--cause", "x", "--yes"});
    letItApply(bench.fleet, {"chat", 4}, {progressOf(4, {PairState::Ready})});

    EXPECT_EQ(bench.run(), ExitCode::Done);

    const std::string& out = bench.terminal.out;
    EXPECT_TRUE(has(out, R"("edit":{"verb":"scale","pool":"chat","desired":4,"changes":[]})"))
        << out;
    EXPECT_TRUE(has(out, R"("goal":"scaled")")) << out;
    EXPECT_TRUE(has(out, R"("scaling":{"pool":"chat","desired":4,"others":3,"ready":1)")) << out;
}

} // namespace
} // namespace signalbox::ctl
