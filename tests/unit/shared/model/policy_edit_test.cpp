// SPDX-License-Identifier: Apache-2.0
#include "shared/model/policy_edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Edit drain(std::vector<std::string> agents, std::int64_t deadlineUnixMs = 0)
{
    AdminEdit edit;
    edit.verb = Verb::Drain;
    for (std::string& agent : agents)
        edit.changes.push_back({std::move(agent), Admin::Drain, deadlineUnixMs});
    return edit;
}

Policy chatPolicy()
{
    Policy policy;
    policy.revision = 419;
    policy.pools["chat"] = Pool{"chat", "sim-8b", {{"http://192.0.2.1:8000", "vllm"}}, 1};
    policy.routes["chat"] = Route{"chat", "tiny", {"small"}, {{"chat", 100}}, {}};
    policy.keys["app"] = ApiKey{"app", "shop", std::string(64, 'a'), {}};
    return policy;
}

TEST(PolicyEdit, ADrainIsOneLineInTheOperatorsWords)
{
    const Policy before = chatPolicy();

    const auto after = applyEdit(before, drain({"gpu-4"}), "noisy fan");

    ASSERT_TRUE(after);
    EXPECT_THAT(diffOf(before, *after),
                ElementsAre(DiffLine{"admin", "gpu-4", "admin", "run", "drain"}));
    EXPECT_EQ(after->admin.at("gpu-4").cause, "noisy fan");
    EXPECT_THAT(diffOf(*after, *after), IsEmpty());
}

TEST(PolicyEdit, ADeadlineIsShownAsATime)
{
    const Policy before = chatPolicy();

    const auto after = applyEdit(before, drain({"gpu-4"}, 1'767'225'607'000), "");

    ASSERT_TRUE(after);
    EXPECT_THAT(diffOf(before, *after),
                ElementsAre(DiffLine{"admin", "gpu-4", "admin", "run", "drain"},
                            DiffLine{"admin", "gpu-4", "deadline", "none",
                                     "2026-01-01 00:00:07 UTC"}));
}

TEST(PolicyEdit, UndrainRemovesTheObject)
{
    Policy before = chatPolicy();
    before.admin["gpu-4"] = AdminIntent{"gpu-4", Admin::Drain, 0, "fan"};

    const auto after
        = applyEdit(before, AdminEdit{Verb::Undrain, "", {{"gpu-4", Admin::Run, 0}}}, "");

    ASSERT_TRUE(after);
    EXPECT_TRUE(after->admin.empty());
}

TEST(PolicyEdit, RepeatingWhatIsThereChangesNothingAndKeepsTheOldCause)
{
    Policy before = chatPolicy();
    before.admin["gpu-4"] = AdminIntent{"gpu-4", Admin::Drain, 0, "fan"};

    const auto after = applyEdit(before, drain({"gpu-4", "gpu-5"}), "second look");

    ASSERT_TRUE(after);
    EXPECT_EQ(after->admin.at("gpu-4").cause, "fan");
    EXPECT_EQ(after->admin.at("gpu-5").cause, "second look");
    EXPECT_THAT(agentsChangedBy(before, drain({"gpu-4", "gpu-5"})), ElementsAre("gpu-5"));
}

TEST(PolicyEdit, TheInverseRestoresWhatEachAgentHadBefore)
{
    Policy before = chatPolicy();
    before.admin["gpu-4"] = AdminIntent{"gpu-4", Admin::Standby, 0, "spare"};
    const Edit edit = drain({"gpu-4", "gpu-5"});

    const Edit back = inverseOf(before, edit);
    const auto after = applyEdit(*applyEdit(before, edit, "fire"), back, "");

    EXPECT_EQ(std::get<AdminEdit>(back).verb, Verb::SetAdmin);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->adminOf("gpu-4"), Admin::Standby);
    EXPECT_EQ(after->adminOf("gpu-5"), Admin::Run);
    EXPECT_EQ(after->admin.size(), 1U);
}

TEST(PolicyEdit, TheInverseOfAnInverseIsTheEditAgain)
{
    const Policy before = chatPolicy();
    const Edit edit = drain({"gpu-4", "gpu-5"});
    const Policy after = *applyEdit(before, edit, "fire");

    const Edit undo = inverseOf(before, edit);
    const Edit redo = inverseOf(after, undo);

    EXPECT_EQ(std::get<AdminEdit>(undo).verb, Verb::Undrain);
    EXPECT_EQ(redo, edit);
}

TEST(PolicyEdit, TheInverseOfNothingHasNoChanges)
{
    const Policy before = chatPolicy();
    const Edit edit = AdminEdit{Verb::Undrain, "", {{"gpu-4", Admin::Run, 0}}};

    EXPECT_THAT(std::get<AdminEdit>(inverseOf(before, edit)).changes, IsEmpty());
}

