// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/retry_budget.h"

#include <algorithm>
#include <utility>

namespace signalbox::upstream {

namespace {
constexpr std::int64_t kShareOfActive = 5; // one in five: 20 %
constexpr Ticks kInterval = 1'000'000'000 / 3; // 3 a second
constexpr Ticks kDepth = 10'000'000'000; // 10 s' worth
constexpr auto kRelaxed = std::memory_order_relaxed;
} // namespace

RetryBudget::Grant& RetryBudget::Grant::operator=(Grant&& other) noexcept
{
    std::swap(budget_, other.budget_);
    return *this;
}

RetryBudget::Grant::~Grant()
{
    if (budget_ != nullptr)
        budget_->running_.fetch_sub(1, kRelaxed);
}

RetryBudget::Grant RetryBudget::ask(Ticks now)
{
    const bool withinShare
        = (running_.load(kRelaxed) + 1) * kShareOfActive <= active_.load(kRelaxed);
    if (!withinShare && !takeFromBucket(now)) {
        refused_.fetch_add(1, kRelaxed);
        return Grant{};
    }
    running_.fetch_add(1, kRelaxed);
    granted_.fetch_add(1, kRelaxed);
    return Grant{this};
}

bool RetryBudget::takeFromBucket(Ticks now)
{
    Ticks fullAt = fullAt_.load(kRelaxed);
    for (;;) {
        const Ticks next = std::max(fullAt, now) + kInterval;
        if (next - now > kDepth)
            return false;
        if (fullAt_.compare_exchange_weak(fullAt, next, kRelaxed))
            return true;
    }
}

double RetryBudget::left(Ticks now) const
{
    const Ticks owed = std::max<Ticks>(fullAt_.load(kRelaxed) - now, 0);
    return 1.0 - static_cast<double>(std::min(owed, kDepth)) / static_cast<double>(kDepth);
}

} // namespace signalbox::upstream
