// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/upstream/member.h"

#include <atomic>
#include <cstdint>

namespace signalbox::upstream {

// Retries as a share of active requests with a floor: 20 % of active at once, else a bucket that
// fills by 3 a second and starts full with 10 s' worth (product.md §12). One per gateway and pool.
// Replays after a loss with zero response bytes, and continuations, do not ask it.
// Lives on: any core (atomics). A refusal is counted, so that "why not" can be shown.
class RetryBudget {
public:
    // RAII: a retry that runs. Empty = refused.
    class Grant {
    public:
        Grant() = default;
        explicit Grant(RetryBudget* budget) : budget_(budget) {}
        Grant(Grant&& other) noexcept : budget_(other.budget_) { other.budget_ = nullptr; }
        Grant& operator=(Grant&& other) noexcept;
        ~Grant();
        explicit operator bool() const { return budget_ != nullptr; }

    private:
        RetryBudget* budget_ = nullptr;
    };

    Grant ask(Ticks now);
    void requestStarted() { active_.fetch_add(1, std::memory_order_relaxed); }
    void requestEnded() { active_.fetch_sub(1, std::memory_order_relaxed); }

    // Share of the bucket that is left, 0..1; a live meter.
    double left(Ticks now) const;
    std::uint64_t grantedTotal() const { return granted_.load(std::memory_order_relaxed); }
    std::uint64_t refusedTotal() const { return refused_.load(std::memory_order_relaxed); }

private:
    bool takeFromBucket(Ticks now);

    std::atomic<std::int64_t> active_{0};
    std::atomic<std::int64_t> running_{0};
    // The bucket as a GCRA cell: the moment at which it would be full again.
    std::atomic<Ticks> fullAt_{0};
    std::atomic<std::uint64_t> granted_{0};
    std::atomic<std::uint64_t> refused_{0};
};

} // namespace signalbox::upstream
