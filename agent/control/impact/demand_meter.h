// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/impact/forecast.h"
#include "shared/base/clock.h"
#include "shared/model/fleet.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace signalbox::control {

// What the engines of agents were asked for in the last minute, from the totals in their load
// reports. Lives on: control. Owned by agent/process. One entry an agent, sixty marks each; an
// agent that began anew begins anew here.
class DemandMeter {
public:
    static constexpr std::int64_t kSeconds = 60; // looked back
    static constexpr std::int64_t kLeastSeconds = 10; // fewer say nothing

    void take(const std::string& agent, const model::ServedTotals& totals, base::Monotonic at);
    void forget(const std::string& agent) { agents_.erase(agent); }

    // The sum over those of them that report. Nothing where none does, or one has not for long
    // enough. The variation of the prompts is not known from totals: taken as that of chance.
    std::optional<Demand> of(std::span<const std::string> agents, base::Monotonic now) const;

private:
    // Both ends of the time looked back, and the second that lasts.
    static constexpr std::size_t kKept = kSeconds + 2;
    // Totals at the end of one second, the newest known while it lasts.
    struct Mark {
        std::int64_t second = -1;
        model::ServedTotals totals;
    };
    struct Marks {
        std::array<Mark, kKept> ring; // by second
        std::int64_t first = -1; // second of the oldest since it began
        std::int64_t newest = -1;
    };
    static std::size_t slotOf(std::int64_t second);
    static model::ServedTotals at(const Marks& marks, std::int64_t second);
    std::map<std::string, Marks> agents_;
};

} // namespace signalbox::control
