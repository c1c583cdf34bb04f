// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/intrusive_list.h"
#include "shared/base/clock.h"

#include <array>
#include <cstdint>
#include <optional>

namespace signalbox::runtime {

// One armed moment, inside the thing that waits for it; leaves the wheel when destroyed.
// Lives on: core.
class Timer : public ListNode {
public:
    using Fire = void (*)(Timer&);
    explicit Timer(Fire fire) : fire_(fire) {}
    bool isArmed() const { return isLinked(); }
    void disarm() { unlink(); }
    // In the wheel's milliseconds; meaningful while armed.
    std::uint64_t tick() const { return tick_; }

private:
    friend class TimerWheel;
    Fire fire_;
    std::uint64_t tick_ = 0;
};

// Hierarchical timing wheel (Varghese and Lauck): arming and disarming are a few stores, at any
// number of timers. Resolution 1 ms, never early, FIFO within a millisecond; a moment further than
// two years away fires after two years, and its owner looks at the clock again.
// Lives on: core; owned by the loop.
class TimerWheel {
public:
    explicit TimerWheel(base::Monotonic start) : start_(start) {}

    // Arms, or arms anew. A moment that has passed fires at the next advance().
    void arm(Timer& timer, base::Monotonic when);
    // True when the timer is armed for `when` or earlier: nothing to do for a later deadline.
    bool isArmedBy(const Timer& timer, base::Monotonic when) const
    {
        return timer.isArmed() && timer.tick() <= tickOf(when);
    }
    // Fires what is due.
    void advance(base::Monotonic now);
    // When advance() has something to do next; it may then be only to sort far timers nearer.
    std::optional<base::Monotonic> next() const;

private:
    static constexpr unsigned kBits = 6;
    static constexpr unsigned kSlots = 1U << kBits;
    static constexpr unsigned kLevels = 6;
    struct Level {
        // May have a bit for a slot that has since become empty; looking there clears it.
        std::uint64_t occupied = 0;
        std::array<IntrusiveList<Timer>, kSlots> slots;
    };
    struct Due {
        std::uint64_t tick;
        unsigned level;
        unsigned slot;
    };

    std::uint64_t tickOf(base::Monotonic when) const;
    void insert(Timer& timer);
    std::optional<Due> nextDue() const;

    base::Monotonic start_;
    std::uint64_t elapsed_ = 0;
    std::array<Level, kLevels> levels_;
};

} // namespace signalbox::runtime
