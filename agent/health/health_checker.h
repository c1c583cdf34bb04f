// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/engine_client.h"
#include "agent/health/health_judge.h"
#include "agent/health/health_settings.h"
#include "agent/health/jitter.h"
#include "agent/health/token_judge.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/model/health.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::health {

// Counted since start; shown as metrics.
struct HealthCounts {
    std::uint64_t probesTotal = 0;
    std::uint64_t probeFaultsTotal = 0; // no answer that could be read
    std::uint64_t deepProbesTotal = 0;
    std::uint64_t flipsTotal = 0;
};

// What came of asking for one token.
struct TokenTrial {
    engine::DeepOutcome outcome = engine::DeepOutcome::Silent;
    std::string reason; // unless a token came
    std::chrono::nanoseconds took{0};
};

// Keeps the verdict about the engine beside this agent: probes on a schedule with jitter, its word
// about sleep, token progress, and a one-token generation when it is idle or in doubt.
// Lives on: control. Owned by the engine's monitor; borrows client, executor, clock and tokens. The
// client's fetchers must be gone before it is, so that no answer comes to nobody.
class HealthChecker {
public:
    struct Options {
        engine::EngineClient& client;
        base::Executor& executor;
        const base::Clock& clock;
        HealthSettings settings;
        const TokenProgress* tokens = nullptr; // none: token progress is not judged
        std::string name; // of the engine, for the jitter
        // The verdict's state or reason changed; `before` is the one it replaces.
        std::function<void(const model::Verdict& before, const model::Verdict& now)> onChange;
    };

    explicit HealthChecker(Options options);

    void start();

    const model::Verdict& verdict() const { return judge_.verdict(); }
    const HealthCounts& counts() const { return counts_; }

    // What the engine's metrics say, as they come: counted tokens of all kinds (NaN = not known),
    // whether it sleeps (NaN = not known), and what the agent has learnt of its prefill.
    void takeMetrics(double countedTokens, double sleeping);
    void setPrefillRate(double tokensPerSecond) { prefillTokensPerSecond_ = tokensPerSecond; }
    // Whom the one-token generation asks for; empty = none yet.
    void setModel(std::string model) { model_ = std::move(model); }
    // Another process answers at the engine's address.
    void takeRestart();
    // Generates one token now, also where an engine refused it before; callers at the same time
    // share one. Never called where this ends first.
    void generateNow(std::function<void(TokenTrial)> done);
    // When the engine gave one to us, and when it answered a probe; nothing while it has not.
    std::optional<base::Monotonic> lastTokenAt() const { return tokenAt_; }
    std::optional<base::Monotonic> lastAnswerAt() const { return answeredAt_; }

private:
    void scheduleProbe(std::chrono::nanoseconds delay);
    void probe();
    void takeProbe(const engine::ProbeOutcome& outcome, base::Monotonic startedAt);
    void askSleeping();
    void watchTokens();
    void considerDeepProbe();
    void deepProbe(std::chrono::milliseconds timeout);
    bool canBeAsked() const { return canGenerate_ && !model_.empty(); }
    void takeDeepProbe(engine::DeepOutcome outcome, const std::string& reason);
    void judgeDeepProbe(engine::DeepOutcome outcome, const std::string& reason);
    void apply(Change change, const model::Verdict& before);

    Options options_;
    HealthJudge judge_;
    TokenJudge tokenJudge_;
    Jitter jitter_;
    HealthCounts counts_;
    std::string model_;
    double prefillTokensPerSecond_ = 0;
    bool canTellSleep_ = true;
    bool canGenerate_ = true;
    bool isDeepProbing_ = false;
    std::uint32_t deepSilences_ = 0; // in a row
    base::Monotonic sleepAskedAt_{};
    base::Monotonic deepProbedAt_{};
    base::Monotonic wedgedAt_{};
    std::optional<base::Monotonic> tokenAt_;
    std::optional<base::Monotonic> answeredAt_;
    std::vector<std::function<void(TokenTrial)>> trials_; // who waits for the one under way
    base::Executor::TimerPtr probeTimer_;
    base::Executor::TimerPtr tokenTimer_;
};

} // namespace signalbox::health
