// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/task.h"
#include "agent/runtime/wait.h"
#include "tests/support/loop_driver.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace signalbox::runtime {
namespace {

// Writes a letter when it is destroyed.
class Trace {
public:
    Trace(std::string& log, char letter) : log_(&log), letter_(letter) {}
    Trace(Trace&& other) noexcept : log_(std::exchange(other.log_, nullptr)), letter_(other.letter_)
    {
    }
    ~Trace()
    {
        if (log_ != nullptr)
            log_->push_back(letter_);
    }

private:
    std::string* log_;
    char letter_;
};

Task<int> answer(std::string& log)
{
    log += "ran ";
    co_return 42;
}

Task<void> keep(Task<int> task, int& into)
{
    into = co_await task;
}

TEST(Task, RunsOnlyWhenItIsAwaited)
{
    tests::LoopDriver driver;
    std::string log;
    int value = 0;

    Task<int> task = answer(log);
    const std::string before = log;
    driver.loop().spawn(keep(std::move(task), value));

    EXPECT_EQ(before, "");
    EXPECT_EQ(log, "ran ");
    EXPECT_EQ(value, 42);
}

Task<std::unique_ptr<int>> makeOwner(int value)
{
    co_return std::make_unique<int>(value);
}

Task<void> takeOwner(int& into)
{
    const std::unique_ptr<int> owner = co_await makeOwner(7);
    into = *owner;
}

TEST(Task, GivesWhatCanOnlyBeMoved)
{
    tests::LoopDriver driver;
    int value = 0;

    driver.loop().spawn(takeOwner(value));

    EXPECT_EQ(value, 7);
}

Task<int> one()
{
    co_return 1;
}

Task<void> addManyTimes(int times, int& sum)
{
    for (int i = 0; i < times; ++i)
        sum += co_await one();
}

TEST(Task, AMillionTasksThatNeedNotWaitNeverDeepenTheStack)
{
    tests::LoopDriver driver;
    int sum = 0;

    driver.loop().spawn(addManyTimes(1'000'000, sum));

    EXPECT_EQ(sum, 1'000'000);
}

Task<void> innermost(Loop& loop, Condition& condition, std::string& log)
{
    const Trace trace(log, 'c');
    (void)co_await condition.wait(loop, Deadline::never());
    log += "resumed ";
}

Task<void> middle(Loop& loop, Condition& condition, std::string& log)
{
    const Trace trace(log, 'b');
    co_await innermost(loop, condition, log);
}

Task<void> outermost(Loop& loop, Condition& condition, std::string& log)
{
    const Trace trace(log, 'a');
    co_await middle(loop, condition, log);
}

TEST(Task, DroppedWhileItWaitsUnwindsFromTheInside)
{
    Condition condition;
    std::string log;
    {
        tests::LoopDriver driver;
        driver.loop().spawn(outermost(driver.loop(), condition, log));
        EXPECT_TRUE(condition.hasWaiters());

        driver.loop().endTasks();

        EXPECT_EQ(log, "cba");
        EXPECT_FALSE(condition.hasWaiters());
    }
    condition.notifyAll();
    EXPECT_EQ(log, "cba");
}

TEST(Task, DroppedAfterItsWaitEndedButBeforeItWentOnIsNotResumed)
{
    tests::LoopDriver driver;
    Condition condition;
    std::string log;
    driver.loop().spawn(outermost(driver.loop(), condition, log));

    condition.notifyAll(); // ready, and not yet resumed
    driver.loop().endTasks();
    driver.settle();

    EXPECT_EQ(log, "cba");
}

TEST(Task, NeverStartedDestroysItsArguments)
{
    std::string log;
    int value = 0;
    {
        const Task<void> task = keep(answer(log), value);
    }
    EXPECT_EQ(log, "");
    EXPECT_EQ(value, 0);
}

TEST(Task, EndedWhileItRunsFreesEverythingWithoutTheLoop)
{
    tests::LoopDriver driver;
    Condition condition;
    std::string log;

    driver.loop().spawn(outermost(driver.loop(), condition, log));
    condition.notifyOne();
    driver.settle();

    EXPECT_EQ(log, "resumed cba");
}

} // namespace
} // namespace signalbox::runtime
