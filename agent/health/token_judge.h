// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace signalbox::health {

// What the agent itself has seen of its engine's tokens; exact, because all traffic passes here.
struct TokenFacts {
    std::uint32_t streams = 0; // streamed requests at the engine: the ones whose tokens are seen
    std::uint32_t plain = 0; // others, whose tokens come all at once at the end
    std::uint64_t pendingPrefillTokens = 0; // of prompts without a first token yet
    // The newest token of any request, or the moment the engine got its first request after none
    // if that was later.
    base::Monotonic lastProgress{};
};

// Implemented by whoever relays to the engine. Lives on: control reads it; never blocks.
class TokenProgress {
public:
    virtual ~TokenProgress() = default;
    virtual TokenFacts tokenFacts() const = 0;
};

// Finds the engine whose probe answers while no token moves, and tells it from one that reads a
// long prompt: wedged after max(floor, 2 x pending prefill / prefill rate) without a token
// (product.md §12). Gauges are never believed; an engine's own token counters only acquit: work
// that moves there for plain requests, or for clients that go past us, is not a wedged engine.
// Lives on: control. Owned by the checker of one engine. Pure: time comes with each call.
class TokenJudge {
public:
    explicit TokenJudge(std::chrono::milliseconds floor) : floor_(floor) {}

    // The engine's counted tokens of all kinds, from its metrics.
    void takeCountedTokens(double total, base::Monotonic now);

    // Why the engine counts as wedged, or nothing. prefillTokensPerSecond 0 = not known.
    std::optional<std::string> judge(const TokenFacts& facts, double prefillTokensPerSecond,
                                     base::Monotonic now);
    // A token was seen since the last call of judge() that found the engine wedged.
    bool hasMoved() const { return hasMoved_; }

private:
    std::chrono::nanoseconds limit(const TokenFacts& facts, double prefillTokensPerSecond) const;

    std::chrono::milliseconds floor_;
    std::optional<base::Monotonic> streamsSince_; // a stream has been open without a pause
    std::optional<double> counted_;
    base::Monotonic countedMovedAt_{};
    std::optional<base::Monotonic> wedgedProgress_; // lastProgress when it was found wedged
    bool hasMoved_ = false;
};

} // namespace signalbox::health
