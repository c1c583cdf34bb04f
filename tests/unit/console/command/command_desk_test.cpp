// SPDX-License-Identifier: Apache-2.0
#include "console/command/command_desk.h"
#include "shared/base/limits.h"
#include "tests/support/gui/console_fleet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::command {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

model::Edit drainOf(const std::string& agent)
{
    return model::AdminEdit{model::Verb::Drain, "", {{agent, model::Admin::Drain, 0}}};
}

model::Preview previewOf(const model::Edit& edit)
{
    model::Preview preview;
    preview.plan.edit = edit;
    preview.plan.baseRevision = 419;
    preview.plan.signature = "signed";
    preview.diff = {{"admin", "chat-0", "admin", "run", "drain"}};
    preview.agents = {"chat-0", "gw-1"};
    return preview;
}

model::ApplyAnswer appliedAnswer(base::Revision revision = 420, std::uint64_t number = 4)
{
    return {model::ApplyAnswer::Outcome::Applied, revision, number, {}};
}

class CommandDeskTest : public testing::Test {
protected:
    CommandDeskTest()
    {
        fleet_.connect(3);
        fleet_.port().refreshes = 0;
    }

    // A draft with its preview and cause: one press from being applied.
    void prepare()
    {
        ASSERT_TRUE(desk_.open("drain agent/chat-0"));
        desk_.setWish(drainOf("chat-0"));
        port().onPreview(previewOf(drainOf("chat-0")));
        desk_.setCause("kernel upgrade");
    }

    void pass(std::chrono::milliseconds by)
    {
        fleet_.clock().advance(by);
        desk_.tick();
    }

    tests::RecordingPort& port() { return fleet_.port(); }

    tests::ConsoleFleet fleet_;
    CommandDesk desk_{fleet_.store(), fleet_.port(), fleet_.clock()};
};

TEST_F(CommandDeskTest, AsksForPreviewsAndNothingElseBeforeApply)
{
    prepare();
    EXPECT_EQ(desk_.state(), DeskState::Previewed);
    EXPECT_THAT(desk_.hindrances(), IsEmpty());

    pass(5s);
    EXPECT_EQ(port().previews.size(), 2u) << "refreshed after 5 s";
    EXPECT_TRUE(desk_.close());
    pass(60s);

    EXPECT_THAT(port().applied, IsEmpty());
    EXPECT_THAT(port().convergences, IsEmpty());
    EXPECT_EQ(port().previews.size(), 2u) << "a closed draft asks no more";
}

TEST_F(CommandDeskTest, AppliesThePlanThatIsShownOnce)
{
    prepare();

    desk_.apply();
    desk_.apply();

    ASSERT_EQ(port().applied.size(), 1u);
    EXPECT_EQ(port().applied[0].plan, previewOf(drainOf("chat-0")).plan);
    EXPECT_EQ(port().applied[0].options.operatorName, "ana");
    EXPECT_EQ(port().applied[0].options.cause, "kernel upgrade");
    EXPECT_EQ(port().applied[0].options.overrideName, "");
    EXPECT_FALSE(port().applied[0].options.requestId.empty());
    EXPECT_FALSE(desk_.close()) << "the answer comes first";

    port().onApply(appliedAnswer());
    EXPECT_EQ(desk_.state(), DeskState::Closed);
    ASSERT_NE(desk_.followed(4), nullptr);
    EXPECT_EQ(desk_.followed(4)->revision, 420);
    EXPECT_EQ(port().refreshes, 1);
}

TEST_F(CommandDeskTest, WhatWasNotAnsweredIsSentAgainAsTheSameRequest)
{
    prepare();
    desk_.apply();
    port().onApply(base::Error(base::Code::DeadlineExceeded, "no answer for 10 s"));
    EXPECT_EQ(desk_.state(), DeskState::Unsure);

    desk_.setCause("another one");
    pass(70s);
    EXPECT_EQ(port().previews.size(), 1u) << "what was sent stands";
    desk_.apply();

    ASSERT_EQ(port().applied.size(), 2u);
    EXPECT_EQ(port().applied[1].options.requestId, port().applied[0].options.requestId);
    EXPECT_EQ(port().applied[1].options.cause, "kernel upgrade");
    EXPECT_EQ(port().applied[1].plan, port().applied[0].plan);

    model::ApplyAnswer answer = appliedAnswer();
    answer.outcome = model::ApplyAnswer::Outcome::AlreadyApplied;
    port().onApply(answer);
    EXPECT_TRUE(desk_.followed(4)->wasApplied);
}

