// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/member.h"

#include <utility>

namespace signalbox::upstream {

namespace {
constexpr auto kRelaxed = std::memory_order_relaxed;
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

void MemberCell::place(std::uint64_t promptTokens)
{
    inFlight_.fetch_add(1, kRelaxed);
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
    reachability_.store(reachability, kRelaxed);
    if (reachability == Reachability::Up)
        suspectSince_.store(0, kRelaxed);
    if (!hasFreshReport(now, kReportsSpeakFor))
        acceptsWork_.store(serves == Serves::Yes, kRelaxed);
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

Placement::Placement(std::shared_ptr<MemberCell> cell, std::uint64_t promptTokens)
    : cell_(std::move(cell))
{
    cell_->place(promptTokens);
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
