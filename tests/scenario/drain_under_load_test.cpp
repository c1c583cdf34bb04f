// SPDX-License-Identifier: Apache-2.0
// An operator drains a replica from a shell while clients keep coming: nobody loses an answer.
#include "tests/scenario/chat.h"
#include "tests/scenario/live_fleet.h"
#include "tests/scenario/load.h"

#include <gtest/gtest.h>

namespace signalbox::tests {
namespace {

TEST(DrainUnderLoad, CutsNoStreamCountsDownAndIsUndone)
{
    LiveFleet fleet;
    const auto watch = fleet.watch();
    Load load(fleet.gateway(), {"--rate", "6", "--duration", "12"});
    ASSERT_TRUE(load.hasBegun());

    const Finished drain
        = fleet.ctl({"drain", "chat-2", "--yes", "--cause", "kernel upgrade", "--wait", "90s"});

    EXPECT_EQ(drain.status, 0) << drain.output;
    EXPECT_NE(drain.output.find("chat-2 drained: safe to stop"), std::string::npos) << drain.output;
    EXPECT_EQ(fleet.engineCount("chat-2", "open"), 0u);
    EXPECT_TRUE(watch->waitForLine("chat-2  drained: chat-2 is drained"));
    const std::uint64_t startedBefore = fleet.engineCount("chat-2", "started");
    EXPECT_EQ(chat({.url = fleet.gateway()}).judgement.verdict, replay::Verdict::Ok);
    EXPECT_EQ(fleet.engineCount("chat-2", "started"), startedBefore);

    const Finished undo = fleet.ctl({"undo", "2", "--yes", "--cause", "upgraded"});

    EXPECT_EQ(undo.status, 0) << undo.output;
    EXPECT_TRUE(watch->waitForLine("chat-2 takes new work again"));
    const LoadResult result = load.finish();
    EXPECT_EQ(result.ok, result.requests) << result.report;
    EXPECT_GT(result.requests, 20u);
    EXPECT_EQ(result.unfinished, 0u);
    const Finished audit = fleet.ctl({"get", "audit"});
    EXPECT_NE(audit.output.find("kernel upgrade"), std::string::npos) << audit.output;
    EXPECT_NE(audit.output.find("upgraded"), std::string::npos) << audit.output;
    EXPECT_NE(audit.output.find("alice"), std::string::npos) << audit.output;
}

TEST(DrainUnderLoad, TheLastReplicaOfAPoolIsNotDrainedWithoutItsName)
{
    LiveFleet fleet({"--instances", "1"});

    const Finished refused = fleet.ctl({"drain", "chat-1", "--yes", "--cause", "x"});

    EXPECT_EQ(refused.status, 3) << refused.output;
    EXPECT_NE(refused.output.find("nothing was applied"), std::string::npos) << refused.output;
    EXPECT_EQ(chat({.url = fleet.gateway()}).judgement.verdict, replay::Verdict::Ok);

    const Finished meant
        = fleet.ctl({"drain", "chat-1", "--yes", "--cause", "x", "--override", "chat"});

    EXPECT_EQ(meant.status, 0) << meant.output;
    const ChatAnswer nobody = chat({.url = fleet.gateway()});
    EXPECT_EQ(nobody.status, 503) << describe(nobody);
}

} // namespace
} // namespace signalbox::tests