TEST_F(CommandDeskTest, ARefusedTryIsOverAndTheNextIsAnotherRequest)
{
    prepare();
    desk_.apply();
    port().onApply(base::Error(base::Code::FailedPrecondition, "refused: its floor is 1"));
    EXPECT_EQ(desk_.state(), DeskState::Refused);
    EXPECT_EQ(desk_.problem(), "refused: its floor is 1");
    ASSERT_EQ(port().previews.size(), 2u);
    port().onPreview(previewOf(drainOf("chat-0")));
    EXPECT_EQ(desk_.problem(), "refused: its floor is 1") << "still to be read";

    desk_.apply();
    ASSERT_EQ(port().applied.size(), 2u);
    EXPECT_NE(port().applied[1].options.requestId, port().applied[0].options.requestId);
}

TEST_F(CommandDeskTest, AConflictShowsTheFreshPlanAndWaits)
{
    prepare();
    desk_.apply();
    model::Preview fresh = previewOf(drainOf("chat-0"));
    fresh.plan.baseRevision = 421;
    fresh.diff[0].before = "maint";
    port().onApply(model::ApplyAnswer{model::ApplyAnswer::Outcome::Conflict, 421, 0, fresh});

    EXPECT_EQ(desk_.state(), DeskState::Conflict);
    EXPECT_EQ(*desk_.preview(), fresh);
    EXPECT_THAT(desk_.hindrances(), ElementsAre(Hindrance::Changed));
    desk_.apply();
    ASSERT_EQ(port().applied.size(), 1u);

    desk_.acceptChange();
    EXPECT_EQ(desk_.state(), DeskState::Previewed);
    desk_.apply();
    ASSERT_EQ(port().applied.size(), 2u);
    EXPECT_EQ(port().applied[1].plan.baseRevision, 421);
    EXPECT_NE(port().applied[1].options.requestId, port().applied[0].options.requestId);
}

TEST_F(CommandDeskTest, ARefreshThatDecidesSomethingElseMustBeLookedAt)
{
    prepare();
    pass(5s);
    model::Preview same = previewOf(drainOf("chat-0"));
    same.survivors = {{.pool = "chat", .readyBefore = 3, .readyAfter = 2}};
    port().onPreview(same);
    EXPECT_FALSE(desk_.isChanged()) << "figures move all the time";

    pass(5s);
    model::Preview other = same;
    other.agents.emplace_back("gw-2");
    port().onPreview(other);

    EXPECT_TRUE(desk_.isChanged());
    EXPECT_THAT(desk_.hindrances(), ElementsAre(Hindrance::Changed));
    desk_.acceptChange();
    EXPECT_THAT(desk_.hindrances(), IsEmpty());
}

TEST_F(CommandDeskTest, OnlyTheNewestParametersArePreviewed)
{
    ASSERT_TRUE(desk_.open("drain"));
    desk_.setWish(drainOf("chat-0"));
    const auto first = port().onPreview;
    desk_.setWish(drainOf("chat-1"));
    desk_.setWish(drainOf("chat-2"));
    EXPECT_EQ(port().previews.size(), 1u) << "one question at a time";

    first(previewOf(drainOf("chat-0")));
    EXPECT_FALSE(desk_.preview()) << "an answer about something else";
    ASSERT_EQ(port().previews.size(), 2u);
    EXPECT_EQ(port().previews[1], drainOf("chat-2"));
    port().onPreview(previewOf(drainOf("chat-2")));
    EXPECT_TRUE(desk_.preview());
}

TEST_F(CommandDeskTest, ARefusalTakesTheExactName)
{
    prepare();
    pass(5s);
    model::Preview refused = previewOf(drainOf("chat-0"));
    refused.refusal = "pool chat would be left with 0 ready instances of 3";
    refused.overrideName = "chat";
    port().onPreview(refused);
    desk_.acceptChange();
    EXPECT_THAT(desk_.hindrances(), ElementsAre(Hindrance::NotNamed));

    for (const char* wrong : {"cha", "Chat", "chat "}) {
        desk_.setTypedName(wrong);
        EXPECT_THAT(desk_.hindrances(), ElementsAre(Hindrance::NotNamed)) << wrong;
    }
    desk_.setTypedName("chat");
    desk_.apply();
    ASSERT_EQ(port().applied.size(), 1u);
    EXPECT_EQ(port().applied[0].options.overrideName, "chat");
}

