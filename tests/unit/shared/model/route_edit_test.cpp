// SPDX-License-Identifier: Apache-2.0
#include "shared/model/policy_edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Route "chat": pools chat 80 and big 20, then spare, then far.
Policy twoPools()
{
    Policy policy;
    policy.revision = 419;
    for (const char* name : {"chat", "big", "spare", "far", "other"})
        policy.pools[name] = Pool{name, "", {}, 1};
    policy.routes["chat"]
        = Route{"chat", "tiny", {}, {{"chat", 80}, {"big", 20}}, {"spare", "far"}};
    return policy;
}

RouteEdit failover(std::string to = "")
{
    return RouteEdit{Verb::Failover, "chat", std::move(to)};
}

RouteEdit weights(std::vector<RouteTarget> targets)
{
    return RouteEdit{Verb::SetWeights, "chat", "", std::move(targets)};
}

std::string errorOf(const Policy& policy, const Edit& edit)
{
    const auto result = applyEdit(policy, edit, "");
    return result ? std::string("accepted") : result.error().message();
}

TEST(RouteEdit, AFailoverGoesToTheFirstFallbackInOneStep)
{
    const Policy before = twoPools();

    const auto after = applyEdit(before, failover(), "chat burns");

    ASSERT_TRUE(after);
    const Route& route = after->routes.at("chat");
    EXPECT_THAT(route.targets, ElementsAre(RouteTarget{"spare", 100}));
    EXPECT_THAT(route.fallbacks, ElementsAre("far")) << "what it leaves gets nothing more";
    EXPECT_TRUE(route.hasFailedOver());
    EXPECT_THAT(validate(*after), IsEmpty());
    EXPECT_THAT(diffOf(before, *after),
                ElementsAre(DiffLine{"route", "chat", "fallbacks", "spare, then far", "far"},
                            DiffLine{"route", "chat", "weight of chat", "80", "none"},
                            DiffLine{"route", "chat", "weight of big", "20", "none"},
                            DiffLine{"route", "chat", "weight of spare", "none", "100"},
                            DiffLine{"route", "chat", "failed over from", "none",
                                     "chat 80, big 20, then spare, then far"}));
}

TEST(RouteEdit, AFailoverMayNameAnyPool)
{
    const auto after = applyEdit(twoPools(), failover("other"), "");

    ASSERT_TRUE(after);
    EXPECT_THAT(after->routes.at("chat").targets, ElementsAre(RouteTarget{"other", 100}));
    EXPECT_THAT(after->routes.at("chat").fallbacks, ElementsAre("spare", "far"));
}

TEST(RouteEdit, FailingOverOnceMoreKeepsTheFirstHome)
{
    const Policy before = twoPools();
    const Policy once = *applyEdit(before, failover(), "");

    const Policy twice = *applyEdit(once, failover(), "");
    const Policy home = *applyEdit(twice, RouteEdit{Verb::Failback, "chat"}, "");

    EXPECT_THAT(twice.routes.at("chat").targets, ElementsAre(RouteTarget{"far", 100}));
    EXPECT_EQ(home, before);
}

TEST(RouteEdit, FailbackAndUndoBringBackWhatWasThere)
{
    const Policy before = twoPools();
    const Policy after = *applyEdit(before, failover(), "");
    const Edit undo = inverseOf(before, failover());

    EXPECT_EQ(*applyEdit(after, RouteEdit{Verb::Failback, "chat"}, ""), before);
    EXPECT_EQ(*applyEdit(after, undo, ""), before);
    EXPECT_EQ(std::get<RouteEdit>(undo).verb, Verb::Failback);
    EXPECT_EQ(*applyEdit(before, inverseOf(after, undo), ""), after) << "undo of the undo";
    EXPECT_EQ(std::get<RouteEdit>(inverseOf(after, undo)).toPool, "spare");
}

