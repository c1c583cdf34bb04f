// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/core_set.h"
#include "agent/runtime/mailbox.h"
#include "shared/base/limits.h"
#include "tests/support/loop_driver.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

namespace signalbox::runtime {
namespace {

using namespace std::chrono_literals;

CoreSetOptions cores(std::size_t count)
{
    CoreSetOptions options;
    options.cores = count;
    return options;
}

TEST(CoreSet, RunsWhatIsPostedOnTheCoreThatWasNamed)
{
    CoreSet set(cores(3));
    std::vector<std::thread::id> ids(3);
    std::vector<std::promise<void>> done(3);

    for (std::size_t n = 0; n < 3; ++n)
        set.post(n, [&](Core& core) {
            ids[core.index()] = std::this_thread::get_id();
            done[core.index()].set_value();
        });
    for (std::promise<void>& promise : done)
        promise.get_future().get();

    EXPECT_NE(ids[0], ids[1]);
    EXPECT_NE(ids[1], ids[2]);
    EXPECT_NE(ids[0], std::this_thread::get_id());
}

TEST(CoreSet, AStormOfPostsFromManyThreadsRunsEachOnceAndInOrder)
{
    constexpr int kThreads = 4;
    constexpr int kPosts = 5'000;
    std::vector<std::vector<int>> seen(kThreads); // touched by core 0 only
    {
        CoreSet set(cores(2));
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < kPosts; ++i)
                    set.post(0, [&seen, t, i](Core&) {
                        seen[static_cast<std::size_t>(t)].push_back(i);
                    });
            });
        for (std::thread& thread : threads)
            thread.join();
    } // what was posted runs before the threads end

    std::vector<int> wanted(kPosts);
    std::iota(wanted.begin(), wanted.end(), 0);
    for (const std::vector<int>& order : seen)
        EXPECT_EQ(order, wanted);
}

TEST(CoreSet, CoresPostToEachOtherWithoutEnd)
{
    constexpr int kRounds = 2'000;
    CoreSet set(cores(2));
    std::promise<void> done;
    std::function<void(Core&, int)> pass = [&](Core& core, int round) {
        if (round == kRounds)
            done.set_value();
        else
            set.post(1 - core.index(), [&, round](Core& other) { pass(other, round + 1); });
    };

    set.post(0, [&](Core& core) { pass(core, 0); });

    EXPECT_EQ(done.get_future().wait_for(60s), std::future_status::ready);
}

TEST(CoreSet, GathersOneAnswerOfEachCoreInOrder)
{
    CoreSet set(cores(3));
    std::promise<std::vector<std::size_t>> answers;

    const bool asked = set.gather<std::size_t>(
        [](Core& core) { return core.index() * 10; },
        [&](std::vector<std::size_t> values) { answers.set_value(std::move(values)); });

    EXPECT_TRUE(asked);
    EXPECT_EQ(answers.get_future().get(), (std::vector<std::size_t>{0, 10, 20}));
}

Task<void> keepUntilTheEnd(Loop& loop, std::shared_ptr<std::atomic<bool>> onItsThread,
                           std::thread::id core)
{
    struct Check {
        ~Check() { *flag = std::this_thread::get_id() == core; }
        std::shared_ptr<std::atomic<bool>> flag;
        std::thread::id core;
    };
    const Check check{std::move(onItsThread), core};
    (void)co_await loop.sleep(1h);
}

TEST(CoreSet, TasksThatStillWaitEndOnTheirOwnThread)
{
    auto onItsThread = std::make_shared<std::atomic<bool>>(false);
    {
        CoreSet set(cores(1));
        set.post(0, [&](Core& core) {
            core.loop().spawn(
                keepUntilTheEnd(core.loop(), onItsThread, std::this_thread::get_id()));
        });
    }
    EXPECT_TRUE(*onItsThread);
}

TEST(CoreSet, KnowsHowManyCpusItMayUse)
{
    EXPECT_GE(CoreSet::usableCpus(), 1U);
    EXPECT_LE(CoreSet::usableCpus(), std::thread::hardware_concurrency());
}

TEST(CoreSet, TheFileLimitIsRaisedAsFarAsItMay)
{
    const std::size_t inForce = raiseFileLimit();

    EXPECT_GE(inForce, 256U);
    EXPECT_EQ(raiseFileLimit(), inForce);
}

