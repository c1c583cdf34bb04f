// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/load_balancer.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace signalbox::upstream {
namespace {

Survey scratch;
constexpr Ticks kNow = 10'000'000'000;

std::vector<Member> poolOf(int count)
{
    std::vector<Member> members(count);
    for (int i = 0; i < count; ++i) {
        members[i].id = "agent-" + std::to_string(i);
        members[i].cell = std::make_shared<MemberCell>();
    }
    return members;
}

void report(Member& member, std::uint64_t pendingTokens, std::uint32_t decoding, Ticks at)
{
    model::LoadReport load;
    load.sequence = member.cell->report().sequence + 1;
    load.pendingPrefillTokens = pendingTokens;
    load.decoding = decoding;
    load.prefillTokensPerSecond = 10'000;
    load.decodeMsPerSequence = 0.2F;
    load.acceptsWork = true;
    member.cell->take(load, at);
}

TEST(LoadBalancer, TakesTheLowestEstimateWhileEveryReportIsFresh)
{
    auto members = poolOf(3);
    report(members[0], 5'000, 3, kNow);
    report(members[1], 200, 8, kNow);
    report(members[2], 3'000, 0, kNow);
    Random random(7);

    const Pick pick = pickMember(members, PickContext{kNow, 100, {}}, random, scratch);

    EXPECT_EQ(pick.index, 1);
    EXPECT_EQ(pick.rule, PickRule::EstimatedTtft);
    // (200 + 100) / 10,000 tokens/s + 8 streams * 0.2 ms * 8 steps
    EXPECT_NEAR(pick.estimatedTtftMs, 30 + 12.8, 1e-3);
}

TEST(LoadBalancer, FallsBackToTwoChoicesWhenOneReportIsOld)
{
    auto members = poolOf(3);
    report(members[0], 0, 0, kNow);
    report(members[1], 0, 0, kNow);
    report(members[2], 0, 0, kNow - 600'000'000);
    members[0].cell->place(1);
    members[0].cell->place(1);
    Random random(7);

    std::map<int, int> chosen;
    for (int i = 0; i < 300; ++i)
        ++chosen[pickMember(members, PickContext{kNow, 100, {}}, random, scratch).index];

    EXPECT_EQ(chosen[0], 0) << "the busiest of three loses both of its draws";
    EXPECT_GT(chosen[1], 80);
    EXPECT_GT(chosen[2], 80);
}

TEST(LoadBalancer, OwnPlacementsCountUntilTwoReportsHaveCome)
{
    auto members = poolOf(2);
    report(members[0], 0, 0, kNow);
    report(members[1], 100, 0, kNow);
    Random random(7);
    ASSERT_EQ(pickMember(members, PickContext{kNow, 10, {}}, random, scratch).index, 0);

    const Placement placement(members[0].cell, 5'000);

    EXPECT_EQ(pickMember(members, PickContext{kNow, 10, {}}, random, scratch).index, 1);
    report(members[0], 0, 0, kNow);
    EXPECT_EQ(members[0].cell->unreportedTokens(), 5'000U);
    report(members[0], 5'000, 0, kNow);
    EXPECT_EQ(members[0].cell->unreportedTokens(), 0U);
    EXPECT_EQ(members[0].cell->inFlight(), 1U);
}

TEST(LoadBalancer, EqualMembersShareTheWork)
{
    auto members = poolOf(4);
    for (Member& member : members)
        report(member, 1'000, 0, kNow);
    Random random(11);

    std::map<int, int> chosen;
    for (int i = 0; i < 4'000; ++i)
        ++chosen[pickMember(members, PickContext{kNow, 100, {}}, random, scratch).index];

    for (const auto& [index, count] : chosen)
        EXPECT_NEAR(count, 1'000, 150) << "member " << index;
}

TEST(LoadBalancer, LeavesOutWhatIsDownSuspectDrainingOrTried)
{
    auto members = poolOf(5);
    members[0].cell->setReachability(Reachability::Down);
    members[1].cell->suspect(kNow);
    members[2].cell->refusedWork();
    PickContext context{kNow, 1, {}};
    context.tried.add(3);
    Random random(3);

    EXPECT_EQ(pickMember(members, context, random, scratch).index, 4);
    EXPECT_EQ(pickMember(members, context, random, scratch).rule, PickRule::Only);

    context.tried.add(4);
    EXPECT_EQ(pickMember(members, context, random, scratch).index, -1);

    members[1].cell->setReachability(Reachability::Up);
    EXPECT_EQ(pickMember(members, context, random, scratch).index, 1)
        << "a good probe ends suspicion";
}

TEST(LoadBalancer, LeavesOutWhoseEngineDoesNotServeThePath)
{
    auto members = poolOf(3);
    auto traits = std::make_shared<EngineTraits>();
    traits->apis = 0b0001;
    members[0].traits = members[1].traits = traits;
    PickContext context{kNow, 1, {}};
    Random random(3);

    context.apis = 0b0100;
    EXPECT_EQ(pickMember(members, context, random, scratch).index, 2)
        << "of whom nothing is known";
    EXPECT_EQ(scratch.candidates[0].exclusion, Exclusion::OtherPaths);
    context.apis = 0b0001;
    survey(members, context, scratch);
    EXPECT_EQ(scratch.candidates[0].exclusion, Exclusion::None);
}

TEST(Placement, IsReleasedOnceHoweverItIsMoved)
{
    const auto cell = std::make_shared<MemberCell>();
    {
        Placement first(cell, 10);
        Placement second(std::move(first));
        Placement third;
        third = std::move(second);
        EXPECT_EQ(cell->inFlight(), 1U);
    }
    EXPECT_EQ(cell->inFlight(), 0U);
}

} // namespace
} // namespace signalbox::upstream
