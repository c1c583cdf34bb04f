// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"
#include "tests/support/manual_clock.h"

#include <deque>
#include <map>
#include <memory>
#include <utility>

namespace signalbox::tests {

// An executor that runs when the test says so, its timers on a manual clock. Lives on: one thread.
class ManualExecutor final : public base::Executor {
public:
    explicit ManualExecutor(ManualClock& clock) : clock_(clock) {}

    void post(std::function<void()> work) override { ready_.push_back(std::move(work)); }

    TimerPtr after(std::chrono::nanoseconds delay, std::function<void()> work) override
    {
        const auto key = std::pair{clock_.monotonic() + delay, ++timersTotal_};
        timers_.emplace(key, std::move(work));
        return std::make_unique<Handle>(alive_, key);
    }

    // Runs what is ready, and what that makes ready, until nothing is left.
    void runReady()
    {
        while (!ready_.empty()) {
            auto work = std::move(ready_.front());
            ready_.pop_front();
            work();
        }
    }

    // One piece of what is ready, for tests that stop in the middle of a story.
    void runOne()
    {
        if (ready_.empty())
            return;
        auto work = std::move(ready_.front());
        ready_.pop_front();
        work();
    }

    // Moves the clock in the order of the timers that fall due, running each at its moment.
    void advance(std::chrono::nanoseconds by)
    {
        const auto end = clock_.monotonic() + by;
        runReady();
        while (!timers_.empty() && timers_.begin()->first.first <= end) {
            const auto due = timers_.begin()->first.first;
            if (due > clock_.monotonic())
                clock_.advance(due - clock_.monotonic());
            auto work = std::move(timers_.begin()->second);
            timers_.erase(timers_.begin());
            work();
            runReady();
        }
        clock_.advance(end - clock_.monotonic());
        runReady();
    }

private:
    using Key = std::pair<base::Monotonic, std::uint64_t>;

    struct Handle final : Timer {
        Handle(std::shared_ptr<ManualExecutor*> owner, Key key)
            : owner_(std::move(owner))
            , key_(key)
        {
        }
        ~Handle() override
        {
            if (*owner_ != nullptr)
                (*owner_)->timers_.erase(key_);
        }
        std::shared_ptr<ManualExecutor*> owner_;
        Key key_;
    };

    struct Alive {
        std::shared_ptr<ManualExecutor*> pointer;
        ~Alive() { *pointer = nullptr; }
    };

    ManualClock& clock_;
    std::deque<std::function<void()>> ready_;
    std::map<Key, std::function<void()>> timers_;
    std::uint64_t timersTotal_ = 0;
    std::shared_ptr<ManualExecutor*> alive_ = std::make_shared<ManualExecutor*>(this);
    Alive guard_{alive_};
};

} // namespace signalbox::tests
