// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/fault.h"

#include "tests/support/manual_clock.h"

#include <gtest/gtest.h>

namespace signalbox::engine_sim {
namespace {

using namespace std::chrono_literals;

Fault faultOf(std::string_view json)
{
    auto fault = parseFault(json);
    EXPECT_TRUE(fault) << fault.error().text();
    return *fault;
}

TEST(Fault, EachNamedKindCanBeAskedFor)
{
    for (const FaultName& entry : kFaultNames) {
        const auto fault = parseFault("{\"kind\":\"" + std::string(entry.name) + "\"}");
        ASSERT_TRUE(fault) << entry.name;
        EXPECT_EQ(fault->kind, entry.kind);
        EXPECT_EQ(nameOf(entry.kind), entry.name);
    }
}

TEST(Fault, WhatIsWrongIsNamed)
{
    for (const auto& [json, why] :
         {std::pair{"{", "not a JSON object"}, {"{}", "'kind' is missing"},
          {R"({"kind":"cutt"})", "nearest is 'cut'"}, {R"({"kind":7})", "'kind' is not a text"},
          {R"({"kind":"cut","afer":1})", "nearest is 'after'"},
          {R"({"kind":"cut","after":-1})", "'after' is not a number"},
          {R"({"kind":"cut","contains":1})", "'contains' is not a text"}}) {
        const auto fault = parseFault(json);
        ASSERT_FALSE(fault) << json;
        EXPECT_NE(fault.error().message().find(why), std::string::npos) << fault.error().message();
    }
}

TEST(FaultPlan, ARequestFaultStrikesOnceUnlessToldOtherwise)
{
    const tests::ManualClock clock;
    FaultPlan plan(clock);
    plan.arm(faultOf(R"({"kind":"cut"})"));
    plan.arm(faultOf(R"({"kind":"stall","count":2})"));

    std::vector<FaultKind> met;
    while (const auto fault = plan.take({}))
        met.push_back(fault->kind);

    EXPECT_EQ(met, (std::vector{FaultKind::Cut, FaultKind::Stall, FaultKind::Stall}));
    EXPECT_EQ(plan.strikes().at(FaultKind::Stall), 2U);
}

TEST(FaultPlan, ATimedFaultEndsWithItsTime)
{
    tests::ManualClock clock;
    FaultPlan plan(clock);
    plan.arm(faultOf(R"({"kind":"429","for_s":2.5,"retry_after":3})"));

    EXPECT_EQ(plan.take({})->retryAfter, "3");
    clock.advance(2400ms);
    EXPECT_TRUE(plan.take({}));
    clock.advance(200ms);
    EXPECT_FALSE(plan.take({}));
    EXPECT_TRUE(plan.armed().empty());
}

TEST(FaultPlan, AStandingFaultHoldsUntilItIsCleared)
{
    const tests::ManualClock clock;
    FaultPlan plan(clock);
    plan.arm(faultOf(R"({"kind":"wedged"})"));

    EXPECT_TRUE(plan.standing(FaultKind::Wedged));
    EXPECT_TRUE(plan.standing(FaultKind::Wedged));
    EXPECT_FALSE(plan.standing(FaultKind::Slow));
    EXPECT_FALSE(plan.take({})) << "requests are served";
    EXPECT_EQ(plan.strikes().at(FaultKind::Wedged), 1U);
    plan.clear();
    EXPECT_FALSE(plan.standing(FaultKind::Wedged));
}

TEST(FaultPlan, FaultsChooseTheirRequests)
{
    const tests::ManualClock clock;
    FaultPlan plan(clock);
    plan.arm(faultOf(R"({"kind":"prefill_rejected"})"));
    plan.arm(faultOf(R"({"kind":"reset","contains":"poison"})"));

    EXPECT_FALSE(plan.take({false, "harmless"}));
    EXPECT_EQ(plan.take({false, "a poison pill"})->kind, FaultKind::Reset);
    EXPECT_EQ(plan.take({true, "harmless"})->kind, FaultKind::PrefillRejected);
}

TEST(FaultPlan, ACrashIsNowOrWithinAnAnswer)
{
    const tests::ManualClock clock;
    FaultPlan plan(clock);

    plan.arm(faultOf(R"({"kind":"crash","after":3})"));
    EXPECT_FALSE(plan.standing(FaultKind::Crash));
    EXPECT_EQ(plan.take({})->after, 3U);

    plan.arm(faultOf(R"({"kind":"crash"})"));
    EXPECT_FALSE(plan.take({}));
    EXPECT_TRUE(plan.standing(FaultKind::Crash));
}

} // namespace
} // namespace signalbox::engine_sim
