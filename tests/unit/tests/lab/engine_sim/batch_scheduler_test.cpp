// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/batch_scheduler.h"

#include <gtest/gtest.h>

namespace signalbox::engine_sim {
namespace {

using lab::StepWork;

std::vector<SequenceId> step(BatchScheduler& scheduler, StepWork& work)
{
    if (!scheduler.plan(work))
        return {};
    return scheduler.commit();
}

TEST(BatchScheduler, HasNothingToDoWithoutSequences)
{
    BatchScheduler scheduler({});
    StepWork work;

    EXPECT_FALSE(scheduler.plan(work));
}

TEST(BatchScheduler, APromptIsComputedInChunksThenEachIterationGivesAToken)
{
    BatchScheduler scheduler({.sequencesMax = 4, .batchedTokensMax = 100, .kvTokens = 10'000});
    StepWork work;
    scheduler.add({1, 250, 0});

    EXPECT_TRUE(step(scheduler, work).empty());
    EXPECT_EQ(work.prefillTokens, 100U);
    EXPECT_TRUE(step(scheduler, work).empty());
    EXPECT_EQ(step(scheduler, work), std::vector<SequenceId>{1});
    EXPECT_EQ(work.prefillTokens, 50U);

    EXPECT_EQ(step(scheduler, work), std::vector<SequenceId>{1});
    EXPECT_EQ(work.prefillTokens, 0U);
    EXPECT_EQ(work.decoding, 1U);
    EXPECT_EQ(work.contextTokens, 251U);
}

TEST(BatchScheduler, DecodingComesFirstAndPromptsFillTheRest)
{
    BatchScheduler scheduler({.sequencesMax = 4, .batchedTokensMax = 100, .kvTokens = 10'000});
    StepWork work;
    scheduler.add({1, 10, 0});
    step(scheduler, work);
    scheduler.add({2, 300, 0});

    step(scheduler, work);

    EXPECT_EQ(work.decoding, 1U);
    EXPECT_EQ(work.prefillTokens, 99U);
}

TEST(BatchScheduler, TakesNoMoreSequencesThanItMayAndKeepsTheirOrder)
{
    BatchScheduler scheduler({.sequencesMax = 2, .batchedTokensMax = 100, .kvTokens = 10'000});
    StepWork work;
    for (SequenceId id = 1; id <= 3; ++id)
        scheduler.add({id, 5, 0});

    EXPECT_EQ(step(scheduler, work), (std::vector<SequenceId>{1, 2}));
    EXPECT_EQ(scheduler.waiting(), 1U);
    scheduler.remove(1);
    EXPECT_EQ(step(scheduler, work), (std::vector<SequenceId>{2, 3}));
    EXPECT_EQ(scheduler.waiting(), 0U);
}

TEST(BatchScheduler, WhenMemoryIsFullTheNewestStartsAgain)
{
    BatchScheduler scheduler({.sequencesMax = 4, .batchedTokensMax = 100, .kvTokens = 42});
    StepWork work;
    scheduler.add({1, 20, 0});
    scheduler.add({2, 20, 0});
    EXPECT_EQ(step(scheduler, work).size(), 2U);
    EXPECT_EQ(step(scheduler, work).size(), 2U);
    EXPECT_EQ(scheduler.kvTokensUsed(), 42U);

    EXPECT_EQ(step(scheduler, work), std::vector<SequenceId>{1});

    EXPECT_EQ(scheduler.preemptions(), 1U);
    EXPECT_EQ(scheduler.waiting(), 1U);
    EXPECT_EQ(scheduler.kvTokensUsed(), 22U);
    scheduler.remove(1);
    EXPECT_EQ(step(scheduler, work), std::vector<SequenceId>{2});
    EXPECT_EQ(work.prefillTokens, 22U) << "prompt and what it had generated";
}

TEST(BatchScheduler, OneSequenceLargerThanTheMemoryStillRuns)
{
    BatchScheduler scheduler({.sequencesMax = 4, .batchedTokensMax = 100, .kvTokens = 30});
    StepWork work;
    scheduler.add({1, 50, 0});

    EXPECT_EQ(step(scheduler, work), std::vector<SequenceId>{1});
    EXPECT_EQ(step(scheduler, work), std::vector<SequenceId>{1});
}

TEST(BatchScheduler, AChoiceBesideAComputedPromptCostsOneToken)
{
    BatchScheduler scheduler({});
    StepWork work;
    scheduler.add({1, 500, 0});
    scheduler.add({2, 500, 500});

    EXPECT_EQ(step(scheduler, work).size(), 2U);
    EXPECT_EQ(work.prefillTokens, 501U);
}

TEST(BatchScheduler, RemovingGivesTheMemoryBack)
{
    BatchScheduler scheduler({});
    StepWork work;
    scheduler.add({1, 500, 0});
    scheduler.add({2, 500, 0});
    ASSERT_TRUE(scheduler.plan(work));

    scheduler.remove(1);
    scheduler.commit();
    scheduler.remove(2);

    EXPECT_EQ(scheduler.kvTokensUsed(), 0U);
    EXPECT_EQ(scheduler.running(), 0U);
}

} // namespace
} // namespace signalbox::engine_sim
