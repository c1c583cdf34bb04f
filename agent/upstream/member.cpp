// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/member.h"

#include <algorithm>
#include <utility>

namespace signalbox::upstream {

namespace {
constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr Ticks kWarmAfter = 30'000'000'000;
constexpr double kColdShare = 0.1;
} // namespace

std::uint32_t MemberCell::nextNumber()
{
    static std::atomic<std::uint32_t> numbers{0};
    return numbers.fetch_add(1, kRelaxed) + 1;
}

void MemberCell::take(const model::LoadReport& report, Ticks receivedAt)
{
    pendingPrefillTokens_.store(report.pendingPrefillTokens, kRelaxed);
    decoding_.store(report.decoding, kRelaxed);
    queued_.store(report.queued, kRelaxed);
    prefillTokensPerSecond_.store(report.prefillTokensPerSecond, kRelaxed);
    decodeMsPerSequence_.store(report.decodeMsPerSequence, kRelaxed);
    acceptsWork_.store(report.acceptsWork, kRelaxed);
    sequence_.store(report.sequence, kRelaxed);
    placedBeforeReport_.store(placedSinceReport_.exchange(0, kRelaxed), kRelaxed);
    reportedAt_.store(receivedAt, kRelaxed);
    if (isReturning_.load(kRelaxed))
        noteReturn(receivedAt);
}

model::LoadReport MemberCell::report() const
{
    model::LoadReport report;
    report.sequence = sequence_.load(kRelaxed);
    report.pendingPrefillTokens = pendingPrefillTokens_.load(kRelaxed);
    report.decoding = decoding_.load(kRelaxed);
    report.queued = queued_.load(kRelaxed);
    report.prefillTokensPerSecond = prefillTokensPerSecond_.load(kRelaxed);
    report.decodeMsPerSequence = decodeMsPerSequence_.load(kRelaxed);
    report.acceptsWork = acceptsWork_.load(kRelaxed);
    return report;
}

bool MemberCell::hasFreshReport(Ticks now, Ticks youngerThan) const
{
    const Ticks at = reportedAt();
    return at != 0 && now - at < youngerThan;
}

void MemberCell::place(std::uint64_t promptTokens, Ticks now)
{
    inFlight_.fetch_add(1, kRelaxed);
    placedAt_.store(now, kRelaxed);
    placedSinceReport_.fetch_add(promptTokens, kRelaxed);
}

void MemberCell::finish()
{
    inFlight_.fetch_sub(1, kRelaxed);
}

std::uint64_t MemberCell::unreportedTokens() const
{
    return placedSinceReport_.load(kRelaxed) + placedBeforeReport_.load(kRelaxed);
}

void MemberCell::setReachability(Reachability reachability)
{
    reachability_.store(reachability, kRelaxed);
    if (reachability != Reachability::Up)
        return;
    // A probe that is up has asked the very question: may it receive traffic?
    suspectSince_.store(0, kRelaxed);
    acceptsWork_.store(true, kRelaxed);
}

void MemberCell::takeProbe(Reachability reachability, Serves serves, Ticks now)
{
    constexpr Ticks kReportsSpeakFor = 2'000'000'000; // ns; ten reports missed
    const Reachability before = reachability_.exchange(reachability, kRelaxed);
    if (reachability == Reachability::Up) {
        suspectSince_.store(0, kRelaxed);
        downSince_.store(0, kRelaxed);
    } else if (reachability == Reachability::Down && before != Reachability::Down) {
        downSince_.store(now, kRelaxed);
        isReturning_.store(true, kRelaxed);
    }
    if (!hasFreshReport(now, kReportsSpeakFor))
        acceptsWork_.store(serves == Serves::Yes, kRelaxed);
    if (isReturning_.load(kRelaxed))
        noteReturn(now);
}

void MemberCell::noteReturn(Ticks now)
{
    if (reachability() != Reachability::Up || !acceptsWork())
        return;
    returnedAt_.store(now, kRelaxed);
    isReturning_.store(false, kRelaxed);
}

double MemberCell::warmth(Ticks now) const
{
    const Ticks back = std::max(returnedAt_.load(kRelaxed), breaker_.closedAt());
    if (back == 0 || now - back >= kWarmAfter)
        return 1;
    const double share = static_cast<double>(now - back) / static_cast<double>(kWarmAfter);
    return std::max(share, kColdShare);
}

void MemberCell::presume(bool acceptsWork)
{
    if (sequence_.load(kRelaxed) == 0 && reachability() == Reachability::Unknown)
        acceptsWork_.store(acceptsWork, kRelaxed);
}

void MemberCell::suspect(Ticks now)
{
    Ticks notSuspect = 0;
    suspectSince_.compare_exchange_strong(notSuspect, now == 0 ? 1 : now, kRelaxed);
}

Placement::Placement(std::shared_ptr<MemberCell> cell, std::uint64_t promptTokens, Ticks now)
    : cell_(std::move(cell))
{
    cell_->place(promptTokens, now);
}

Placement& Placement::operator=(Placement&& other) noexcept
{
    if (this != &other) {
        release();
        cell_ = std::move(other.cell_);
    }
    return *this;
}

void Placement::release()
{
    if (const auto cell = std::exchange(cell_, nullptr))
        cell->finish();
}

} // namespace signalbox::upstream
