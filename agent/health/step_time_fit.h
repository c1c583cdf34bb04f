// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"

#include <array>
#include <cstdint>
#include <optional>

namespace signalbox::health {

// One second of an engine at work.
struct EngineSecond {
    double running = 0; // requests in the batch
    double generatedPerSecond = 0; // tokens
    double promptPerSecond = 0; // tokens computed, without cached ones
};

// The engine's step time as a + b x running + d x prompt tokens in the step, in milliseconds.
struct StepTime {
    double baseMs = 0; // a
    double perSequenceMs = 0; // b: what one more decoding sequence costs every step
    double perPromptTokenMs = 0; // d
    // Prompt tokens a second while a step is filled with them (algorithms.md §1.3).
    double prefillTokensPerSecond() const;
};

// Learns an engine's step time from its own counters while it works: least absolute deviations by
// iteratively reweighted least squares, samples of at least 4 running requests, half forgotten
// after 30 minutes (algorithms.md §6.2). Keeps the last good fit.
// Lives on: control. Owned by the monitor of one engine.
class StepTimeFit {
public:
    void add(const EngineSecond& second, base::Monotonic now);
    // Empty until enough was seen, or where it does not explain what was seen.
    const std::optional<StepTime>& fit() const { return fit_; }
    std::uint64_t samples() const { return samples_; }
    // Another engine process: begin again.
    void clear() { *this = StepTimeFit(); }

private:
    void forget(base::Monotonic now);
    void solve();

    std::array<std::array<double, 3>, 3> moments_{}; // of (1, running, prompt tokens a step)
    std::array<double, 3> targets_{}; // with the step time
    std::array<double, 3> parameters_{};
    bool hasParameters_ = false;
    std::optional<base::Monotonic> lastAt_;
    std::optional<StepTime> fit_;
    std::uint64_t samples_ = 0;
};

// Measured prefill rate before the fit knows: each first token tells how many prompt tokens were
// read in how long. A running median, so that one odd request does not matter.
// Lives on: control. Owned by the monitor of one engine.
class PrefillRate {
public:
    // `tokens`: of this prompt and of those in front of it; `took`: from sending to first token.
    void take(std::uint64_t tokens, std::chrono::nanoseconds took);
    double tokensPerSecond() const; // 0 = not known

private:
    double logRate_ = 0;
    double step_ = 0;
    std::uint64_t samples_ = 0;
};

} // namespace signalbox::health
