// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/engine_client.h"
#include "agent/engine/fetcher.h"
#include "agent/engine/profile_registry.h"
#include "agent/engine/recogniser.h"
#include "agent/health/health_checker.h"
#include "agent/health/health_judge.h"
#include "agent/health/health_settings.h"
#include "agent/health/jitter.h"
#include "agent/health/step_time_fit.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/model/fleet.h"
#include "shared/model/sample.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::health {

// Hears what becomes of the engine. Lives on: control.
class EngineSink {
public:
    virtual ~EngineSink() = default;
    // State or reason changed; a change of state is an event.
    virtual void onVerdict(const model::Verdict& before, const model::Verdict& now) = 0;
    // Profile, version or models are known, or are others now.
    virtual void onFacts(const model::EngineFacts& facts) = 0;
    // The engine's process was replaced; `why` is one sentence.
    virtual void onRestart(const std::string& why) = 0;
};

// What the agent has learnt about the engine's speed; 0 = not known yet.
struct EngineRates {
    double prefillTokensPerSecond = 0;
    double decodeMsPerSequence = 0; // what one more stream adds to a step
};

struct ScrapeCounts {
    std::uint64_t scrapesTotal = 0;
    std::uint64_t failuresTotal = 0;
    std::uint64_t skippedTotal = 0; // the one before was still under way
};

// Everything an agent knows of the engine beside it, kept current: what it is, how it is, what it
// counts and how fast it works. Asks an unknown engine what it is until it says so.
// Lives on: control. Owned by agent/process; borrows all that its options name by reference.
class EngineMonitor {
public:
    using MakeFetcher = std::function<std::unique_ptr<engine::Fetcher>(const engine::EngineUrl&,
                                                                       engine::ConnectionLimits)>;
    struct Options {
        engine::EngineUrl url;
        std::optional<engine::EngineUrl> metricsUrl; // where the profile's port is not the one
        std::string profile = "auto";
        const engine::ProfileRegistry& registry;
        base::Executor& executor;
        const base::Clock& clock;
        MakeFetcher makeFetcher;
        HealthSettings settings;
        HealthOverrides overrides;
        const TokenProgress* tokens = nullptr;
        EngineSink& sink;
    };

    explicit EngineMonitor(Options options);
    ~EngineMonitor();

    void start();

    const model::Verdict& verdict() const { return verdict_; }
    const model::EngineFacts& facts() const { return facts_; }
    // nullptr until the engine is known.
    const engine::EngineProfile* profile() const { return client_ ? &client_->profile() : nullptr; }
    // As engine::engineColumns(); all NaN where the newest page is older than 3 intervals.
    std::vector<double> sampleValues() const;
    EngineRates rates() const;
    const ScrapeCounts& scrapes() const { return scrapes_; }
    HealthCounts counts() const { return checker_ ? checker_->counts() : HealthCounts(); }
    // As the checker's; an engine that is not recognised yet refuses.
    void generateNow(std::function<void(TokenTrial)> done);
    std::optional<base::Monotonic> lastTokenAt() const;
    std::optional<base::Monotonic> lastAnswerAt() const;
    // Why the metrics cannot be read; empty while they can, or where the engine has none.
    const std::string& scrapeProblem() const { return scrapeProblem_; }

    // The relay saw a first token: prompt tokens of it and of those in front, and the time it took.
    void takeFirstToken(std::uint64_t promptTokens, std::chrono::nanoseconds took);
    // Before the engine is asked to stop: an idle connection can hold its exit.
    void dropIdle();

private:
    void recognise();
    void takeRecognition(engine::Recognition recognition);
    void begin(engine::ProfilePtr profile);
    void publish(const model::Verdict& now);
    void refreshFacts();
    void publishFacts();
    void scrape();
    void takeScrape(engine::ScrapeOutcome outcome);
    void noticeRestart(double startSeconds);
    void learn(const engine::EngineSample& sample, base::Monotonic now);

    Options options_;
    Jitter jitter_;
    HealthSettings settings_;
    HealthJudge beforeKnown_; // judges until the profile is known
    model::Verdict verdict_;
    model::EngineFacts facts_;
    std::optional<model::EngineFacts> publishedFacts_;
    std::unique_ptr<engine::EngineClient> client_;
    std::unique_ptr<HealthChecker> checker_;
    StepTimeFit fit_;
    PrefillRate prefillRate_;
    std::optional<engine::EngineSample> sample_;
    base::Monotonic sampledAt_{};
    std::optional<double> startSeconds_;
    ScrapeCounts scrapes_;
    std::string scrapeProblem_;
    bool isScraping_ = false;
    base::Executor::TimerPtr recogniseTimer_;
    base::Executor::TimerPtr scrapeTimer_;
    base::Executor::TimerPtr factsTimer_;
    std::unique_ptr<engine::Fetcher> metricsFetcher_; // only where it is another address
    std::unique_ptr<engine::Fetcher> fetcher_; // last: goes first, and its callbacks with it
};

} // namespace signalbox::health