TEST(RouteEdit, MembersThatAreLeftOutAreDrainedInTheSameStep)
{
    Policy before = twoPools();
    before.admin["gpu-9"] = AdminIntent{"gpu-9", Admin::Standby, 0, "spare"};
    RouteEdit edit = failover();
    edit.members = {{"gpu-9", Admin::Drain, 0}};

    const Policy after = *applyEdit(before, edit, "chat burns");

    EXPECT_EQ(after.adminOf("gpu-9"), Admin::Drain);
    EXPECT_THAT(agentsChangedBy(before, edit), ElementsAre("gpu-9"));
    const Policy back = *applyEdit(after, inverseOf(before, edit), "spare");
    EXPECT_EQ(back, before);
}

TEST(RouteEdit, WeightsNameTheOnesThatChange)
{
    const Policy before = twoPools();
    const Edit edit = weights({{"big", 0}, {"other", 5}});

    const Policy after = *applyEdit(before, edit, "");

    EXPECT_THAT(after.routes.at("chat").targets,
                ElementsAre(RouteTarget{"chat", 80}, RouteTarget{"big", 0},
                            RouteTarget{"other", 5}));
    EXPECT_FALSE(after.routes.at("chat").hasFailedOver());
    EXPECT_THAT(diffOf(before, after),
                ElementsAre(DiffLine{"route", "chat", "weight of big", "20", "0"},
                            DiffLine{"route", "chat", "weight of other", "none", "5"}));
    EXPECT_EQ(*applyEdit(after, inverseOf(before, edit), ""), before);
}

TEST(RouteEdit, NonsenseSaysWhatIsWrong)
{
    const Policy policy = twoPools();
    Policy noFallback = policy;
    noFallback.routes.at("chat").fallbacks.clear();
    Policy onlySpare = policy;
    onlySpare.routes.at("chat").targets = {{"other", 100}, {"chat", 0}};

    EXPECT_EQ(errorOf(policy, RouteEdit{Verb::Failover, "caht"}), "there is no route 'caht'");
    EXPECT_EQ(errorOf(policy, failover("spear")), "there is no pool 'spear'");
    EXPECT_THAT(errorOf(noFallback, failover()), HasSubstr("no fallback pool: name the pool"));
    EXPECT_THAT(errorOf(onlySpare, failover("other")), HasSubstr("to pool 'other' already"));
    EXPECT_THAT(errorOf(policy, RouteEdit{Verb::Failback, "chat"}),
                HasSubstr("has not failed over"));
    EXPECT_THAT(errorOf(policy, weights({})), HasSubstr("no weight is given"));
    EXPECT_EQ(errorOf(policy, weights({{"bigg", 5}})), "there is no pool 'bigg'");
    EXPECT_THAT(errorOf(policy, weights({{"big", 5}, {"big", 6}})), HasSubstr("two weights"));
    EXPECT_THAT(errorOf(policy, weights({{"spare", 5}})), HasSubstr("is a fallback"));
    EXPECT_THAT(errorOf(policy, weights({{"big", 0}, {"chat", 0}})), HasSubstr("nowhere"));
    EXPECT_THAT(errorOf(policy, RouteEdit{Verb::Drain, "chat"}),
                HasSubstr("'drain' is no verb of a route"));
}

TEST(RouteEdit, AWeightBeyondTheMostMakesPolicyInvalid)
{
    const Policy after = *applyEdit(twoPools(), weights({{"big", 1'000'001}}), "");

    EXPECT_THAT(validate(after), ElementsAre(HasSubstr("weight of 'big' is above 1000000")));
}

TEST(RouteEdit, TheWayHomeIsValidatedToo)
{
    Policy policy = *applyEdit(twoPools(), failover(), "");
    policy.pools.erase("big");
    EXPECT_THAT(validate(policy), ElementsAre(HasSubstr("names pool 'big', which does not exist")));

    policy.routes.at("chat").home.targets.clear();
    EXPECT_THAT(validate(policy), ElementsAre(HasSubstr("has failed over from no pool")));
}

} // namespace
} // namespace signalbox::model
