// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/audit_chain.h"
#include "tests/unit/agent/control/commands/command_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

using namespace std::chrono_literals;
using model::Admin;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Outcome = ApplyAnswer::Outcome;

// Walks the whole chain in the store; the picture of what is wrong with it.
std::vector<std::string> chainProblems(CommandWorld& world)
{
    AuditChain chain;
    const auto head = wire::auditHeadFromJson(world.stored(world.keys.auditHead()));
    for (std::uint64_t number = 1; number <= head->number; ++number)
        chain.add(number, world.stored(world.keys.audit(number)));
    chain.finish(head->number, head->hash);
    return chain.problems();
}

// The page, the search for the request, and then the write is next.
void runUntilItWrites(CommandWorld& world)
{
    world.executor.runOne();
    world.executor.runOne();
}

TEST(Apply, ADrainIsOneRevisionWithItsRecordAndReachesEveryAgent)
{
    CommandWorld world;
    const auto before = world.policy().revision;
    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));
    ASSERT_TRUE(previewed) << previewed.error().text();

    const auto applied = world.apply(*world.second, previewed->plan, world.because("r1"));

    ASSERT_TRUE(applied) << applied.error().text();
    EXPECT_EQ(applied->outcome, Outcome::Applied);
    EXPECT_EQ(applied->auditNumber, 2U);
    EXPECT_GT(applied->revision, before);
    for (const CommandAgent* agent : {world.first.get(), world.second.get()}) {
        EXPECT_EQ(agent->watch.picture()->policy.adminOf("gpu-1"), Admin::Drain);
        EXPECT_EQ(agent->watch.picture()->policy.revision, applied->revision);
        EXPECT_EQ(agent->told.eventsOf("unaudited_change"), 0);
    }
    const model::AuditRecord record = world.record(2);
    EXPECT_EQ(record.operatorName, "ana");
    EXPECT_EQ(record.cause, "the fan is loud");
    EXPECT_EQ(record.agent, "gw-2");
    EXPECT_EQ(record.requestId, "r1");
    EXPECT_EQ(record.baseRevision, before);
    EXPECT_EQ(record.revision, applied->revision) << "one transaction, one revision";
    EXPECT_EQ(record.inverse, model::Edit(undrainOf("gpu-1")));
    EXPECT_THAT(record.diff,
                ElementsAre(model::DiffLine{"admin", "gpu-1", "admin", "run", "drain"}));
    EXPECT_EQ(record.previewed.size(), 1U);
    EXPECT_EQ(world.policy().admin.at("gpu-1").cause, "the fan is loud");
    EXPECT_THAT(chainProblems(world), IsEmpty());
}

TEST(Apply, UndoAndUndoOfUndoAreCommandsLikeAnyOther)
{
    CommandWorld world;
    ASSERT_TRUE(world.run(*world.first, drainOf({"gpu-1"}), "r1"));

    const auto undo = world.previewUndo(*world.second, 2);
    ASSERT_TRUE(undo) << undo.error().text();
    EXPECT_EQ(undo->plan.undoes, 2U);
    EXPECT_THAT(undo->warnings, IsEmpty());
    ASSERT_TRUE(world.apply(*world.first, undo->plan, world.because("r2")));
    EXPECT_EQ(world.policy().adminOf("gpu-1"), Admin::Run);
    EXPECT_EQ(world.record(3).undoes, 2U);

    const auto redo = world.previewUndo(*world.first, 3);
    ASSERT_TRUE(redo) << redo.error().text();
    ASSERT_TRUE(world.apply(*world.first, redo->plan, world.because("r3")));
    EXPECT_EQ(world.policy().adminOf("gpu-1"), Admin::Drain);
    EXPECT_EQ(world.record(4).undoes, 3U);
    EXPECT_THAT(chainProblems(world), IsEmpty());
}

