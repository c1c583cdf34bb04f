// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace signalbox::runtime {

namespace {
constexpr std::chrono::milliseconds kTick{1};
}

std::uint64_t TimerWheel::tickOf(base::Monotonic when) const
{
    if (when <= start_)
        return 0;
    // Rounded up, so that nothing fires early.
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(when - start_);
    // Less than a whole turn of the highest level, whose present slot must stay unambiguous.
    constexpr std::uint64_t kTurn = std::uint64_t{1} << (kBits * kLevels);
    constexpr std::uint64_t kFurthest = kTurn - (kTurn >> kBits) - 1;
    return std::min<std::uint64_t>(static_cast<std::uint64_t>(whole / kTick), elapsed_ + kFurthest);
}

void TimerWheel::arm(Timer& timer, base::Monotonic when)
{
    timer.tick_ = std::max(tickOf(when), elapsed_ + 1);
    insert(timer);
}

// The level is that of the highest bit in which the moment differs from the present, so a slot
// never holds a moment of another turn of its level.
void TimerWheel::insert(Timer& timer)
{
    const std::uint64_t differing = (timer.tick_ ^ elapsed_) | (kSlots - 1);
    const unsigned highest = static_cast<unsigned>(std::bit_width(differing)) - 1;
    const unsigned level = std::min(highest / kBits, kLevels - 1);
    const unsigned slot = static_cast<unsigned>(timer.tick_ >> (level * kBits)) & (kSlots - 1);
    levels_[level].occupied |= std::uint64_t{1} << slot;
    levels_[level].slots[slot].pushBack(timer);
}

std::optional<TimerWheel::Due> TimerWheel::nextDue() const
{
    for (unsigned level = 0; level < kLevels; ++level) {
        if (levels_[level].occupied == 0)
            continue;
        const unsigned shift = level * kBits;
        const unsigned present = static_cast<unsigned>(elapsed_ >> shift) & (kSlots - 1);
        const std::uint64_t rotated = std::rotr(levels_[level].occupied, static_cast<int>(present));
        const unsigned ahead = static_cast<unsigned>(std::countr_zero(rotated));
        const std::uint64_t turn = elapsed_ >> shift;
        // Only the highest level wraps; lower ones always lie within the present turn.
        return Due{(turn + ahead) << shift, level, (present + ahead) & (kSlots - 1)};
    }
    return std::nullopt;
}

std::optional<base::Monotonic> TimerWheel::next() const
{
    const auto due = nextDue();
    if (!due)
        return std::nullopt;
    return start_ + kTick * due->tick;
}

void TimerWheel::advance(base::Monotonic now)
{
    const auto passed = std::chrono::floor<std::chrono::milliseconds>(now - start_);
    const std::uint64_t present
        = std::max(elapsed_, passed.count() < 0 ? 0 : static_cast<std::uint64_t>(passed.count()));
    for (auto due = nextDue(); due && due->tick <= present; due = nextDue()) {
        IntrusiveList<Timer> taken;
        levels_[due->level].slots[due->slot].moveAllTo(taken);
        levels_[due->level].occupied &= ~(std::uint64_t{1} << due->slot);
        elapsed_ = std::max(elapsed_, due->tick);
        while (Timer* timer = taken.popFront()) {
            if (timer->tick_ <= elapsed_)
                timer->fire_(*timer);
            else
                insert(*timer);
        }
    }
    elapsed_ = present;
}

} // namespace signalbox::runtime
