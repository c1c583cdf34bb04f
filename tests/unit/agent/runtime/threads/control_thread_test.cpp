// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/threads/control_thread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <vector>

namespace signalbox::runtime {
namespace {

using namespace std::chrono_literals;

TEST(ControlThread, RunsWorkInTheOrderItWasPosted)
{
    ControlThread control;
    control.start();
    std::vector<int> order;
    std::promise<void> done;

    for (int i = 0; i < 100; ++i)
        control.post([&order, i] { order.push_back(i); });
    control.post([&done] { done.set_value(); });
    done.get_future().wait();
    control.stop();

    ASSERT_EQ(order.size(), 100U);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(ControlThread, ADroppedTimerNeverFires)
{
    ControlThread control;
    control.start();
    std::promise<void> later;
    bool fired = false;

    auto dropped = control.after(1ms, [&fired] { fired = true; });
    dropped.reset();
    const auto kept = control.after(20ms, [&later] { later.set_value(); });
    later.get_future().wait();
    control.stop();

    EXPECT_FALSE(fired);
}

TEST(ControlThread, StopsWithTimersAndWorkOutstanding)
{
    ControlThread control;
    control.start();
    const auto timer = control.after(1h, [] {});
    control.post([] {});

    control.stop();

    SUCCEED() << "stop() returned and the timer's handle can still be dropped";
}

} // namespace
} // namespace signalbox::runtime
