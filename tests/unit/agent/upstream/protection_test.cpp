// SPDX-License-Identifier: Apache-2.0
// What keeps a member from work, and what brings it back.
#include "agent/upstream/load_balancer.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace signalbox::upstream {
namespace {

constexpr Ticks kSecond = 1'000'000'000;
constexpr Ticks kNow = 1'000 * kSecond;

struct Pool {
    explicit Pool(int count) : members(static_cast<std::size_t>(count))
    {
        for (std::size_t i = 0; i < members.size(); ++i) {
            members[i].id = "agent-" + std::to_string(i);
            members[i].cell = std::make_shared<MemberCell>();
            members[i].cell->place(0, kNow); // none is idle for long: nothing to explore
            members[i].cell->finish();
            report(i, 0);
        }
    }
    void report(std::size_t index, std::uint64_t pendingTokens, Ticks at = kNow)
    {
        model::LoadReport load;
        load.sequence = 1;
        load.pendingPrefillTokens = pendingTokens;
        load.prefillTokensPerSecond = 10'000;
        load.acceptsWork = true;
        members[index].cell->take(load, at);
    }
    void open(std::size_t index)
    {
        for (int i = 0; i < 5; ++i)
            members[index].cell->breaker().failed(Failure::ServerError, kNow);
    }
    Pick pick(PickContext context = {kNow, 100, {}})
    {
        return pickMember(members, context, random, scratch);
    }
    std::map<int, int> picks(int times, PickContext context = {kNow, 100, {}})
    {
        std::map<int, int> chosen;
        for (int i = 0; i < times; ++i)
            ++chosen[pick(context).index];
        return chosen;
    }

