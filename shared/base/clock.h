// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace signalbox::base {

using Monotonic = std::chrono::steady_clock::time_point;
using Wall = std::chrono::system_clock::time_point;

// Milliseconds since the Unix epoch: the form of every moment that is stored or sent.
inline std::int64_t unixMs(Wall wall)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(wall.time_since_epoch()).count();
}

// Where time comes from, so that tests own it. Monotonic time decides; wall time only labels.
// Lives on: any thread.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Monotonic monotonic() const = 0;
    virtual Wall wall() const = 0;
};

class SystemClock final : public Clock {
public:
    Monotonic monotonic() const override { return std::chrono::steady_clock::now(); }
    Wall wall() const override { return std::chrono::system_clock::now(); }
};

// The process-wide system clock, for the places that are handed a clock by default.
const Clock& systemClock();

} // namespace signalbox::base
