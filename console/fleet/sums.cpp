// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/fleet/sums.h"

#include <cmath>

namespace signalbox::fleet {

namespace {

// Percentiles and shares of several agents do not add up: the worst is shown.
bool addsUp(Reading reading)
{
    switch (reading) {
    case Reading::InFlight:
    case Reading::Waiting:
    case Reading::RequestsPerSecond:
    case Reading::ErrorsPerSecond:
    case Reading::RetriesPerSecond:
    case Reading::PromptTokensPerSecond:
    case Reading::OutputTokensPerSecond:
    case Reading::CpuCores:
    case Reading::AgentBytes:
    case Reading::HostMemoryBytes: return true;
    default: return false;
    }
}

void addReadings(Readings& sum, const Readings& one)
{
    for (std::size_t i = 0; i < kReadings; ++i) {
        const auto reading = static_cast<Reading>(i);
        const float value = one[reading];
        if (std::isnan(value))
            continue;
        float& kept = sum[reading];
        if (std::isnan(kept))
            kept = value;
        else
            kept = addsUp(reading) ? kept + value : std::max(kept, value);
    }
}

void countFreshness(Sums& sums, model::Freshness freshness)
{
    switch (freshness) {
    case model::Freshness::Live: ++sums.live; break;
    case model::Freshness::Late: ++sums.late; break;
    case model::Freshness::Stale: ++sums.stale; break;
    case model::Freshness::Disconnected: ++sums.disconnected; break;
    }
}

} // namespace

void SumMaker::add(const Agent& agent, SumScope scope)
{
    countFreshness(sums_, agent.isGone() ? model::Freshness::Disconnected : agent.freshness);
    if (agent.isGone())
        return;
    ++sums_.total;
    const model::Health health = agent.health();
    const model::Admin admin = agent.admin();
    sums_.serving += agent.isServing() ? 1 : 0;
    sums_.ready += model::mayServe(health) ? 1 : 0;
    sums_.draining += admin == model::Admin::Drain ? 1 : 0;
    sums_.standby += admin == model::Admin::Standby ? 1 : 0;
    sums_.loading += health == model::Health::Starting || health == model::Health::Loading ? 1 : 0;
    sums_.failed += health == model::Health::Failed || health == model::Health::Wedged ? 1 : 0;
    if (scope == SumScope::Counts)
        return;
    addReadings(sums_.readings, agent.readings);
    if (const float load = agent.load(); !std::isnan(load)) {
        loadTotal_ += load;
        ++loads_;
    }
}

Sums SumMaker::sums() const
{
    Sums sums = sums_;
    if (loads_ > 0)
        sums.load = static_cast<float>(loadTotal_ / loads_);
    return sums;
}

} // namespace signalbox::fleet