    std::vector<Member> members;
    Random random{5};
    Survey scratch;
};

TEST(Protection, AnOpenBreakerKeepsItsMemberFromWorkAndSaysWhy)
{
    Pool pool(3);
    pool.open(1);

    EXPECT_EQ(pool.picks(300)[1], 0);
    EXPECT_EQ(pool.scratch.candidates[1].exclusion, Exclusion::Ejected);
    EXPECT_EQ(describe(Exclusion::Ejected, pool.members[1]),
              "its breaker is open: it failed time after time, at last: it answered with a server "
              "error");
    EXPECT_EQ(sinceOf(Exclusion::Ejected, pool.members[1]), kNow);
    EXPECT_FALSE(pool.pick().tooManyEjected);
}

TEST(Protection, AtMostHalfOfAPoolIsEjectedAndTheRestIsSaidToBeTooMuch)
{
    Pool pool(4);
    for (const std::size_t index : {0, 1, 2})
        pool.open(index);

    auto chosen = pool.picks(300);

    EXPECT_EQ(chosen[0] + chosen[1], 0);
    EXPECT_EQ(pool.scratch.candidates[2].exclusion, Exclusion::None) << "the third is spared";
    EXPECT_TRUE(pool.pick().tooManyEjected);
}

TEST(Protection, InPanicEjectionIsIgnoredButWhatIsDownStaysOut)
{
    Pool pool(4);
    for (const std::size_t index : {0, 1, 2})
        pool.open(index);
    pool.members[3].cell->takeProbe(Reachability::Down, MemberCell::Serves::No, kNow);
    PickContext context{kNow, 100, {}};
    context.ejection = Ejection::Ignored;

    auto chosen = pool.picks(300, context);

    EXPECT_GT(chosen[0], 50);
    EXPECT_EQ(chosen[3], 0);
    EXPECT_FALSE(pool.pick(context).tooManyEjected);
}

TEST(Protection, ALoneMemberIsEjectedAndPanicIsOffered)
{
    Pool pool(1);
    pool.open(0);
    EXPECT_EQ(pool.pick().index, -1);
    EXPECT_TRUE(pool.pick().tooManyEjected);
}

TEST(Protection, AFastFailerAttractsNoWorkBeforeItsBreakerOpens)
{
    Pool pool(3);
    pool.report(1, 1'500); // the well ones have something to do
    pool.report(2, 1'500);
    ASSERT_EQ(pool.picks(100)[0], 100);

    pool.members[0].cell->breaker().failed(Failure::NoByte, kNow);

    EXPECT_EQ(pool.picks(100)[0], 0);
    EXPECT_FALSE(pool.members[0].cell->breaker().isOpen());
}

TEST(Protection, AFastFailerLosesItsDrawsWithoutReportsToo)
{
    Pool pool(3);
    for (std::size_t i = 0; i < 3; ++i)
        pool.report(i, 0, kNow - 10 * kSecond);
    pool.members[0].cell->breaker().failed(Failure::NoByte, kNow);
    pool.members[0].cell->breaker().failed(Failure::NoByte, kNow);

    EXPECT_EQ(pool.picks(300)[0], 0);
    EXPECT_EQ(pool.pick().rule, PickRule::TwoChoices);
}

TEST(Protection, AMemberThatIsBackGetsAGrowingPartOfItsShare)
{
    Pool pool(2);
    MemberCell& cell = *pool.members[0].cell;
    cell.takeProbe(Reachability::Down, MemberCell::Serves::No, kNow);
    cell.takeProbe(Reachability::Up, MemberCell::Serves::Yes, kNow);
    ASSERT_NEAR(cell.warmth(kNow), 0.1, 1e-9);

    const int cold = pool.picks(2'000)[0];
    pool.report(0, 0, kNow + 15 * kSecond);
    pool.report(1, 0, kNow + 15 * kSecond);
    const int half = pool.picks(2'000, {kNow + 15 * kSecond, 100, {}})[0];

    EXPECT_NEAR(cold, 100, 40) << "a tenth of its half";
    EXPECT_NEAR(half, 500, 90);
    EXPECT_EQ(cell.warmth(kNow + 30 * kSecond), 1);
}

TEST(Protection, TheOnlyOneThatIsBackTakesAllThereIs)
{
    Pool pool(1);
    pool.members[0].cell->takeProbe(Reachability::Down, MemberCell::Serves::No, kNow);
    pool.members[0].cell->takeProbe(Reachability::Up, MemberCell::Serves::Yes, kNow);
    EXPECT_EQ(pool.picks(50)[0], 50);
}

TEST(Protection, WhatJoinsAWorkingPoolWarmsUpWithItsFirstWork)
{
    MemberCell cell;
    cell.joinLate();
    cell.takeProbe(Reachability::Up, MemberCell::Serves::No, kNow);
    EXPECT_EQ(cell.warmth(kNow), 1) << "it loads: its time has not begun";
    cell.takeProbe(Reachability::Up, MemberCell::Serves::Yes, kNow + 60 * kSecond);
    EXPECT_NEAR(cell.warmth(kNow + 60 * kSecond), 0.1, 1e-9);
}

TEST(Exploration, MeasuresOneThatHadNothingToDo)
{
    Pool pool(2);
    pool.report(0, 1'000); // looks slow, and nobody has asked it for long
    pool.report(1, 0, kNow + 3 * kSecond);
    pool.report(0, 1'000, kNow + 3 * kSecond);
    pool.members[1].cell->place(0, kNow + 3 * kSecond);
    pool.members[1].cell->finish();
    const int explored = pool.picks(10'000, {kNow + 3 * kSecond, 100, {}})[0];
    EXPECT_NEAR(explored, 100, 40);
}

TEST(Affinity, ASessionKeepsItsMemberWhileThatCostsLittle)
{
    Pool pool(4);
    PickContext context{kNow, 100, {}};
    context.session = 77;
    const int own = pool.pick(context).index;
    EXPECT_EQ(pool.picks(100, context)[own], 100);

    pool.report(static_cast<std::size_t>(own), 20'000); // 2 s more than the others
    EXPECT_EQ(pool.pick(context).index, own);
    EXPECT_EQ(pool.pick(context).rule, PickRule::SessionAffinity);
    pool.report(static_cast<std::size_t>(own), 80'000); // 8 s
    EXPECT_NE(pool.pick(context).index, own);
}

TEST(Affinity, AWarmPrefixIsKeptAndAPartOfOneIsCounted)
{
    Pool pool(3);
    CachedPrefix cached;
    cached.shares[0] = {pool.members[2].cell->number(), 900};
    cached.count = 1;
    PickContext context{kNow, 1'000, {}};
    context.cached = &cached;
    pool.report(2, 3'000);
    EXPECT_EQ(pool.pick(context).index, 2);
    EXPECT_EQ(pool.pick(context).rule, PickRule::PrefixAffinity);

    cached.shares[0].tokens = 500;
    EXPECT_NE(pool.pick(context).index, 2) << "half a prompt is worth 50 ms, not 300";
    pool.report(2, 300);
    EXPECT_EQ(pool.pick(context).index, 2);
}

TEST(Zone, TheOwnZoneIsPreferredAmongEquals)
{
    Pool pool(2);
    pool.members[0].zone = "a";
    pool.members[1].zone = "b";
    PickContext context{kNow, 100, {}};
    context.zone = "b";
    EXPECT_EQ(pool.picks(100, context)[1], 100);
    pool.report(1, 5'000);
    EXPECT_EQ(pool.pick(context).index, 0);
}

} // namespace
} // namespace signalbox::upstream
