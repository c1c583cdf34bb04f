// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/local_override.h"
#include "tests/unit/agent/control/commands/command_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace signalbox::control {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using model::Admin;
using testing::HasSubstr;

struct Folder {
    Folder()
    {
        std::string pattern = fs::temp_directory_path() / "signalbox-override-XXXXXX";
        path = ::mkdtemp(pattern.data());
    }
    ~Folder() { fs::remove_all(path); }
    fs::path path;
};

// gpu-1's own override, beside a fleet that it is part of.
struct World : CommandWorld {
    std::unique_ptr<LocalOverride> start()
    {
        LocalOverride::Parts parts{
            gpu.ledger,
            executor,
            clock,
            [this](std::function<void()> work) {
                if (isDiskFull)
                    return false;
                work();
                return true;
            },
            (folder.path / "override").string(),
            "gpu-1",
            [this] { ++changes; },
            [this](model::Event event) { told.events.push_back(std::move(event)); }};
        auto made = std::make_unique<LocalOverride>(std::move(parts));
        made->load();
        return made;
    }
    // What process does with the watch's news.
    void step(LocalOverride& override, std::chrono::nanoseconds by)
    {
        executor.advance(by);
        override.onStore(gpu.watch.store());
        override.onPicture(*gpu.watch.picture());
        executor.advance(100ms);
    }

    Folder folder;
    CommandAgent gpu{*this, "gpu-1"};
    Told told;
    int changes = 0;
    bool isDiskFull = false;
};

TEST(LocalOverride, IsForAStoreThatIsAwayOnly)
{
    World world;
    const auto override = world.start();
    world.step(*override, 1s);

    const auto begun = override->begin(world.because("r1"));

    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error().code(), base::Code::FailedPrecondition);
    EXPECT_THAT(begun.error().message(), HasSubstr("preview and apply"));
    EXPECT_EQ(override->end(world.because("r2")).error().code(), base::Code::FailedPrecondition);
}

TEST(LocalOverride, DrainsForAnHourAndNoLonger)
{
    World world;
    const auto override = world.start();
    world.step(*override, 1s);
    world.gpu.store.goAway();
    world.step(*override, 1s);

    const auto until = override->begin(world.because("r1"));
    ASSERT_TRUE(until) << until.error().text();
    EXPECT_EQ(*until, base::unixMs(world.clock.wall()) + 3'600'000);
    EXPECT_EQ(override->effective(world.policy()).adminOf("gpu-1"), Admin::Drain);
    EXPECT_EQ(world.changes, 1);
    EXPECT_EQ(world.told.eventsOf("local_override_started"), 1);
    world.step(*override, 59min);
    EXPECT_TRUE(override->intent().has_value());
    world.step(*override, 2min);

    EXPECT_FALSE(override->intent().has_value());
    EXPECT_EQ(override->effective(world.policy()).adminOf("gpu-1"), Admin::Run);
    EXPECT_EQ(world.changes, 2);
    EXPECT_THAT(world.told.lastText(), HasSubstr("has ended after an hour: policy says run"));
}

