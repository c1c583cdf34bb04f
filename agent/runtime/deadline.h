// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"

#include <algorithm>
#include <compare>

namespace signalbox::runtime {

// The moment until which something may take; every await has one. A value of eight bytes.
// Lives on: any thread. Kept to the millisecond, never early. Made from Loop::now(), which costs
// no clock read: Deadline::after(loop.now(), 10s).
class Deadline {
public:
    static constexpr Deadline never() { return Deadline(base::Monotonic::max()); }
    static constexpr Deadline at(base::Monotonic when) { return Deadline(when); }
    static constexpr Deadline after(base::Monotonic now, std::chrono::nanoseconds wait)
    {
        // A wait that would overflow is as good as for ever.
        return wait >= base::Monotonic::max() - now ? never() : Deadline(now + wait);
    }

    constexpr base::Monotonic when() const { return when_; }
    constexpr bool isNever() const { return when_ == base::Monotonic::max(); }
    constexpr bool passed(base::Monotonic now) const { return now >= when_; }
    constexpr std::chrono::nanoseconds left(base::Monotonic now) const
    {
        return passed(now) ? std::chrono::nanoseconds{0} : when_ - now;
    }
    constexpr Deadline earlier(Deadline other) const
    {
        return Deadline(std::min(when_, other.when_));
    }
    constexpr auto operator<=>(const Deadline&) const = default;

private:
    constexpr explicit Deadline(base::Monotonic when) : when_(when) {}
    base::Monotonic when_;
};

} // namespace signalbox::runtime