TEST(Apply, UndoSaysThatPolicyHasMovedAndWhatCannotBeUndone)
{
    CommandWorld world;
    ASSERT_TRUE(world.run(*world.first, drainOf({"gpu-1"}), "r1"));
    world.put(world.keys.agent("gpu-3"), wire::toJson(recordOf("gpu-3")));
    ASSERT_TRUE(world.run(*world.first, drainOf({"gpu-3"}), "r2"));

    const auto undo = world.previewUndo(*world.first, 2);

    ASSERT_TRUE(undo) << undo.error().text();
    EXPECT_THAT(undo->warnings, ElementsAre(HasSubstr("policy has moved since command 2")));
    EXPECT_THAT(world.previewUndo(*world.first, 1).error().message(),
                HasSubstr("command 1 cannot be undone: it is the fleet's first policy"));
    EXPECT_EQ(world.previewUndo(*world.first, 99).error().code(), base::Code::NotFound);
}

TEST(Apply, TheSameRequestTwiceIsOneChangeAndOneAnswerOnAnyAgent)
{
    CommandWorld world;
    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));

    const auto once = world.apply(*world.first, previewed->plan, world.because("r1"));
    const auto again = world.apply(*world.first, previewed->plan, world.because("r1"));
    world.executor.advance(10min);
    const auto late = world.apply(*world.second, previewed->plan, world.because("r1"));

    for (const auto& answer : {again, late}) {
        ASSERT_TRUE(answer) << answer.error().text();
        EXPECT_EQ(answer->outcome, Outcome::AlreadyApplied);
        EXPECT_EQ(answer->revision, once->revision);
        EXPECT_EQ(answer->auditNumber, once->auditNumber);
    }
    EXPECT_EQ(world.record(3).number, 0U);
}

TEST(Apply, ARequestIdThatBelongsToAnotherChangeIsRefused)
{
    CommandWorld world;
    ASSERT_TRUE(world.run(*world.first, drainOf({"gpu-1"}), "r1"));

    const auto other = world.run(*world.first, undrainOf("gpu-1"), "r1");

    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code(), base::Code::AlreadyExists);
    EXPECT_THAT(other.error().message(), HasSubstr("belongs to command 2"));
}

TEST(Apply, OfTwoOperatorsOneWinsAndTheOtherSeesWhatThereIsNow)
{
    CommandWorld world;
    world.put(world.keys.agent("gpu-3"), wire::toJson(recordOf("gpu-3")));
    const auto ana = world.preview(*world.first, drainOf({"gpu-1"}));
    const auto bo = world.preview(*world.second, drainOf({"gpu-2"}));

    std::vector<ApplyAnswer> answers;
    const auto note = [&](auto result) {
        ASSERT_TRUE(result) << result.error().text();
        answers.push_back(*result);
    };
    world.first->desk.apply(ana->plan, world.because("r1"), note);
    world.second->desk.apply(bo->plan, world.because("r2"), note);
    world.executor.advance(5s);

    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[0].outcome, Outcome::Applied);
    ASSERT_EQ(answers[1].outcome, Outcome::Conflict);
    ASSERT_TRUE(answers[1].fresh.has_value());
    EXPECT_EQ(answers[1].fresh->plan.baseRevision, answers[0].revision);
    EXPECT_EQ(answers[1].fresh->survivors.front().readyBefore, 2U) << "one of three is drained";
    EXPECT_EQ(world.policy().admin.size(), 1U);

    const auto second
        = world.apply(*world.second, answers[1].fresh->plan, world.because("r2"));
    ASSERT_TRUE(second) << second.error().text();
    EXPECT_EQ(second->outcome, Outcome::Applied);
    EXPECT_EQ(world.policy().admin.size(), 2U);
    EXPECT_THAT(chainProblems(world), IsEmpty());
}

TEST(Apply, TheSameRequestAtTwoAgentsAtOnceIsOneChange)
{
    CommandWorld world;
    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));

    std::vector<ApplyAnswer> answers;
    for (CommandAgent* agent : {world.first.get(), world.second.get()})
        agent->desk.apply(previewed->plan, world.because("r1"),
                          [&](auto result) { answers.push_back(*result); });
    world.executor.advance(5s);

    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[0].outcome, Outcome::Applied);
    EXPECT_EQ(answers[1].outcome, Outcome::AlreadyApplied);
    EXPECT_EQ(answers[0].auditNumber, answers[1].auditNumber);
}

