// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <random>
#include <string_view>

namespace signalbox::health {

// Spreads what would otherwise happen in step everywhere: an interval +-10 %, different for each
// name and the same at each start, so that a test and an operator see what they saw before.
// Lives on: any one thread (a value).
class Jitter {
public:
    explicit Jitter(std::string_view name)
        : random_(static_cast<std::uint32_t>(std::hash<std::string_view>{}(name)) | 1U)
    {
    }

    std::chrono::nanoseconds around(std::chrono::nanoseconds interval)
    {
        std::uniform_real_distribution<double> share(0.9, 1.1);
        return std::chrono::nanoseconds(
            static_cast<std::int64_t>(static_cast<double>(interval.count()) * share(random_)));
    }

private:
    std::minstd_rand random_;
};

} // namespace signalbox::health
