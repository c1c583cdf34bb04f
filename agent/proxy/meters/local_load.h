// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/upstream/member.h"

#include <atomic>
#include <cstdint>

namespace signalbox::proxy {

// Exact counters of the engine beside this agent: all its traffic passes through here, so they are
// the truth that load reports and the wedged verdict are made of (algorithms.md §1.3).
// Lives on: written by every core, read by control (relaxed atomics). Owned by agent/process.
class LocalLoad {
public:
    // A stream's tokens are seen as they come; another answer's come all at once at its end.
    enum class Kind : std::uint8_t { Stream, Plain };

    // First tokens since start: how many, how many prompt tokens were read for them (their own and
    // those that were ahead), and in how long. Differences give a prefill rate.
    struct FirstTokens {
        std::uint64_t count = 0;
        std::uint64_t promptTokens = 0;
        std::uint64_t nanoseconds = 0;
    };

    // RAII: one request on the engine, waiting for its first token, then decoding.
    class Running {
    public:
        Running() = default;
        Running(LocalLoad& load, Kind kind, std::uint64_t promptTokens, upstream::Ticks now);
        Running(Running&& other) noexcept;
        Running& operator=(Running&& other) noexcept;
        ~Running() { end(); }
        void firstToken(upstream::Ticks now);
        void token(upstream::Ticks now);
        // A whole answer's, known at its end; its first was told already.
        void furtherTokens(std::uint64_t count);
        void end();

    private:
        LocalLoad* load_ = nullptr;
        std::uint64_t pendingTokens_ = 0; // 0 once the first token was seen
        std::uint64_t tokensAhead_ = 0; // pending when it began, its own too
        upstream::Ticks begunAt_ = 0;
        Kind kind_ = Kind::Stream;
        bool isDecoding_ = false;
    };

    std::uint64_t pendingPrefillTokens() const { return pendingTokens_.load(kRelaxed); }
    std::uint32_t decoding() const { return decoding_.load(kRelaxed); }
    std::uint32_t running() const { return running_.load(kRelaxed); }
    std::uint32_t streams() const { return streams_.load(kRelaxed); }
    FirstTokens firstTokens() const;
    model::ServedTotals served() const;
    // Monotonic ns of the newest token, or of the moment running went from none to one if later.
    upstream::Ticks lastProgressAt() const { return lastProgressAt_.load(kRelaxed); }
    // Of the newest token; 0 = none since start.
    upstream::Ticks lastTokenAt() const { return lastTokenAt_.load(kRelaxed); }
    // What health and the step-time fit say, from control. 0 = not known.
    void setRates(float prefillTokensPerSecond, float decodeMsPerSequence);
    void setAcceptsWork(bool accepts);
    bool acceptsWork() const { return acceptsWork_.load(kRelaxed); }
    // All of it as it is now, under the number of the newest report, at least 1.
    model::LoadReport report() const;
    // All of it as the next report; each one has a number of its own.
    model::LoadReport nextReport();

    // Grows whenever a number above changes in a way that a report should tell at once.
    std::uint64_t changes() const { return changes_.load(kRelaxed); }

private:
    static constexpr auto kRelaxed = std::memory_order_relaxed;
    std::atomic<std::uint64_t> pendingTokens_{0};
    std::atomic<std::uint32_t> decoding_{0};
    std::atomic<std::uint32_t> running_{0};
    std::atomic<std::uint32_t> streams_{0};
    std::atomic<std::uint64_t> firstTokens_{0};
    std::atomic<std::uint64_t> firstTokenPrompts_{0};
    std::atomic<std::uint64_t> firstTokenNanoseconds_{0};
    std::atomic<std::uint64_t> requests_{0};
    std::atomic<std::uint64_t> promptTokens_{0};
    std::atomic<std::uint64_t> outputTokens_{0};
    std::atomic<upstream::Ticks> lastProgressAt_{0};
    std::atomic<upstream::Ticks> lastTokenAt_{0};
    std::atomic<float> prefillTokensPerSecond_{0};
    std::atomic<float> decodeMsPerSequence_{0};
    std::atomic<bool> acceptsWork_{false};
    std::atomic<std::uint64_t> reports_{0};
    std::atomic<std::uint64_t> changes_{0};
};

} // namespace signalbox::proxy
