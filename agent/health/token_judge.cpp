// SPDX-License-Identifier: Apache-2.0
#include "agent/health/token_judge.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::health {

namespace {

// Slower than any engine worth the name: where the rate is not known, patience is.
constexpr double kPrefillRateUnknown = 200;
constexpr double kPrefillSafety = 2;

} // namespace

void TokenJudge::takeCountedTokens(double total, base::Monotonic now)
{
    if (!counted_ || *counted_ != total)
        countedMovedAt_ = now;
    counted_ = total;
}

std::optional<std::string> TokenJudge::judge(const TokenFacts& facts,
                                             double prefillTokensPerSecond, base::Monotonic now)
{
    hasMoved_ = wedgedProgress_ && facts.lastProgress > *wedgedProgress_;
    if (hasMoved_)
        wedgedProgress_.reset();
    if (facts.streams == 0) {
        streamsSince_.reset();
        return std::nullopt;
    }
    if (!streamsSince_)
        streamsSince_ = now;

    const std::chrono::nanoseconds patience = limit(facts, prefillTokensPerSecond);
    const base::Monotonic moved = std::max(facts.lastProgress, *streamsSince_);
    if (now - moved <= patience)
        return std::nullopt;
    if (counted_ && now - countedMovedAt_ <= patience)
        return std::nullopt;
    // Tokens of plain requests are unseen here and uncounted there: nobody can tell.
    if (facts.plain > 0 && !counted_)
        return std::nullopt;

    if (!wedgedProgress_)
        wedgedProgress_ = facts.lastProgress;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - moved).count();
    return fmt::format("{} streams run and no token has moved for {} s", facts.streams, seconds);
}

std::chrono::nanoseconds TokenJudge::limit(const TokenFacts& facts,
                                           double prefillTokensPerSecond) const
{
    const double rate = prefillTokensPerSecond > 0 ? prefillTokensPerSecond : kPrefillRateUnknown;
    const std::chrono::duration<double> prefill{
        kPrefillSafety * static_cast<double>(facts.pendingPrefillTokens) / rate};
    return std::max<std::chrono::nanoseconds>(
        floor_, std::chrono::duration_cast<std::chrono::nanoseconds>(prefill));
}

} // namespace signalbox::health
