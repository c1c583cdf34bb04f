// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/meters/decision_draft.h"
#include "agent/proxy/meters/decision_ring.h"

#include "shared/base/limits.h"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::proxy {
namespace {

model::Decision decisionOf(const std::string& id)
{
    model::Decision decision;
    decision.requestId = id;
    return decision;
}

TEST(DecisionRing, AStormOfOneKindPushesOutItsOwnKindOnly)
{
    DecisionRing ring;
    ring.keep(Kept::Slow, decisionOf("slow"));
    ring.keep(Kept::Failed, decisionOf("first"));
    for (std::size_t i = 0; i < limits::kDecisionsKept; ++i)
        ring.keep(Kept::Failed, decisionOf("storm-" + std::to_string(i)));

    EXPECT_EQ(ring.find("first"), nullptr);
    EXPECT_NE(ring.find("storm-0"), nullptr);
    EXPECT_NE(ring.find("slow"), nullptr);
    EXPECT_EQ(ring.find("nobody"), nullptr);
}

TEST(SlowMark, CallsAboutOneOfAHundredSlow)
{
    SlowMark mark;
    upstream::Random random(3);
    int slow = 0;
    for (int i = 0; i < 20'000; ++i)
        slow += mark.isSlow(static_cast<std::int64_t>(random.below(1'000'000'000))) ? 1 : 0;
    EXPECT_GT(slow, 50);
    EXPECT_LT(slow, 600);
    EXPECT_TRUE(mark.isSlow(10'000'000'000));
    EXPECT_FALSE(mark.isSlow(1'000'000));
}

TEST(DecisionDraft, NotesTheChosenOneHoweverManyThereAre)
{
    upstream::Survey survey;
    survey.candidates.resize(100);
    survey.candidates[70].score = 12;
    upstream::Pick pick;
    pick.index = 70;
    DecisionDraft draft;

    draft.begin(2, pick, survey);
    draft.failed({upstream::AttemptEnd::Status, 500, {}}, 9);
    for (std::size_t i = 0; i < 2 * DecisionDraft::kAttempts; ++i)
        draft.begin(3, pick, survey);

    ASSERT_EQ(draft.count(), DecisionDraft::kAttempts);
    const DecisionDraft::Attempt& first = draft.at(0);
    EXPECT_EQ(first.members, 100U);
    EXPECT_EQ(first.candidateCount, DecisionDraft::kCandidates);
    EXPECT_EQ(first.candidates[DecisionDraft::kCandidates - 1].index, 70);
    EXPECT_EQ(first.candidates[DecisionDraft::kCandidates - 1].score, 12);
    EXPECT_EQ(first.status, 500);
    EXPECT_FALSE(first.isAnswered);
}

} // namespace
} // namespace signalbox::proxy
