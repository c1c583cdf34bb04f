// SPDX-License-Identifier: Apache-2.0
#include "agent/health/engine_monitor.h"

#include "shared/base/check.h"
#include "shared/base/log.h"

#include <cmath>
#include <limits>
#include <utility>

namespace signalbox::health {

using engine::EngineSample;
using engine::ProfilePtr;
using engine::Series;
using model::Health;

namespace {

using namespace std::chrono_literals;

constexpr auto kRecogniseInterval = 1s;
constexpr auto kFactsInterval = 30s; // models come and go (adapters); a version does not
constexpr int kStaleIntervals = 3;
constexpr double kRestartSeconds = 1; // start times that differ by more are two processes
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
// Rates over a shorter time are noise, over a longer one they hide what happened in it.
constexpr std::chrono::duration<double> kSecondLeast{0.2};
constexpr std::chrono::duration<double> kSecondMost{5};

double orZero(double value)
{
    return std::isnan(value) ? 0 : value;
}

} // namespace

EngineMonitor::EngineMonitor(Options options)
    : options_(std::move(options)), jitter_(options_.url.hostPort()),
      settings_(options_.settings), beforeKnown_(options_.settings, options_.clock),
      verdict_(beforeKnown_.verdict()),
      fetcher_(options_.makeFetcher(options_.url, engine::ConnectionLimits()))
{
    facts_.url = options_.url.text();
}

EngineMonitor::~EngineMonitor() = default;

void EngineMonitor::start()
{
    if (options_.profile == "auto")
        return recognise();
    if (ProfilePtr profile = options_.registry.find(options_.profile))
        return begin(std::move(profile));
    // agent/process refuses such a configuration before it comes here.
    SB_BUG("health", "engine profile vanished between check and start");
    recognise();
}

void EngineMonitor::recognise()
{
    engine::recognise(*fetcher_, options_.registry, [this](engine::Recognition recognition) {
        takeRecognition(std::move(recognition));
    });
}

void EngineMonitor::takeRecognition(engine::Recognition recognition)
{
    if (recognition.profile) {
        log::info("health", "engine_recognised", "profile", recognition.profile->name, "why",
                  recognition.reason);
        return begin(std::move(recognition.profile));
    }
    engine::ProbeOutcome outcome;
    outcome.fault = recognition.fault;
    outcome.reason = recognition.reason;
    if (recognition.isLoading)
        outcome.means = Health::Loading;
    else if (recognition.fault == engine::FetchFault::None)
        outcome.means = Health::Failed;
    if (beforeKnown_.takeProbe(outcome) != Change::None)
        publish(beforeKnown_.verdict());
    recogniseTimer_ = options_.executor.after(jitter_.around(kRecogniseInterval),
                                              [this] { recognise(); });
}

void EngineMonitor::begin(ProfilePtr profile)
{
    settings_ = settingsFor(*profile, options_.settings, options_.overrides);
    facts_.profile = profile->name;
    // The connections so far were kept within a guess at the engine's limits.
    fetcher_ = options_.makeFetcher(options_.url, profile->connections);
    engine::EngineUrl metricsUrl = options_.metricsUrl.value_or(options_.url);
    if (!options_.metricsUrl)
        metricsUrl.port = static_cast<std::uint16_t>(metricsUrl.port + profile->metrics.portOffset);
    if (metricsUrl != options_.url)
        metricsFetcher_ = options_.makeFetcher(metricsUrl, profile->connections);
    client_ = std::make_unique<engine::EngineClient>(
        std::move(profile), *fetcher_, metricsFetcher_ ? *metricsFetcher_ : *fetcher_);
    checker_ = std::make_unique<HealthChecker>(HealthChecker::Options{
        .client = *client_,
        .executor = options_.executor,
        .clock = options_.clock,
        .settings = settings_,
        .tokens = options_.tokens,
        .name = options_.url.hostPort(),
        .onChange = [this](const model::Verdict&, const model::Verdict& now) { publish(now); },
    });
    publishFacts();
    checker_->start();
    if (client_->hasMetrics())
        scrape();
}

void EngineMonitor::generateNow(std::function<void(TokenTrial)> done)
{
    if (checker_)
        checker_->generateNow(std::move(done));
    else
        done({engine::DeepOutcome::Refused, "nobody knows yet what engine this is"});
}

std::optional<base::Monotonic> EngineMonitor::lastTokenAt() const
{
    return checker_ ? checker_->lastTokenAt() : std::nullopt;
}

std::optional<base::Monotonic> EngineMonitor::lastAnswerAt() const
{
    return checker_ ? checker_->lastAnswerAt() : std::nullopt;
}

void EngineMonitor::publish(const model::Verdict& now)
{
    const model::Verdict before = std::exchange(verdict_, now);
    if (before.state == now.state)
        verdict_.sinceUnixMs = before.sinceUnixMs; // the judge changed, the engine did not
    options_.sink.onVerdict(before, verdict_);
    if (model::mayServe(now.state) && !model::mayServe(before.state) && client_)
        refreshFacts();
}

void EngineMonitor::refreshFacts()
{
    factsTimer_ = options_.executor.after(jitter_.around(kFactsInterval),
                                          [this] { refreshFacts(); });
    if (!model::mayServe(verdict_.state))
        return;
    client_->fetchVersion([this](std::string version) {
        if (!version.empty())
            facts_.version = std::move(version);
        publishFacts();
    });
    client_->fetchModels([this](std::vector<std::string> models) {
        // An engine that just now did not answer has not lost its models.
        if (!models.empty())
            facts_.models = std::move(models);
        if (!facts_.models.empty())
            checker_->setModel(facts_.models.front());
        publishFacts();
    });
}

void EngineMonitor::publishFacts()
{
    if (publishedFacts_ == facts_)
        return;
    publishedFacts_ = facts_;
    options_.sink.onFacts(facts_);
}

void EngineMonitor::scrape()
{
    scrapeTimer_ = options_.executor.after(settings_.scrapeInterval, [this] { scrape(); });
    if (isScraping_) {
        ++scrapes_.skippedTotal;
        return;
    }
    isScraping_ = true;
    ++scrapes_.scrapesTotal;
    client_->scrape(settings_.scrapeInterval * 2, [this](engine::ScrapeOutcome outcome) {
        takeScrape(std::move(outcome));
    });
}

void EngineMonitor::takeScrape(engine::ScrapeOutcome outcome)
{
    isScraping_ = false;
    scrapeProblem_ = outcome.reason;
    if (!outcome.isGood) {
        ++scrapes_.failuresTotal;
        return;
    }
    const EngineSample& sample = outcome.sample;
    const base::Monotonic now = options_.clock.monotonic();
    noticeRestart(sample.of(Series::StartSeconds));
    learn(sample, now);
    const double counted = std::isnan(sample.of(Series::GenerationTokensTotal))
        ? kUnknown
        : sample.of(Series::GenerationTokensTotal) + orZero(sample.of(Series::PromptTokensTotal));
    checker_->takeMetrics(counted, sample.of(Series::Sleeping));
    checker_->setPrefillRate(rates().prefillTokensPerSecond);
    sample_ = std::move(outcome.sample);
    sampledAt_ = now;
}

void EngineMonitor::noticeRestart(double startSeconds)
{
    if (std::isnan(startSeconds))
        return;
    const bool isAnother
        = startSeconds_ && std::abs(startSeconds - *startSeconds_) > kRestartSeconds;
    startSeconds_ = startSeconds;
    if (!isAnother)
        return;
    fit_.clear();
    sample_.reset();
    fetcher_->dropIdle();
    checker_->takeRestart();
    options_.sink.onRestart("the engine's process started anew, by its own metrics");
}

void EngineMonitor::learn(const EngineSample& sample, base::Monotonic now)
{
    const std::chrono::duration<double> elapsed = now - sampledAt_;
    if (!sample_ || elapsed < kSecondLeast || elapsed > kSecondMost)
        return;
    const auto gained = [&](Series series) {
        return (sample.of(series) - sample_->of(series)) / elapsed.count();
    };
    EngineSecond second;
    // A gauge is of a moment, the rates are of the time between two.
    second.running = (sample.of(Series::Running) + sample_->of(Series::Running)) / 2;
    second.generatedPerSecond = gained(Series::GenerationTokensTotal);
    second.promptPerSecond = gained(Series::PromptTokensTotal)
        - orZero(gained(Series::PromptTokensCachedTotal));
    fit_.add(second, now);
}

std::vector<double> EngineMonitor::sampleValues() const
{
    const bool isFresh = sample_
        && options_.clock.monotonic() - sampledAt_ <= kStaleIntervals * settings_.scrapeInterval;
    return isFresh ? sample_->values
                   : std::vector<double>(engine::engineColumns().size(), kUnknown);
}

EngineRates EngineMonitor::rates() const
{
    EngineRates rates;
    rates.prefillTokensPerSecond = prefillRate_.tokensPerSecond();
    if (const auto& fit = fit_.fit()) {
        rates.prefillTokensPerSecond = fit->prefillTokensPerSecond();
        rates.decodeMsPerSequence = fit->perSequenceMs;
    }
    return rates;
}

void EngineMonitor::takeFirstToken(std::uint64_t promptTokens, std::chrono::nanoseconds took)
{
    prefillRate_.take(promptTokens, took);
    if (checker_)
        checker_->setPrefillRate(rates().prefillTokensPerSecond);
}

void EngineMonitor::dropIdle()
{
    fetcher_->dropIdle();
    if (metricsFetcher_)
        metricsFetcher_->dropIdle();
}

} // namespace signalbox::health
