// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/breaker.h"

#include <algorithm>

namespace signalbox::upstream {

namespace {

constexpr Ticks kSecond = 1'000'000'000;
constexpr Ticks kBucket = 2 * kSecond;
constexpr Ticks kWindow = 20 * kSecond;
constexpr std::uint32_t kInARowMost = 5;
constexpr std::uint32_t kSamplesLeast = 10;
constexpr double kSuccessLeast = 0.7;
constexpr Ticks kOpenFirst = 5 * kSecond;
constexpr std::uint32_t kDoublingsMost = 2; // 5, 10, 20 s
constexpr Ticks kTrialEvery = 5 * kSecond;
constexpr std::uint32_t kGoodTrials = 2;
// A trip this soon after closing is the same trouble: its open time goes on doubling.
constexpr Ticks kSameTrouble = 60 * kSecond;
// Outcomes that are taken for good before any was seen, so that one failure is not "all failed".
constexpr double kPriorSuccesses = 4;
constexpr double kShareMost = 0.9;

constexpr std::uint64_t kCountMask = 0xffff;

// Bucket number (32 bits), successes (16), failures (16). A count that is full stays full.
struct Bucket {
    std::uint32_t number = 0;
    std::uint32_t ok = 0;
    std::uint32_t failed = 0;

    static Bucket unpack(std::uint64_t word)
    {
        return {static_cast<std::uint32_t>(word >> 32U),
                static_cast<std::uint32_t>((word >> 16U) & kCountMask),
                static_cast<std::uint32_t>(word & kCountMask)};
    }
    std::uint64_t pack() const
    {
        return std::uint64_t{number} << 32U | std::min<std::uint64_t>(ok, kCountMask) << 16U
            | std::min<std::uint64_t>(failed, kCountMask);
    }
};

std::uint32_t bucketNumber(Ticks now)
{
    return static_cast<std::uint32_t>(now / kBucket);
}

} // namespace

std::string_view nameOf(Failure failure)
{
    switch (failure) {
    case Failure::None: return "none";
    case Failure::NoByte: return "no_byte";
    case Failure::NoToken: return "no_token";
    case Failure::ServerError: return "server_error";
    case Failure::BadAnswer: return "bad_answer";
    case Failure::Cut: return "cut";
    case Failure::Stall: return "stall";
    }
    return "none";
}

std::string_view sentenceOf(Failure failure)
{
    switch (failure) {
    case Failure::None: return "nothing failed";
    case Failure::NoByte: return "it closed without an answer";
    case Failure::NoToken: return "it gave no token in time";
    case Failure::ServerError: return "it answered with a server error";
    case Failure::BadAnswer: return "its answer could not be read";
    case Failure::Cut: return "it cut an answer";
    case Failure::Stall: return "a stream of it stalled";
    }
    return "nothing failed";
}

std::string_view nameOf(TripCause cause)
{
    switch (cause) {
    case TripCause::None: return "none";
    case TripCause::FailuresInARow: return "failures_in_a_row";
    case TripCause::SuccessShare: return "success_share";
    }
    return "none";
}

void Breaker::count(Outcome outcome, Ticks now)
{
    const std::uint32_t number = bucketNumber(now);
    std::atomic<std::uint64_t>& slot = buckets_[number % kBuckets];
    std::uint64_t word = slot.load(kRelaxed);
    for (;;) {
        Bucket bucket = Bucket::unpack(word);
        if (bucket.number != number)
            bucket = Bucket{number, 0, 0};
        (outcome == Outcome::Ok ? bucket.ok : bucket.failed) += 1;
        if (slot.compare_exchange_weak(word, bucket.pack(), kRelaxed))
            return;
    }
}

Breaker::Outcomes Breaker::recent(Ticks now) const
{
    const std::uint32_t newest = bucketNumber(now);
    Outcomes sum;
    for (const auto& slot : buckets_) {
        const Bucket bucket = Bucket::unpack(slot.load(kRelaxed));
        if (newest - bucket.number >= kBuckets)
            continue;
        sum.ok += bucket.ok;
        sum.failed += bucket.failed;
    }
    return sum;
}

void Breaker::keepShare(const Outcomes& outcomes)
{
    const double share = outcomes.failed / (outcomes.all() + kPriorSuccesses);
    share_.store(static_cast<float>(std::min(share, kShareMost)), kRelaxed);
}

double Breaker::failureShare(Ticks now) const
{
    const float share = share_.load(kRelaxed);
    return share > 0 && now - lastFailedAt_.load(kRelaxed) < kWindow ? share : 0;
}

void Breaker::succeeded(Ticks now)
{
    if (inARow_.load(kRelaxed) != 0)
        inARow_.store(0, kRelaxed);
    count(Outcome::Ok, now);
    if (share_.load(kRelaxed) > 0)
        keepShare(recent(now));
    // A token of a request that is open there, or that came while ejection was ignored.
    if (isOpen() && now - std::max(triedAt_.load(kRelaxed), since_.load(kRelaxed)) >= kTrialEvery) {
        triedAt_.store(now, kRelaxed);
        goodTrial(now);
    }
}

void Breaker::failed(Failure failure, Ticks now)
{
    count(Outcome::Failed, now);
    lastFailure_.store(failure, kRelaxed);
    lastFailedAt_.store(now, kRelaxed);
    const Outcomes outcomes = recent(now);
    keepShare(outcomes);
    if (isOpen())
        goodTrials_.store(0, kRelaxed);
    const std::uint32_t inARow = inARow_.fetch_add(1, kRelaxed) + 1;
    if (inARow >= kInARowMost)
        trip(TripCause::FailuresInARow, now);
    else if (outcomes.all() >= kSamplesLeast && outcomes.ok < kSuccessLeast * outcomes.all())
        trip(TripCause::SuccessShare, now);
}

void Breaker::trip(TripCause cause, Ticks now)
{
    auto closed = model::Breaker::Closed;
    if (!state_.compare_exchange_strong(closed, model::Breaker::Open, kRelaxed))
        return;
    const Ticks closedAt = closedAt_.load(kRelaxed);
    const bool isSameTrouble = closedAt != 0 && now - closedAt < kSameTrouble;
    const std::uint32_t doublings
        = isSameTrouble ? std::min(doublings_.load(kRelaxed) + 1, kDoublingsMost) : 0;
    doublings_.store(doublings, kRelaxed);
    cause_.store(cause, kRelaxed);
    goodTrials_.store(0, kRelaxed);
    since_.store(now, kRelaxed);
    triedAt_.store(now, kRelaxed);
    openUntil_.store(now + (kOpenFirst << doublings), kRelaxed);
    trips_.fetch_add(1, kRelaxed);
}

bool Breaker::wantsTrial(Ticks now) const
{
    return isOpen() && now - triedAt_.load(kRelaxed) >= kTrialEvery;
}

void Breaker::trialEnded(Trial trial, Ticks now)
{
    if (!isOpen())
        return;
    if (trial != Trial::Nothing) {
        if (trial == Trial::CannotTell)
            goodTrials_.store(kGoodTrials, kRelaxed);
        goodTrial(now);
        return;
    }
    if (state_.exchange(model::Breaker::Open, kRelaxed) == model::Breaker::HalfOpen)
        since_.store(now, kRelaxed);
    goodTrials_.store(0, kRelaxed);
    const std::uint32_t doublings = std::min(doublings_.load(kRelaxed) + 1, kDoublingsMost);
    doublings_.store(doublings, kRelaxed);
    openUntil_.store(now + (kOpenFirst << doublings), kRelaxed);
}

void Breaker::goodTrial(Ticks now)
{
    goodTrials_.fetch_add(1, kRelaxed);
    auto open = model::Breaker::Open;
    if (state_.compare_exchange_strong(open, model::Breaker::HalfOpen, kRelaxed))
        since_.store(now, kRelaxed);
    settle(now);
}

void Breaker::settle(Ticks now)
{
    if (isOpen() && goodTrials_.load(kRelaxed) >= kGoodTrials
        && now >= openUntil_.load(kRelaxed))
        close(now);
}

void Breaker::close(Ticks now)
{
    // What led to the trip must not lead to the next one.
    for (auto& slot : buckets_)
        slot.store(0, kRelaxed);
    inARow_.store(0, kRelaxed);
    share_.store(0, kRelaxed);
    closedAt_.store(now, kRelaxed);
    since_.store(now, kRelaxed);
    state_.store(model::Breaker::Closed, kRelaxed);
}

} // namespace signalbox::upstream