TEST(Apply, AHandChangedObjectIsAConflictThoughTheHeadDidNotMove)
{
    CommandWorld world;
    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));
    world.put(world.keys.policy(model::PolicyKind::Admin, "gpu-1"),
              wire::toJson(model::AdminIntent{"gpu-1", Admin::Maint, 0, "by hand"}));

    const auto applied = world.apply(*world.first, previewed->plan, world.because("r1"));

    ASSERT_TRUE(applied) << applied.error().text();
    EXPECT_EQ(applied->outcome, Outcome::Conflict);
    EXPECT_THAT(applied->fresh->diff,
                ElementsAre(model::DiffLine{"admin", "gpu-1", "admin", "maint", "drain"}));
}

TEST(Apply, ATamperedAForeignAndAnExpiredPlanAreRefused)
{
    CommandWorld world;
    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));
    const auto codeOf = [&](const model::Plan& plan) {
        const auto applied = world.apply(*world.second, plan, world.because("r1"));
        return applied ? base::Code::Unknown : applied.error().code();
    };

    model::Plan tampered = previewed->plan;
    std::get<model::AdminEdit>(tampered.edit).changes.front().agent = "gpu-2";
    EXPECT_EQ(codeOf(tampered), base::Code::PermissionDenied);
    tampered = previewed->plan;
    tampered.expiresUnixMs += 3'600'000;
    EXPECT_EQ(codeOf(tampered), base::Code::PermissionDenied);
    tampered = previewed->plan;
    tampered.undoes = 1;
    EXPECT_EQ(codeOf(tampered), base::Code::PermissionDenied);
    tampered = previewed->plan;
    tampered.signer = "gw-2";
    EXPECT_EQ(codeOf(tampered), base::Code::PermissionDenied);
    tampered.signer = "nobody";
    EXPECT_EQ(codeOf(tampered), base::Code::PermissionDenied);
    model::Plan stranger = previewed->plan;
    PlanSigner("gw-1").sign(stranger);
    EXPECT_EQ(codeOf(stranger), base::Code::PermissionDenied);

    const auto last = world.preview(*world.first, drainOf({"gpu-1"}));
    world.executor.advance(61s);
    const auto applied = world.apply(*world.second, last->plan, world.because("r1"));
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code(), base::Code::FailedPrecondition);
    EXPECT_THAT(applied.error().message(), HasSubstr("expired 1 s ago"));
    EXPECT_TRUE(world.policy().admin.empty());
}

TEST(Apply, TheLastReadyInstanceIsRefusedUntilThePoolsNameIsTyped)
{
    CommandWorld world;
    ASSERT_TRUE(world.run(*world.first, drainOf({"gpu-1"}), "r1"));
    const auto previewed = world.preview(*world.first, drainOf({"gpu-2"}));
    ASSERT_TRUE(previewed);
    EXPECT_THAT(previewed->refusal,
                HasSubstr("pool chat would be left with 0 ready instances of 1: its floor is 1"));
    EXPECT_THAT(previewed->refusal, HasSubstr("type 'chat'"));
    model::ApplyOptions options = world.because("r2");

    const auto refused = world.apply(*world.first, previewed->plan, options);
    EXPECT_EQ(refused.error().code(), base::Code::FailedPrecondition);
    options.overrideName = "chta";
    EXPECT_THAT(world.apply(*world.first, previewed->plan, options).error().message(),
                HasSubstr("the typed name is 'chta'"));
    const auto again = world.preview(*world.first, drainOf({"gpu-2"}));
    options.overrideName = "chat";
    const auto applied = world.apply(*world.first, again->plan, options);

    ASSERT_TRUE(applied) << applied.error().text();
    EXPECT_EQ(world.record(applied->auditNumber).overrideName, "chat");
    EXPECT_EQ(world.policy().adminOf("gpu-2"), Admin::Drain);
}

TEST(Apply, ANameThatWasTypedWithoutNeedIsNotRecorded)
{
    CommandWorld world;
    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));
    model::ApplyOptions options = world.because("r1");
    options.overrideName = "chat";

    ASSERT_TRUE(world.apply(*world.first, previewed->plan, options));

    EXPECT_EQ(world.record(2).overrideName, "");
}

