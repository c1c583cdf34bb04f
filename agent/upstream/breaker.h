// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/health.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace signalbox::upstream {

// Monotonic nanoseconds; one read per wakeup of a core.
using Ticks = std::int64_t;

// What went wrong at a member, as far as it speaks against that member.
enum class Failure : std::uint8_t { None, NoByte, NoToken, ServerError, BadAnswer, Cut, Stall };
inline constexpr std::size_t kFailures = 7;
std::string_view nameOf(Failure failure);
// One lower-case clause for a person: "it answered with a server error".
std::string_view sentenceOf(Failure failure);

enum class TripCause : std::uint8_t { None, FailuresInARow, SuccessShare };
std::string_view nameOf(TripCause cause);

// Breaker and outlier ejection of one member as one machine (product.md §12): five failures in a
// row, or under 70 % success among ten or more outcomes of the last 20 s, open it for 5 s, doubling
// to 20 s. While it is open a trial each 5 s decides; two successes close it.
// Lives on: any thread. Every field is one atomic; a race costs one outcome at most.
class Breaker {
public:
    // --- what requests showed; from any core ---
    // A first token or a whole answer. A token counts as a trial while the breaker is open.
    void succeeded(Ticks now);
    void failed(Failure failure, Ticks now);

    bool isOpen() const { return state() != model::Breaker::Closed; }
    model::Breaker state() const { return state_.load(kRelaxed); }

    // --- trials; from control ---
    enum class Trial : std::uint8_t { Token, Nothing, CannotTell };
    bool wantsTrial(Ticks now) const;
    void trialBegan(Ticks now) { triedAt_.store(now, kRelaxed); }
    // CannotTell: it answers and has no way to show more. Its open time is all that it waits for.
    void trialEnded(Trial trial, Ticks now);
    // Closes it when the trials were good and the open time has passed.
    void settle(Ticks now);

    // Share of failures among the last 20 s' outcomes, 0..0.9, held low while outcomes are few: the
    // guard that keeps a fast failer from attracting work before the breaker has tripped.
    double failureShare(Ticks now) const;

    // --- for those who tell it ---
    TripCause cause() const { return cause_.load(kRelaxed); }
    Failure lastFailure() const { return lastFailure_.load(kRelaxed); }
    Ticks since() const { return since_.load(kRelaxed); } // of the state; 0 = since start
    Ticks closedAt() const { return closedAt_.load(kRelaxed); } // 0 = it never was open
    std::uint64_t tripsTotal() const { return trips_.load(kRelaxed); }

private:
    static constexpr auto kRelaxed = std::memory_order_relaxed;
    static constexpr std::size_t kBuckets = 10;

    struct Outcomes {
        std::uint32_t ok = 0;
        std::uint32_t failed = 0;
        std::uint32_t all() const { return ok + failed; }
    };
    enum class Outcome : std::uint8_t { Ok, Failed };
    void count(Outcome outcome, Ticks now);
    Outcomes recent(Ticks now) const;
    void keepShare(const Outcomes& outcomes);
    void trip(TripCause cause, Ticks now);
    void goodTrial(Ticks now);
    void close(Ticks now);

    // Two seconds each: number of the bucket since the clock's start, successes, failures.
    std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
    std::atomic<model::Breaker> state_{model::Breaker::Closed};
    std::atomic<TripCause> cause_{TripCause::None};
    std::atomic<Failure> lastFailure_{Failure::None};
    std::atomic<float> share_{0};
    std::atomic<std::uint32_t> inARow_{0};
    std::atomic<std::uint32_t> doublings_{0};
    std::atomic<std::uint32_t> goodTrials_{0};
    std::atomic<Ticks> lastFailedAt_{0};
    std::atomic<Ticks> since_{0};
    std::atomic<Ticks> openUntil_{0};
    std::atomic<Ticks> triedAt_{0};
    std::atomic<Ticks> closedAt_{0};
    std::atomic<std::uint64_t> trips_{0};
};

} // namespace signalbox::upstream