TEST(PolicyEdit, WrongEditsSayWhatIsWrong)
{
    const Policy policy = chatPolicy();
    const auto errorOf = [&](const Edit& edit) {
        const auto result = applyEdit(policy, edit, "");
        return result ? std::string("accepted") : result.error().message();
    };

    EXPECT_THAT(errorOf(drain({})), HasSubstr("changes no agent"));
    EXPECT_THAT(errorOf(drain({"gpu-4", "gpu-4"})), HasSubstr("named twice"));
    EXPECT_THAT(errorOf(drain({"../head"})), HasSubstr("not the name of an agent"));
    EXPECT_THAT(errorOf(drain({"gpu-4"}, -1)), HasSubstr("before 1970"));
    EXPECT_THAT(errorOf(AdminEdit{Verb::Undrain, "", {{"gpu-4", Admin::Run, 5}}}),
                HasSubstr("deadline without a drain"));
}

TEST(PolicyEdit, EveryFieldOfEveryKindIsCompared)
{
    const Policy before = chatPolicy();
    Policy after = before;
    after.access.mode = AccessMode::Open;
    after.keys.at("app").secretSha256 = "b" + std::string(63, 'c');
    after.keys.at("app").models = {"tiny"};
    after.pools.at("chat").members = {{"http://192.0.2.2:8000", "vllm"}};
    after.pools.at("chat").readyFloor = 2;
    after.pools["spare"] = Pool{"spare", "", {}, 0};
    after.routes.at("chat").targets = {{"chat", 50}, {"spare", 50}};
    after.routes.at("chat").aliases.clear();

    const auto lines = diffOf(before, after);

    EXPECT_THAT(lines,
                ElementsAre(
                    DiffLine{"access", "clients", "mode", "keys", "open"},
                    DiffLine{"key", "app", "secret", "sha256 aaaaaaaa...", "sha256 bccccccc..."},
                    DiffLine{"key", "app", "models", "every route", "tiny"},
                    DiffLine{"pool", "chat", "ready floor", "1", "2"},
                    DiffLine{"pool", "chat", "member http://192.0.2.1:8000", "vllm", "none"},
                    DiffLine{"pool", "chat", "member http://192.0.2.2:8000", "none", "vllm"},
                    DiffLine{"pool", "spare", "model", "none", "as the client asks"},
                    DiffLine{"pool", "spare", "ready floor", "none", "0"},
                    DiffLine{"route", "chat", "aliases", "small", "none"},
                    DiffLine{"route", "chat", "weight of chat", "100", "50"},
                    DiffLine{"route", "chat", "weight of spare", "none", "50"}));
}

TEST(PolicyEdit, ACauseThatAloneChangedIsToldToo)
{
    Policy before = chatPolicy();
    before.admin["gpu-4"] = AdminIntent{"gpu-4", Admin::Drain, 0, "fan"};
    Policy after = before;
    after.admin.at("gpu-4").cause = "edited by hand";

    EXPECT_THAT(diffOf(before, after),
                ElementsAre(DiffLine{"admin", "gpu-4", "cause", "fan", "edited by hand"}));
}

TEST(PolicyEdit, ADrainAndItsInverseLeaveThePolicyAsItWas)
{
    Policy policy = chatPolicy();
    policy.admin["gpu-2"] = AdminIntent{"gpu-2", Admin::Maint, 0, "new fan"};
    const Edit edit = drain({"gpu-1", "gpu-2"});

    const Policy drained = *applyEdit(policy, edit, "fire");
    const Edit back = inverseOf(policy, edit);
    const Policy restored = *applyEdit(drained, back, "new fan");

    EXPECT_EQ(restored, policy);
    EXPECT_EQ(inverseOf(drained, back), edit) << "undo of an undo is the same drain";
}

TEST(PolicyEdit, TheObjectsThatChangeAreNamedByKindAndName)
{
    const Policy before = chatPolicy();
    Policy after = *applyEdit(before, drain({"gpu-1"}), "fire");
    after.access.mode = AccessMode::Open;
    after.keys.erase("app");
    after.pools["spare"] = Pool{"spare", "", {}, 0};
    after.routes.at("chat").model = "huge";

    EXPECT_THAT(changedObjects(before, after),
                ElementsAre(PolicyObject{PolicyKind::Access, "clients"},
                            PolicyObject{PolicyKind::Key, "app"},
                            PolicyObject{PolicyKind::Pool, "spare"},
                            PolicyObject{PolicyKind::Route, "chat"},
                            PolicyObject{PolicyKind::Admin, "gpu-1"}));
    EXPECT_THAT(changedObjects(before, before), IsEmpty());
}

TEST(PolicyEdit, SpansReadLikeAPersonSaysThem)
{
    EXPECT_EQ(spanText(-5), "0 s");
    EXPECT_EQ(spanText(4'900), "4 s");
    EXPECT_EQ(spanText(12 * 60'000 + 5'000), "12 min");
    EXPECT_EQ(spanText(2 * 3'600'000), "2 h");
    EXPECT_EQ(spanText(3 * 3'600'000 + 20 * 60'000), "3 h 20 min");
    EXPECT_EQ(timeText(0), "none");
}

} // namespace
} // namespace signalbox::model
