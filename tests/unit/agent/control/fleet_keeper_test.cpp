// SPDX-License-Identifier: Apache-2.0
#include "agent/control/fleet_keeper.h"
#include "tests/support/manual_executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>

namespace signalbox::control {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

struct World {
    World()
    {
        std::string pattern = fs::temp_directory_path() / "signalbox-keeper-XXXXXX";
        folder = ::mkdtemp(pattern.data());
    }
    ~World() { fs::remove_all(folder); }

    std::string path() const { return (folder / "fleet").string(); }
    FleetKeeper keeper()
    {
        return FleetKeeper(path(), executor, [this](std::function<void()> work) {
            if (isFull)
                return false;
            waiting.push_back(std::move(work));
            return true;
        }, "b1");
    }
    void runDisk()
    {
        while (!waiting.empty()) {
            waiting.front()();
            waiting.pop_front();
        }
        executor.runReady();
    }

    fs::path folder;
    tests::ManualClock clock;
    tests::ManualExecutor executor{clock};
    std::deque<std::function<void()>> waiting;
    bool isFull = false;
};

SavedFleet fleetAt(base::Revision revision)
{
    SavedFleet saved;
    saved.picture.policy.revision = revision;
    return saved;
}

TEST(FleetKeeper, WritesTheFirstAtOnceAndOfManyTheNewest)
{
    World world;
    auto keeper = world.keeper();

    for (base::Revision revision = 1; revision <= 20; ++revision)
        keeper.keep(fleetAt(revision));
    world.runDisk();
    EXPECT_EQ(keeper.load().saved->picture.policy.revision, 1);
    world.executor.advance(3s);
    world.runDisk();

    EXPECT_EQ(keeper.load().saved->picture.policy.revision, 20);
    EXPECT_EQ(keeper.load().saved->bootId, "b1");
    EXPECT_EQ(keeper.writesTotal(), 2U);
    world.executor.advance(1h);
    EXPECT_THAT(world.waiting, IsEmpty()) << "nothing new, nothing written";
}

TEST(FleetKeeper, AFailedWriteIsCountedAndTriedAgain)
{
    World world;
    auto keeper = world.keeper();
    world.isFull = true;

    keeper.keep(fleetAt(7));
    EXPECT_EQ(keeper.failuresTotal(), 1U);
    EXPECT_FALSE(keeper.load().saved.has_value());
    world.isFull = false;
    world.executor.advance(3s);
    world.runDisk();

    EXPECT_EQ(keeper.load().saved->picture.policy.revision, 7);
}

TEST(FleetKeeper, ADamagedGenerationIsToldAndTheOneBeforeLoaded)
{
    World world;
    auto keeper = world.keeper();
    keeper.keep(fleetAt(7));
    world.runDisk();
    world.executor.advance(3s);
    keeper.keep(fleetAt(8));
    world.runDisk();
    std::ofstream(world.path(), std::ios::trunc) << "noise";

    const auto loaded = keeper.load();

    ASSERT_TRUE(loaded.saved.has_value());
    EXPECT_EQ(loaded.saved->picture.policy.revision, 7);
    EXPECT_THAT(loaded.problem, HasSubstr("is damaged"));
}

TEST(FleetKeeper, NothingThereIsNoProblem)
{
    World world;

    const auto loaded = world.keeper().load();

    EXPECT_FALSE(loaded.saved.has_value());
    EXPECT_THAT(loaded.problem, IsEmpty());
}

TEST(FleetKeeper, IsGoneBeforeTheDiskAnswers)
{
    World world;
    {
        auto keeper = world.keeper();
        keeper.keep(fleetAt(7));
    }

    world.runDisk();

    EXPECT_EQ(world.keeper().load().saved->picture.policy.revision, 7);
}

} // namespace
} // namespace signalbox::control
