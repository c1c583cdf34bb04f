// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"
#include "shared/base/result.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::engine_sim {

enum class FaultKind : std::uint8_t {
    // The whole engine.
    Crash, Freeze, Slow, Wedged, Unhealthy, Refuse,
    // Instead of an answer.
    Status429, Status500, Status503, Reset, Silence, PrefillRejected,
    // Within an answer.
    SlowFirstToken, Cut, Stall, Malformed, MissingDone, EarlyEnd, EarlyStop, Abort, StreamError,
    Split, Gap, Repeat, Reorder, MixUp,
};

struct FaultName {
    FaultKind kind;
    std::string_view name;
    std::string_view meaning;
};

inline constexpr std::array kFaultNames{
    FaultName{FaultKind::Crash, "crash", "kill -9 of itself: now, or with 'after' in an answer"},
    FaultName{FaultKind::Freeze, "freeze", "the process does nothing at all for 'for_s'"},
    FaultName{FaultKind::Slow, "slow", "iterations take 'factor' times as long"},
    FaultName{FaultKind::Wedged, "wedged", "no token moves, while /health stays 200"},
    FaultName{FaultKind::Unhealthy, "unhealthy", "/health answers 503, while tokens move"},
    FaultName{FaultKind::Refuse, "refuse", "does not listen: new connections are refused"},
    FaultName{FaultKind::Status429, "429", "answers 429, with 'retry_after' where given"},
    FaultName{FaultKind::Status500, "500", "answers 500"},
    FaultName{FaultKind::Status503, "503", "answers 503, with 'retry_after' where given"},
    FaultName{FaultKind::Reset, "reset", "resets the connection before any byte"},
    FaultName{FaultKind::Silence, "silence", "takes the request and never answers"},
    FaultName{FaultKind::PrefillRejected, "prefill_rejected", "refuses to continue a text: 400"},
    FaultName{FaultKind::SlowFirstToken, "slow_first_token", "starts 'delay_ms' late"},
    FaultName{FaultKind::Cut, "cut", "closes the connection after 'after' tokens"},
    FaultName{FaultKind::Stall, "stall", "sends nothing more after 'after' tokens"},
    FaultName{FaultKind::Malformed, "malformed", "one event that is not JSON, then goes on"},
    FaultName{FaultKind::MissingDone, "missing_done", "whole, but without [DONE]"},
    FaultName{FaultKind::EarlyEnd, "early_end", "ends cleanly after 'after' tokens, unfinished"},
    FaultName{FaultKind::EarlyStop, "early_stop", "claims finish_reason stop after 'after' tokens"},
    FaultName{FaultKind::Abort, "abort", "finish_reason abort after 'after' tokens, then [DONE]"},
    FaultName{FaultKind::StreamError, "stream_error", "an error event after 'after' tokens"},
    FaultName{FaultKind::Split, "split", "sends the answer in pieces cut anywhere"},
    FaultName{FaultKind::Gap, "gap", "leaves a token out after 'after' tokens"},
    FaultName{FaultKind::Repeat, "repeat", "sends a token twice after 'after' tokens"},
    FaultName{FaultKind::Reorder, "reorder", "swaps two tokens after 'after' tokens"},
    FaultName{FaultKind::MixUp, "mix_up", "a token of another answer after 'after' tokens"},
};

std::string_view nameOf(FaultKind kind);

// A fault as it was asked for. Limited by `count` requests, by time, or by nothing.
struct Fault {
    FaultKind kind = FaultKind::Cut;
    std::optional<std::uint64_t> count;
    std::optional<std::chrono::nanoseconds> lasts;
    std::optional<std::size_t> after; // tokens
    std::chrono::milliseconds delay{1000};
    double factor = 10;
    std::string retryAfter;
    std::string contains; // meets only requests whose body contains this
};

// What decides whether a fault meets a request.
struct FaultTarget {
    bool isContinuation = false;
    std::string_view body;
};

// Reads {"kind":"cut","after":5,...}; unknown keys and kinds are errors that name the nearest.
base::Result<Fault> parseFault(std::string_view json);

// The faults that are armed, and how often each kind has struck.
// Lives on: the engine's one thread.
class FaultPlan {
public:
    explicit FaultPlan(const base::Clock& clock) : clock_(clock) {}

    void arm(Fault fault);
    void clear();

    // The fault that this request meets; it is counted and used up. Oldest first.
    std::optional<Fault> take(const FaultTarget& request);

    // A state of the whole engine that holds now.
    std::optional<Fault> standing(FaultKind kind);
    void countStrike(FaultKind kind) { ++strikes_[kind]; }
    const std::map<FaultKind, std::uint64_t>& strikes() const { return strikes_; }
    // Names of what is armed, oldest first.
    std::vector<std::string_view> armed();

private:
    struct Armed {
        Fault fault;
        std::optional<base::Monotonic> until;
        bool hasStruck = false;
    };
    void dropExpired();

    const base::Clock& clock_;
    std::vector<Armed> armed_;
    std::map<FaultKind, std::uint64_t> strikes_;
};

} // namespace signalbox::engine_sim
