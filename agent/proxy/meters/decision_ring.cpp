// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/meters/decision_ring.h"

#include "shared/base/limits.h"

#include <algorithm>

namespace signalbox::proxy {

namespace {
constexpr std::uint32_t kSeenLeast = 200; // before that nothing is called slow
constexpr double kStepShare = 0.02;
constexpr double kStepLeast = 100'000; // ns
} // namespace

std::string_view nameOf(Kept kept)
{
    switch (kept) {
    case Kept::No: return "no";
    case Kept::Failed: return "failed";
    case Kept::Retried: return "retried";
    case Kept::Slow: return "slow";
    case Kept::Sample: return "sample";
    }
    return "no";
}

bool SlowMark::isSlow(std::int64_t nanoseconds)
{
    const auto value = static_cast<double>(nanoseconds);
    const double step = std::max(mark_ * kStepShare, kStepLeast);
    const bool isAbove = value > mark_;
    if (seen_ < kSeenLeast) {
        ++seen_;
        mark_ = std::max(mark_, value);
        return false;
    }
    mark_ += isAbove ? 0.99 * step : -0.01 * step;
    return isAbove;
}

void DecisionRing::keep(Kept kept, model::Decision decision)
{
    std::deque<model::Decision>& ring = kept_[static_cast<std::size_t>(kept)];
    if (ring.size() >= limits::kDecisionsKept)
        ring.pop_front();
    ring.push_back(std::move(decision));
}

const model::Decision* DecisionRing::find(std::string_view requestId) const
{
    const model::Decision* newest = nullptr;
    for (const auto& ring : kept_) {
        const auto found
            = std::find_if(ring.rbegin(), ring.rend(), [&](const model::Decision& decision) {
                  return decision.requestId == requestId;
              });
        if (found != ring.rend()
            && (newest == nullptr || found->receivedUnixMs > newest->receivedUnixMs))
            newest = &*found;
    }
    return newest;
}

} // namespace signalbox::proxy