TEST(Apply, WhatChangesNothingIsNotWritten)
{
    CommandWorld world;
    ASSERT_TRUE(world.run(*world.first, drainOf({"gpu-1"}), "r1"));

    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));
    EXPECT_THAT(previewed->diff, IsEmpty());
    EXPECT_THAT(previewed->warnings,
                ElementsAre("gpu-1 is in drain already: nothing changes for it"));
    const auto applied = world.apply(*world.first, previewed->plan, world.because("r2"));

    EXPECT_EQ(applied.error().code(), base::Code::FailedPrecondition);
    EXPECT_EQ(world.record(3).number, 0U);
}

TEST(Apply, OptionsAreCheckedBeforeAnythingIsAsked)
{
    CommandWorld world;
    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));
    const auto errorOf = [&](model::ApplyOptions options) {
        std::string text = "not answered at once";
        world.first->desk.apply(previewed->plan, std::move(options),
                                [&](auto result) { text = result.error().message(); });
        return text;
    };
    using Options = model::ApplyOptions;

    EXPECT_THAT(errorOf(Options{"ana", "", "r1", ""}), HasSubstr("cause is missing"));
    EXPECT_THAT(errorOf(Options{"ana", "  ", "r1", ""}), HasSubstr("cause is missing"));
    EXPECT_THAT(errorOf(Options{"ana", std::string(257, 'x'), "r1", ""}),
                HasSubstr("cause has 257 bytes, the most is 256"));
    EXPECT_THAT(errorOf(Options{"ana", "a\nb", "r1", ""}), HasSubstr("U+000A"));
    EXPECT_THAT(errorOf(Options{"ana", "a\u202eb", "r1", ""}), HasSubstr("U+202E"));
    EXPECT_THAT(errorOf(Options{"ana", "a\xff", "r1", ""}), HasSubstr("not UTF-8"));
    EXPECT_THAT(errorOf(Options{"", "fan", "r1", ""}), HasSubstr("operator is missing"));
    EXPECT_THAT(errorOf(Options{"ana", "fan", "", ""}), HasSubstr("request id is missing"));
    EXPECT_TRUE(world.apply(*world.first, previewed->plan,
                            Options{"ana", "Lüfter \u2026 zu laut", "r1", ""}));
}

// The answer of each write is lost in turn; the operator hears the truth all the same.
TEST(Apply, ALostAnswerIsFoundOutByReadingAgain)
{
    CommandWorld world;
    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));
    std::optional<base::Result<ApplyAnswer>> answer;
    world.first->desk.apply(previewed->plan, world.because("r1"),
                            [&](auto result) { answer = std::move(result); });

    runUntilItWrites(world);
    world.first->store.faults().losesAnswers = true;
    world.executor.runOne();
    EXPECT_FALSE(answer.has_value()) << "nobody knows yet";
    world.first->store.faults().losesAnswers = false;
    world.executor.advance(10s);

    ASSERT_TRUE(answer.has_value());
    ASSERT_TRUE(*answer) << answer->error().text();
    EXPECT_EQ((*answer)->outcome, Outcome::Applied);
    EXPECT_EQ((*answer)->auditNumber, 2U);
    EXPECT_EQ(world.record(3).number, 0U) << "written once";
    EXPECT_EQ(world.first->desk.inFlight(), 0U);
}

TEST(Apply, AStoreThatStaysSilentAfterAWriteIsNotTakenForEither)
{
    CommandWorld world;
    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));
    std::optional<base::Result<ApplyAnswer>> answer;
    world.first->desk.apply(previewed->plan, world.because("r1"),
                            [&](auto result) { answer = std::move(result); });
    runUntilItWrites(world);
    world.first->store.faults().losesAnswers = true;
    world.executor.runOne();
    world.first->store.goAway();
    world.executor.advance(60s);

    ASSERT_TRUE(answer.has_value());
    ASSERT_FALSE(*answer);
    EXPECT_EQ(answer->error().origin(), base::Origin::Store);
    EXPECT_THAT(answer->error().text(), HasSubstr("repeating it with the same request id is safe"));
    world.first->store.faults().losesAnswers = false;
    world.first->store.comeBack();
    const auto again = world.apply(*world.first, previewed->plan, world.because("r1"));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->outcome, Outcome::AlreadyApplied);
}