TEST(LocalOverride, TheSameRequestTwiceIsOneAndAnotherGivesAnotherHour)
{
    World world;
    const auto override = world.start();
    const auto first = override->begin(world.because("r1"));
    world.step(*override, 10min);

    EXPECT_EQ(*override->begin(world.because("r1")), *first);
    EXPECT_EQ(override->untold(), 0U) << "the store was there to hear it";
    world.gpu.store.goAway();
    world.step(*override, 1s);
    EXPECT_GT(*override->begin(world.because("r2")), *first + 9 * 60'000);
    EXPECT_EQ(override->untold(), 1U);
    ASSERT_TRUE(override->end(world.because("r3")));
    EXPECT_TRUE(override->end(world.because("r3"))) << "the same answer";
    EXPECT_EQ(override->untold(), 2U);
}

TEST(LocalOverride, SurvivesARestartOfItsAgent)
{
    World world;
    world.gpu.store.goAway();
    auto override = world.start();
    world.step(*override, 1s);
    const auto until = override->begin(world.because("r1"));
    ASSERT_TRUE(until);

    override.reset();
    world.executor.advance(20min);
    override = world.start();
    world.step(*override, 1s);

    EXPECT_EQ(override->effective(world.policy()).adminOf("gpu-1"), Admin::Drain);
    EXPECT_EQ(override->untold(), 1U);
    EXPECT_EQ(*override->begin(world.because("r1")), *until);
    world.step(*override, 41min);
    EXPECT_FALSE(override->intent().has_value());
}

TEST(LocalOverride, IsToldToTheAuditOnceTheStoreIsBackAndHolds)
{
    World world;
    const auto override = world.start();
    world.gpu.store.goAway();
    world.step(*override, 1s);
    const auto startedAt = base::unixMs(world.clock.wall());
    ASSERT_TRUE(override->begin(world.because("r1")));
    const auto head = world.policy().revision;

    world.step(*override, 10min);
    world.gpu.store.comeBack();
    world.step(*override, 10s);

    EXPECT_EQ(override->untold(), 0U);
    const model::AuditRecord record = world.record(2);
    EXPECT_EQ(record.atUnixMs, startedAt) << "when it was done, not when it was told";
    EXPECT_EQ(record.operatorName, "ana");
    EXPECT_EQ(record.agent, "gpu-1");
    EXPECT_EQ(record.edit, model::Edit(drainOf({"gpu-1"})));
    EXPECT_THAT(record.diff.front().after, HasSubstr("store away"));
    EXPECT_EQ(world.policy().revision, head) << "it changed no policy";
    EXPECT_TRUE(override->intent().has_value()) << "its hour is not over";
    EXPECT_THAT(world.previewUndo(*world.first, 2).error().message(),
                HasSubstr("it changed no policy"));
}

TEST(LocalOverride, IsToldOnceEvenWhenTheAnswerIsLost)
{
    World world;
    const auto override = world.start();
    world.gpu.store.goAway();
    world.step(*override, 1s);
    ASSERT_TRUE(override->begin(world.because("r1")));
    world.gpu.store.comeBack();
    world.executor.advance(5s);

    override->onStore(world.gpu.watch.store());
    world.executor.runOne();
    world.executor.runOne();
    world.gpu.store.faults().losesAnswers = true;
    world.executor.runOne();
    world.gpu.store.faults().losesAnswers = false;
    world.executor.advance(10s);

    EXPECT_EQ(override->untold(), 0U);
    EXPECT_EQ(world.record(2).requestId, "r1");
    EXPECT_EQ(world.record(3).number, 0U);
}

TEST(LocalOverride, ACommandAboutTheAgentEndsIt)
{
    World world;
    const auto override = world.start();
    world.gpu.store.goAway();
    world.step(*override, 1s);
    ASSERT_TRUE(override->begin(world.because("r1")));
    world.gpu.store.comeBack();
    world.step(*override, 10s);
    ASSERT_TRUE(override->intent().has_value());

    ASSERT_TRUE(world.run(*world.first, drainOf({"gpu-1"}), "r2"));
    world.step(*override, 1s);

    EXPECT_FALSE(override->intent().has_value());
    EXPECT_THAT(world.told.lastText(), HasSubstr("a command says drain now"));
    EXPECT_EQ(override->effective(world.policy()).adminOf("gpu-1"), Admin::Drain);
}

TEST(LocalOverride, HoldsWithoutADiskAndSaysSo)
{
    World world;
    world.isDiskFull = true;
    const auto override = world.start();
    world.gpu.store.goAway();
    world.step(*override, 1s);

    ASSERT_TRUE(override->begin(world.because("r1")));

    EXPECT_TRUE(override->intent().has_value());
    EXPECT_EQ(world.told.eventsOf("local_override_not_saved"), 1);
}

TEST(LocalOverride, UntoldOnesAreBounded)
{
    World world;
    world.isDiskFull = true; // a sync for each of them would take seconds
    const auto override = world.start();
    world.gpu.store.goAway();
    world.step(*override, 1s);
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(override->begin(world.because("r" + std::to_string(i))));

    EXPECT_EQ(override->begin(world.because("more")).error().code(),
              base::Code::ResourceExhausted);
    world.gpu.store.comeBack();
    world.step(*override, 10s);
    EXPECT_EQ(override->untold(), 0U) << "all of them, in order";
    EXPECT_EQ(world.record(101).requestId, "r99");
}

TEST(LocalOverride, AnUnreadableFileIsLeftAsideNotObeyed)
{
    World world;
    ASSERT_TRUE(DurableFile((world.folder.path / "override").string(), 1000).write("override 9\n"));

    const auto override = world.start();

    EXPECT_FALSE(override->intent().has_value());
}

} // namespace
} // namespace signalbox::control