TEST_F(CommandDeskTest, TheCauseIsRequiredAndBounded)
{
    prepare();
    desk_.setCause("");
    EXPECT_THAT(desk_.hindrances(), ElementsAre(Hindrance::NoCause));
    desk_.setCause(std::string(limits::kCauseBytes + 1, 'x'));
    EXPECT_THAT(desk_.hindrances(), ElementsAre(Hindrance::CauseTooLong));
    desk_.apply();
    EXPECT_THAT(port().applied, IsEmpty());
    desk_.setCause(std::string(limits::kCauseBytes, 'x'));
    EXPECT_THAT(desk_.hindrances(), IsEmpty());
}

TEST_F(CommandDeskTest, NothingIsAppliedWhereItMayNotBe)
{
    prepare();
    desk_.setAccess(Access::Replay);
    EXPECT_THAT(desk_.hindrances(), ElementsAre(Hindrance::Replay));
    desk_.setAccess(Access::ReadOnly);
    EXPECT_THAT(desk_.hindrances(), ElementsAre(Hindrance::ReadOnly));
    desk_.setAccess(Access::Operate);
    fleet_.storeAway();
    EXPECT_THAT(desk_.hindrances(), ElementsAre(Hindrance::StoreAway));
    fleet_.loseLink();
    EXPECT_THAT(desk_.hindrances(), Contains(Hindrance::LinkLost));
    pass(61s);
    EXPECT_THAT(desk_.hindrances(), Contains(Hindrance::Expired));
    desk_.apply();
    EXPECT_THAT(port().applied, IsEmpty());
}

TEST_F(CommandDeskTest, ACauseThatWasTypedIsOfferedAgain)
{
    prepare();
    ASSERT_TRUE(desk_.close());
    ASSERT_TRUE(desk_.open("drain agent/chat-1"));
    EXPECT_EQ(desk_.draft().cause, "");
    ASSERT_TRUE(desk_.open("drain agent/chat-0"));
    EXPECT_EQ(desk_.draft().cause, "kernel upgrade");

    desk_.setWish(drainOf("chat-0"));
    port().onPreview(previewOf(drainOf("chat-0")));
    desk_.apply();
    port().onApply(appliedAnswer());
    ASSERT_TRUE(desk_.open("drain agent/chat-0"));
    EXPECT_EQ(desk_.draft().cause, "") << "it was used";
}

TEST_F(CommandDeskTest, KeepsNoMoreCausesThanItsLimit)
{
    for (std::size_t i = 0; i <= limits::kDraftsKept; ++i) {
        ASSERT_TRUE(desk_.open("drain " + std::to_string(i)));
        desk_.setCause("why");
    }
    ASSERT_TRUE(desk_.open("drain 0"));
    EXPECT_EQ(desk_.draft().cause, "");
    ASSERT_TRUE(desk_.open("drain 1"));
    EXPECT_EQ(desk_.draft().cause, "why");
}

