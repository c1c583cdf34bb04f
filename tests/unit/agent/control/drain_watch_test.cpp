// SPDX-License-Identifier: Apache-2.0
#include "agent/control/drain_watch.h"
#include "tests/support/manual_executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace signalbox::control {
namespace {

using namespace std::chrono_literals;
using model::Admin;
using model::AdminIntent;
using model::DrainPhase;
using testing::ElementsAre;
using testing::HasSubstr;

struct World {
    tests::ManualClock clock;
    tests::ManualExecutor executor{clock};
    OpenWork open;
    std::vector<std::string> kinds;
    std::string lastText;
    int progressTold = 0;
    DrainWatch watch{executor, clock, "gpu-4", handlers()};

    DrainWatch::Handlers handlers()
    {
        DrainWatch::Handlers made;
        made.openWork = [this] { return open; };
        made.onProgress = [this](const model::DrainProgress&) { ++progressTold; };
        made.onEvent = [this](const model::Event& event) {
            kinds.push_back(event.kind);
            lastText = event.text;
        };
        return made;
    }
    void drain(std::int64_t deadlineUnixMs = 0)
    {
        watch.follow(AdminIntent{"gpu-4", Admin::Drain, deadlineUnixMs, "fan"});
    }
    std::int64_t nowUnixMs() const
    {
        return base::unixMs(clock.wall());
    }
};

TEST(DrainWatch, CountsDownToDrained)
{
    World world;
    world.open = {3, 40'000};

    world.drain();
    EXPECT_EQ(world.watch.progress().phase, DrainPhase::Draining);
    EXPECT_EQ(world.watch.progress().remaining, 3U);
    EXPECT_EQ(world.watch.progress().longestMs, 40'000);
    EXPECT_EQ(world.watch.progress().sinceUnixMs, world.nowUnixMs());
    world.executor.advance(10min);
    EXPECT_EQ(world.watch.progress().phase, DrainPhase::Draining) << "it waits without end";
    world.open = {0, 0};
    world.executor.advance(500ms);

    EXPECT_EQ(world.watch.progress().phase, DrainPhase::Drained);
    EXPECT_EQ(world.watch.progress().remaining, 0U);
    EXPECT_THAT(world.kinds, ElementsAre("drain_started", "drained"));
    EXPECT_THAT(world.lastText, HasSubstr("safe to stop, after 10 min"));
}

TEST(DrainWatch, AnIdleAgentIsDrainedOnlyOnceTheCoresHaveSettled)
{
    World world;

    world.drain();
    world.executor.advance(250ms);
    EXPECT_EQ(world.watch.progress().phase, DrainPhase::Draining);
    world.executor.advance(250ms);

    EXPECT_EQ(world.watch.progress().phase, DrainPhase::Drained);
}

TEST(DrainWatch, OneIdleLookBetweenTwoExchangesProvesNothing)
{
    World world;
    world.open = {1, 0};
    world.drain();
    world.executor.advance(10s);

    world.open = {0, 0};
    world.executor.advance(250ms);
    world.open = {1, 10};
    world.executor.advance(250ms);

    EXPECT_EQ(world.watch.progress().phase, DrainPhase::Draining);
    EXPECT_THAT(world.kinds, ElementsAre("drain_started"));
}

TEST(DrainWatch, WorkThatComesAfterwardsTakesTheWordBack)
{
    World world;
    world.drain();
    world.executor.advance(1s);
    ASSERT_EQ(world.watch.progress().phase, DrainPhase::Drained);

    world.open = {1, 100};
    world.executor.advance(250ms);
    EXPECT_EQ(world.watch.progress().phase, DrainPhase::Draining);
    world.open = {0, 0};
    world.executor.advance(500ms);

    EXPECT_THAT(world.kinds, ElementsAre("drain_started", "drained", "drained"));
}

TEST(DrainWatch, UndrainEndsIt)
{
    World world;
    world.open = {2, 5};
    world.drain();

    world.watch.follow(std::nullopt);
    world.executor.advance(10s);

    EXPECT_EQ(world.watch.progress(), model::DrainProgress{});
    EXPECT_THAT(world.kinds, ElementsAre("drain_started", "drain_ended"));
}

TEST(DrainWatch, APassedDeadlineIsToldOnceAndCutsNothing)
{
    World world;
    world.open = {2, 5'000};
    world.drain(world.nowUnixMs() + 60'000);

    world.executor.advance(59s);
    EXPECT_THAT(world.kinds, ElementsAre("drain_started"));
    world.executor.advance(10min);

    EXPECT_THAT(world.kinds, ElementsAre("drain_started", "drain_deadline_passed"));
    EXPECT_THAT(world.lastText, HasSubstr("with 2 exchanges open, the oldest for 5 s"));
    EXPECT_EQ(world.watch.progress().phase, DrainPhase::Draining);
    world.drain(world.nowUnixMs() + 1'000);
    world.executor.advance(2s);
    EXPECT_EQ(world.kinds.size(), 3U) << "a new deadline is told anew";
}

TEST(DrainWatch, TheSamePolicyAgainStartsNothingAnew)
{
    World world;
    world.open = {2, 5};
    world.drain();
    const auto since = world.watch.progress().sinceUnixMs;
    world.executor.advance(5s);
    const int told = world.progressTold;

    world.drain();
    world.executor.advance(5s);

    EXPECT_EQ(world.watch.progress().sinceUnixMs, since);
    EXPECT_EQ(world.progressTold, told) << "nothing changed";
    EXPECT_THAT(world.kinds, ElementsAre("drain_started"));
}

TEST(DrainWatch, MaintenanceAndOffDrainTooButStandbyDoesNot)
{
    for (const Admin admin : {Admin::Maint, Admin::Off}) {
        World world;
        world.watch.follow(AdminIntent{"gpu-4", admin, 0, "fan"});
        EXPECT_EQ(world.watch.progress().phase, DrainPhase::Draining);
    }
    World world;
    world.watch.follow(AdminIntent{"gpu-4", Admin::Standby, 0, "spare"});
    EXPECT_EQ(world.watch.progress().phase, DrainPhase::None);
}

} // namespace
} // namespace signalbox::control
