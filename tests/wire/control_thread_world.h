// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/threads/control_thread.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <utility>

namespace signalbox::tests {

// A control thread of the test's own: the test says what runs there and waits for facts, not time.
// Lives on: the test's thread; on() and eventually() run their work on the control thread.
class ControlThreadWorld {
public:
    ControlThreadWorld() { thread_.start(); }
    ~ControlThreadWorld() { thread_.stop(); }

    base::Executor& executor() { return thread_; }
    runtime::ControlThread& thread() { return thread_; }

    // Runs there and hands back what it returns.
    template <typename Work>
    auto on(Work work) -> decltype(work())
    {
        std::packaged_task<decltype(work())()> task(std::move(work));
        auto result = task.get_future();
        thread_.post([&task] { task(); });
        return result.get();
    }

    // True as soon as the fact is true there; false when it does not come in a time that no
    // healthy machine needs. Looked at every few milliseconds by a timer of that thread.
    [[nodiscard]] bool eventually(std::function<bool()> fact)
    {
        auto watch = std::make_shared<Watch>();
        watch->fact = std::move(fact);
        watch->tries = kTries;
        auto done = watch->done.get_future();
        thread_.post([this, watch] { look(watch); });
        return done.get();
    }

private:
    static constexpr int kTries = 4'000;
    static constexpr std::chrono::milliseconds kStep{5};

    struct Watch {
        std::function<bool()> fact;
        std::promise<bool> done;
        base::Executor::TimerPtr timer;
        int tries = 0;
    };

    void look(const std::shared_ptr<Watch>& watch)
    {
        const bool isTrue = watch->fact();
        if (isTrue || --watch->tries == 0) {
            watch->timer.reset();
            watch->done.set_value(isTrue);
            return;
        }
        watch->timer = thread_.after(kStep, [this, watch] { look(watch); });
    }

    runtime::ControlThread thread_;
};

} // namespace signalbox::tests
