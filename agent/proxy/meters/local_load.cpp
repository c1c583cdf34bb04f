// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/meters/local_load.h"

#include <algorithm>
#include <utility>

namespace signalbox::proxy {

LocalLoad::Running::Running(LocalLoad& load, Kind kind, std::uint64_t promptTokens,
                            upstream::Ticks now)
    : load_(&load), pendingTokens_(promptTokens), begunAt_(now), kind_(kind)
{
    tokensAhead_ = load.pendingTokens_.fetch_add(promptTokens, kRelaxed) + promptTokens;
    if (kind == Kind::Stream)
        load.streams_.fetch_add(1, kRelaxed);
    if (load.running_.fetch_add(1, kRelaxed) == 0)
        load.lastProgressAt_.store(now, kRelaxed);
    load.requests_.fetch_add(1, kRelaxed);
    load.promptTokens_.fetch_add(promptTokens, kRelaxed);
    load.changes_.fetch_add(1, kRelaxed);
}

LocalLoad::Running::Running(Running&& other) noexcept
    : load_(std::exchange(other.load_, nullptr)), pendingTokens_(other.pendingTokens_),
      tokensAhead_(other.tokensAhead_), begunAt_(other.begunAt_), kind_(other.kind_),
      isDecoding_(other.isDecoding_)
{
}

LocalLoad::Running& LocalLoad::Running::operator=(Running&& other) noexcept
{
    if (this != &other) {
        end();
        load_ = std::exchange(other.load_, nullptr);
        pendingTokens_ = other.pendingTokens_;
        tokensAhead_ = other.tokensAhead_;
        begunAt_ = other.begunAt_;
        kind_ = other.kind_;
        isDecoding_ = other.isDecoding_;
    }
    return *this;
}

void LocalLoad::Running::firstToken(upstream::Ticks now)
{
    if (load_ == nullptr || isDecoding_)
        return;
    load_->pendingTokens_.fetch_sub(std::exchange(pendingTokens_, 0), kRelaxed);
    load_->decoding_.fetch_add(1, kRelaxed);
    isDecoding_ = true;
    // Only a stream shows when its prompt had been read.
    if (kind_ == Kind::Stream) {
        load_->firstTokens_.fetch_add(1, kRelaxed);
        load_->firstTokenPrompts_.fetch_add(tokensAhead_, kRelaxed);
        load_->firstTokenNanoseconds_.fetch_add(static_cast<std::uint64_t>(now - begunAt_),
                                                kRelaxed);
    }
    load_->changes_.fetch_add(1, kRelaxed);
    token(now);
}

void LocalLoad::Running::token(upstream::Ticks now)
{
    if (load_ == nullptr)
        return;
    load_->lastProgressAt_.store(now, kRelaxed);
    load_->lastTokenAt_.store(now, kRelaxed);
    load_->outputTokens_.fetch_add(1, kRelaxed);
}

void LocalLoad::Running::furtherTokens(std::uint64_t count)
{
    if (load_ != nullptr)
        load_->outputTokens_.fetch_add(count, kRelaxed);
}

void LocalLoad::Running::end()
{
    LocalLoad* load = std::exchange(load_, nullptr);
    if (load == nullptr)
        return;
    if (isDecoding_)
        load->decoding_.fetch_sub(1, kRelaxed);
    else
        load->pendingTokens_.fetch_sub(pendingTokens_, kRelaxed);
    load->running_.fetch_sub(1, kRelaxed);
    if (kind_ == Kind::Stream)
        load->streams_.fetch_sub(1, kRelaxed);
    load->changes_.fetch_add(1, kRelaxed);
}

LocalLoad::FirstTokens LocalLoad::firstTokens() const
{
    FirstTokens totals;
    totals.count = firstTokens_.load(kRelaxed);
    totals.promptTokens = firstTokenPrompts_.load(kRelaxed);
    totals.nanoseconds = firstTokenNanoseconds_.load(kRelaxed);
    return totals;
}

model::ServedTotals LocalLoad::served() const
{
    return {requests_.load(kRelaxed), promptTokens_.load(kRelaxed), outputTokens_.load(kRelaxed)};
}

void LocalLoad::setRates(float prefillTokensPerSecond, float decodeMsPerSequence)
{
    prefillTokensPerSecond_.store(prefillTokensPerSecond, kRelaxed);
    decodeMsPerSequence_.store(decodeMsPerSequence, kRelaxed);
}

void LocalLoad::setAcceptsWork(bool accepts)
{
    if (acceptsWork_.exchange(accepts, kRelaxed) != accepts)
        changes_.fetch_add(1, kRelaxed);
}

model::LoadReport LocalLoad::nextReport()
{
    reports_.fetch_add(1, kRelaxed);
    return report();
}

model::LoadReport LocalLoad::report() const
{
    model::LoadReport report;
    report.sequence = std::max<std::uint64_t>(reports_.load(kRelaxed), 1);
    report.pendingPrefillTokens = pendingPrefillTokens();
    report.decoding = decoding();
    report.prefillTokensPerSecond = prefillTokensPerSecond_.load(kRelaxed);
    report.decodeMsPerSequence = decodeMsPerSequence_.load(kRelaxed);
    report.acceptsWork = acceptsWork();
    report.served = served();
    return report;
}

} // namespace signalbox::proxy
