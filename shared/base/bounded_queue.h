// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace signalbox::base {

enum class WhenFull : std::uint8_t { Refuse, DropOldest };

// A queue that cannot grow past its capacity and counts what that cost.
// Lives on: one thread; the owner locks around it where there are more.
template <typename T>
class BoundedQueue {
public:
    BoundedQueue(std::size_t capacity, WhenFull whenFull) : capacity_(capacity), whenFull_(whenFull)
    {
    }

    // False when the item was refused. With DropOldest the oldest item makes room instead.
    bool push(T item)
    {
        if (items_.size() >= capacity_) {
            ++lost_;
            if (whenFull_ == WhenFull::Refuse || capacity_ == 0)
                return false;
            items_.pop_front();
        }
        items_.push_back(std::move(item));
        return true;
    }

    std::optional<T> pop()
    {
        if (items_.empty())
            return std::nullopt;
        T item = std::move(items_.front());
        items_.pop_front();
        return item;
    }

    std::deque<T> takeAll() { return std::exchange(items_, {}); }
    std::size_t size() const { return items_.size(); }
    bool empty() const { return items_.empty(); }
    std::uint64_t lost() const { return lost_; }

private:
    std::size_t capacity_;
    WhenFull whenFull_;
    std::deque<T> items_;
    std::uint64_t lost_ = 0;
};

} // namespace signalbox::base