// The store goes at every possible moment of a command; nothing is ever half there.
TEST(Apply, AStoreLostAtAnyStepLeavesAllOrNothing)
{
    for (int step = 0; step < 12; ++step) {
        CommandWorld world;
        const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));
        std::optional<base::Result<ApplyAnswer>> answer;
        world.first->desk.apply(previewed->plan, world.because("r1"),
                                [&](auto result) { answer = std::move(result); });
        for (int i = 0; i < step; ++i)
            world.executor.runOne();
        world.first->store.goAway();
        world.executor.advance(60s);

        const bool isWritten = world.record(2).number == 2;
        const bool isInPolicy
            = !world.stored(world.keys.policy(model::PolicyKind::Admin, "gpu-1")).empty();
        EXPECT_EQ(isWritten, isInPolicy) << "step " << step;
        ASSERT_TRUE(answer.has_value()) << "step " << step;
        if (*answer)
            EXPECT_TRUE(isWritten) << "step " << step;
        else
            EXPECT_EQ(answer->error().origin(), base::Origin::Store) << "step " << step;
        EXPECT_THAT(chainProblems(world), IsEmpty()) << "step " << step;
    }
}

TEST(Apply, AnAuditChainWhoseEndIsGoneStopsEveryWrite)
{
    CommandWorld world;
    ASSERT_TRUE(world.run(*world.first, drainOf({"gpu-1"}), "r1"));
    world.remove(world.keys.auditHead());

    const auto applied = world.run(*world.first, undrainOf("gpu-1"), "r2");

    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code(), base::Code::DataLoss);
    EXPECT_THAT(applied.error().message(), HasSubstr("audit/head was changed by hand"));
}

TEST(Apply, AnInvalidPolicyInTheStoreIsToldInsteadOfBuiltUpon)
{
    CommandWorld world;
    world.put(world.keys.policy(model::PolicyKind::Pool, "chat"), "{");

    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));

    ASSERT_FALSE(previewed);
    EXPECT_EQ(previewed.error().code(), base::Code::FailedPrecondition);
    EXPECT_THAT(previewed.error().message(), HasSubstr("policy/pool/chat"));
}

TEST(Apply, TooManyAtOnceAreRefusedAndADeskThatGoesAwayDropsThem)
{
    CommandWorld world;
    const auto previewed = world.preview(*world.first, drainOf({"gpu-1"}));
    int refused = 0;
    for (int i = 0; i < 70; ++i)
        world.first->desk.apply(previewed->plan, world.because("r" + std::to_string(i)),
                                [&](const auto& result) {
                                    refused += !result
                                            && result.error().code()
                                                == base::Code::ResourceExhausted
                                        ? 1
                                        : 0;
                                });
    EXPECT_EQ(refused, 6);
    EXPECT_EQ(world.first->desk.inFlight(), 64U);

    world.first.reset();
    world.executor.advance(60s);

    EXPECT_EQ(refused, 6);
}

// Every key of policy in the store was written by a transaction that wrote an audit record too.
TEST(Apply, NoWriteWithoutAudit)
{
    CommandWorld world;
    ASSERT_TRUE(world.run(*world.first, drainOf({"gpu-1"}), "r1"));
    ASSERT_TRUE(world.run(*world.second, undrainOf("gpu-1"), "r2"));
    const auto undo = world.previewUndo(*world.first, 3);
    ASSERT_TRUE(world.apply(*world.second, undo->plan, world.because("r3")));

    std::map<base::Revision, int> recordsAt;
    std::map<base::Revision, int> policyAt;
    for (const state::Event& event : world.store.world()->history(1)) {
        if (world.keys.parseAudit(event.now.key))
            ++recordsAt[event.now.modRevision];
        if (event.now.key.starts_with(world.keys.policyPrefix()))
            ++policyAt[event.now.modRevision];
    }

    EXPECT_EQ(policyAt.size(), 4U);
    for (const auto& [revision, writes] : policyAt)
        EXPECT_EQ(recordsAt[revision], 1) << "revision " << revision;
}

} // namespace
} // namespace signalbox::control