TEST_F(CommandDeskTest, ADrainIsFollowedUntilItIsSafeToStop)
{
    prepare();
    fleet_.drain("chat-0", 14);
    desk_.apply();
    port().onApply(appliedAnswer());
    model::Convergence convergence{.revision = 420, .alteredApplied = 1, .alteredTotal = 2};
    convergence.behind = {{"chat-0", 419, 4'000, ""}};
    port().onConvergence(convergence);
    EXPECT_EQ(desk_.followed(4)->stage, CommandStage::Converging);
    EXPECT_EQ(desk_.followed(4)->left(), 14u);

    pass(400ms);
    EXPECT_EQ(port().convergences.size(), 1u);
    pass(100ms);
    ASSERT_EQ(port().convergences.size(), 2u) << "asked each 500 ms";
    convergence = {.revision = 420, .alteredApplied = 2, .alteredTotal = 2};
    port().onConvergence(convergence);
    EXPECT_EQ(desk_.followed(4)->stage, CommandStage::Following);

    fleet_.state("chat-0").record.appliedRevision = 420;
    fleet_.drain("chat-0", 3);
    pass(500ms);
    EXPECT_EQ(desk_.followed(4)->left(), 3u);
    EXPECT_EQ(desk_.followed(4)->most(), 14u);
    EXPECT_EQ(port().convergences.size(), 2u) << "all have applied it";
    fleet_.drain("chat-0", 0);
    pass(500ms);
    EXPECT_EQ(desk_.followed(4)->stage, CommandStage::Done);
    EXPECT_TRUE(desk_.followed(4)->drains[0].isDrained);
}

TEST_F(CommandDeskTest, ADrainEndsWhenItsAgentLeavesOrWorksAgain)
{
    prepare();
    fleet_.drain("chat-0", 14);
    desk_.apply();
    port().onApply(appliedAnswer());
    port().onConvergence(
        model::Convergence{.revision = 420, .alteredApplied = 2, .alteredTotal = 2});
    EXPECT_EQ(desk_.followed(4)->stage, CommandStage::Following);

    fleet_.state("chat-0").record.appliedRevision = 421;
    fleet_.state("chat-0").admin = model::Admin::Run;
    fleet_.state("chat-0").drain = {};
    fleet_.tell("chat-0");
    pass(500ms);

    EXPECT_TRUE(desk_.followed(4)->drains[0].isTakenBack);
    EXPECT_EQ(desk_.followed(4)->stage, CommandStage::Done);
}

TEST_F(CommandDeskTest, FollowsNoMoreCommandsThanItsLimit)
{
    for (std::uint64_t number = 1; number <= limits::kCommandsFollowed + 2; ++number) {
        prepare();
        desk_.apply();
        port().onApply(appliedAnswer(420, number));
        if (number == 3)
            desk_.letGo(number);
    }
    EXPECT_EQ(desk_.followed().size(), limits::kCommandsFollowed);
    EXPECT_EQ(desk_.followed(3), nullptr) << "what is at its end goes first";
    EXPECT_EQ(desk_.followed(1), nullptr);
    EXPECT_EQ(desk_.followedDropped(), 1u);
}

TEST_F(CommandDeskTest, AScaleIsFollowedUntilThatManyAreReady)
{
    fleet::FleetChanges changes;
    changes.policy = fleet_.store().policy();
    changes.policy->policy.pools["chat"].scale = model::PoolScale{.on = "gw-1", .desired = 2};
    fleet_.store().apply(std::move(changes));
    const auto tell = [this](std::uint32_t desired, std::vector<model::PairState> states) {
        model::ScaleProgress progress{.pool = "chat", .desired = desired};
        for (const model::PairState state : states)
            progress.pairs.push_back({.id = "chat-9", .state = state});
        fleet_.state("gw-1").scaling = {progress};
        fleet_.tell("gw-1");
        pass(500ms);
    };
    const model::Edit edit = model::ScaleEdit{"chat", 2, {}};
    ASSERT_TRUE(desk_.open("scale pool/chat"));
    desk_.setWish(edit);
    port().onPreview(previewOf(edit));
    desk_.setCause("evening peak");
    desk_.apply();
    port().onApply(appliedAnswer());
    port().onConvergence(
        model::Convergence{.revision = 420, .alteredApplied = 2, .alteredTotal = 2});
    EXPECT_EQ(desk_.followed(4)->stage, CommandStage::Following);

    tell(1, {model::PairState::Ready});
    EXPECT_FALSE(desk_.followed(4)->scale->isKnown) << "it still tells of the number before";
    tell(2, {model::PairState::Ready, model::PairState::Loading});
    EXPECT_EQ(desk_.followed(4)->scale->ready, 1u);
    EXPECT_EQ(desk_.followed(4)->scale->starting, 1u);
    EXPECT_EQ(desk_.followed(4)->stage, CommandStage::Following);
    tell(2, {model::PairState::Ready, model::PairState::Ready});
    EXPECT_EQ(desk_.followed(4)->stage, CommandStage::Done);
}

TEST_F(CommandDeskTest, AnUndoIsAnOrdinaryChange)
{
    ASSERT_TRUE(desk_.open("undo audit/3"));
    desk_.setWish(UndoOf{3});
    EXPECT_THAT(port().undos, ElementsAre(3u));
    EXPECT_THAT(port().previews, IsEmpty());
    port().onPreview(base::Error(base::Code::NotFound, "no record 3"));
    EXPECT_EQ(desk_.state(), DeskState::Failed);
    EXPECT_THAT(desk_.hindrances(), Contains(Hindrance::PreviewFailed));
    pass(5s);
    EXPECT_EQ(port().undos.size(), 2u) << "asked again";
    port().onPreview(previewOf(drainOf("chat-0")));
    EXPECT_THAT(desk_.hindrances(), Not(Contains(Hindrance::PreviewFailed)));
}

} // namespace
} // namespace signalbox::command
