// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace signalbox::base {

// One thread's work queue with timers: the control thread in an agent, a manual one in tests.
// Everything given to one executor runs one piece at a time, in order.
// Lives on: post() from any thread; after() too.
class Executor {
public:
    // Dropping the handle cancels; a callback that already runs finishes.
    class Timer {
    public:
        virtual ~Timer() = default;
    };
    using TimerPtr = std::unique_ptr<Timer>;

    virtual ~Executor() = default;
    virtual void post(std::function<void()> work) = 0;
    [[nodiscard]] virtual TimerPtr after(std::chrono::nanoseconds delay,
                                         std::function<void()> work) = 0;
};

} // namespace signalbox::base
