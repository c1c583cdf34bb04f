// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/console/ctl/commands/fakes.h"

#include <gtest/gtest.h>

namespace signalbox::ctl {
namespace {

using namespace tests;
using Overridden = std::vector<std::pair<std::string, model::Admin>>;

bool has(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

TEST(ByHand, DrainsAtTheAgentItselfAndSaysUntilWhen)
{
    Bench bench({"drain", "gpu-02", "--by-hand", "--cause", "smoke", "--yes"});
    bench.fleet.overrideAnswer = kNow + 3'600'000;

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_EQ(bench.fleet.overridden, (Overridden{{"gpu-02", model::Admin::Drain}}));
    EXPECT_TRUE(bench.fleet.previewedEdits.empty()); // the store is away
    EXPECT_TRUE(has(bench.terminal.out, "gpu-02 drains until"));
}

TEST(ByHand, EndsIt)
{
    Bench bench({"undrain", "gpu-02", "--by-hand", "--cause", "over", "--yes"});

    EXPECT_EQ(bench.run(), ExitCode::Done);

    EXPECT_EQ(bench.fleet.overridden, (Overridden{{"gpu-02", model::Admin::Run}}));
    EXPECT_TRUE(has(bench.terminal.out, "gpu-02 follows policy again"));
}

TEST(ByHand, AsksForACauseAndAYes)
{
    Bench bench({"drain", "gpu-02", "--by-hand"});
    bench.terminal.interactive = true;
    bench.terminal.answers = {"smoke", "n"};

    EXPECT_EQ(bench.run(), ExitCode::Failed);

    EXPECT_TRUE(bench.fleet.overridden.empty());
    EXPECT_TRUE(has(bench.terminal.out, "nothing was applied"));
}

TEST(ByHand, AnAgentThatDoesNotLetItSaysWhy)
{
    Bench bench({"drain", "gpu-02", "--by-hand", "--cause", "x", "--yes"});
    bench.fleet.overrideAnswer
        = base::Error(base::Code::FailedPrecondition, "the store answers: preview and apply");
    Bench nobody({"drain", "gpu-99", "--by-hand", "--cause", "x", "--yes"});

    EXPECT_NE(bench.run(), ExitCode::Done);
    EXPECT_NE(nobody.run(), ExitCode::Done);

    EXPECT_TRUE(has(bench.terminal.err, "the store answers: preview and apply"));
    EXPECT_TRUE(has(nobody.terminal.err, "no agent gpu-99 is known"));
}

} // namespace
} // namespace signalbox::ctl