TEST(Post, AFullQueueRefusesAndCounts)
{
    tests::LoopDriver driver;
    std::size_t ran = 0;
    std::size_t refused = 0;

    for (std::size_t i = 0; i < limits::kLoopPosts + 10; ++i)
        refused += driver.loop().post([&ran] { ++ran; }) ? 0 : 1;
    driver.settle();

    EXPECT_EQ(ran, limits::kLoopPosts);
    EXPECT_EQ(refused, 10U);
    EXPECT_EQ(driver.loop().counters().postsRefused, 10U);
}

TEST(Post, ManyPostsAreOneWakeup)
{
    tests::LoopDriver driver;
    int ran = 0;
    for (int i = 0; i < 100; ++i)
        driver.loop().post([&ran] { ++ran; });
    const std::uint64_t before = driver.loop().counters().wakeups;

    driver.loop().poll();

    EXPECT_EQ(ran, 100);
    EXPECT_EQ(driver.loop().counters().wakeups - before, 1U);
}

TEST(Mailbox, DeliversWholeBatchesInOrder)
{
    tests::LoopDriver driver;
    std::vector<std::vector<int>> batches;
    Mailbox<int> mailbox(driver.loop(), 100, [&](std::deque<int> batch) {
        batches.emplace_back(batch.begin(), batch.end());
    });

    for (int i = 0; i < 5; ++i)
        mailbox.sender().send(i);
    driver.settle();
    mailbox.sender().send(5);
    driver.settle();

    EXPECT_EQ(batches, (std::vector<std::vector<int>>{{0, 1, 2, 3, 4}, {5}}));
}

TEST(Mailbox, AFullOneRefusesAndCounts)
{
    tests::LoopDriver driver;
    std::size_t got = 0;
    Mailbox<int> mailbox(driver.loop(), 3, [&](std::deque<int> batch) { got += batch.size(); });
    const auto sender = mailbox.sender();

    std::size_t taken = 0;
    for (int i = 0; i < 10; ++i)
        taken += Mailbox<int>::Sender(sender).send(i) ? 1 : 0;
    driver.settle();

    EXPECT_EQ(taken, 3U);
    EXPECT_EQ(got, 3U);
    EXPECT_EQ(mailbox.dropped(), 7U);
}

TEST(Mailbox, ASenderMayOutliveIt)
{
    tests::LoopDriver driver;
    int got = 0;
    auto mailbox = std::make_unique<Mailbox<int>>(driver.loop(), 3,
                                                  [&](std::deque<int>) { ++got; });
    auto sender = mailbox->sender();
    sender.send(1);

    mailbox.reset();
    const bool isTaken = sender.send(2);
    driver.settle();

    EXPECT_FALSE(isTaken);
    EXPECT_EQ(got, 0);
}

TEST(Mailbox, ManyThreadsLoseNothingButWhatIsCounted)
{
    constexpr int kThreads = 4;
    constexpr int kValues = 20'000;
    std::atomic<std::size_t> sent{0};
    std::size_t received = 0;
    CoreSet set(cores(1));
    std::promise<Mailbox<int>::Sender> made;
    std::unique_ptr<Mailbox<int>> mailbox;
    set.post(0, [&](Core& core) {
        mailbox = std::make_unique<Mailbox<int>>(
            core.loop(), 1'000, [&](std::deque<int> batch) { received += batch.size(); });
        made.set_value(mailbox->sender());
    });
    auto sender = made.get_future().get();

    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
        threads.emplace_back([&sent, mine = sender]() mutable {
            for (int i = 0; i < kValues; ++i)
                sent += mine.send(i) ? 1 : 0;
        });
    for (std::thread& thread : threads)
        thread.join();
    std::promise<std::uint64_t> dropped;
    set.post(0, [&](Core&) {
        dropped.set_value(mailbox->dropped());
        mailbox.reset();
    });
    const std::uint64_t lost = dropped.get_future().get();
    set.stop();

    EXPECT_EQ(received, sent);
    EXPECT_EQ(sent + lost, static_cast<std::size_t>(kThreads * kValues));
}

} // namespace
} // namespace signalbox::runtime
