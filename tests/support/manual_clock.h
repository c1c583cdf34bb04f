// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"

#include <atomic>

namespace signalbox::tests {

// A clock that moves only when the test says so. Lives on: any thread.
class ManualClock final : public base::Clock {
public:
    base::Monotonic monotonic() const override
    {
        return base::Monotonic{std::chrono::nanoseconds{elapsed_.load()}};
    }
    base::Wall wall() const override
    {
        // 2026-01-01T00:00:00Z plus what has passed.
        return base::Wall{std::chrono::seconds{1'767'225'600}}
        + std::chrono::duration_cast<base::Wall::duration>(
            std::chrono::nanoseconds{elapsed_.load()});
    }
    void advance(std::chrono::nanoseconds by) { elapsed_ += by.count(); }

private:
    std::atomic<std::int64_t> elapsed_{1'000'000'000};
};

} // namespace signalbox::tests
