// SPDX-License-Identifier: Apache-2.0
#include "agent/health/health_checker.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace signalbox::health {

using engine::DeepOutcome;
using engine::ProbeOutcome;
using model::Health;
using model::Verdict;

namespace {

using namespace std::chrono_literals;

constexpr auto kQuickProbe = 100ms; // a refused engine is asked again within this time
constexpr auto kTokenWatch = 200ms; // finer than the floor of 6 s needs
constexpr auto kSleepQuestion = 5s;
constexpr auto kDoubtInterval = 5s; // one-token generations while the engine is wedged
constexpr std::uint32_t kDeepSilencesMost = 2;
constexpr std::chrono::milliseconds kTrialPatience{5'000}; // somebody waits for the answer
constexpr auto kTrialAfter = 60s; // a wedged engine that nothing can be asked gets traffic again

} // namespace

HealthChecker::HealthChecker(Options options)
    : options_(std::move(options)), judge_(options_.settings, options_.clock),
      tokenJudge_(options_.settings.wedgedFloor), jitter_(options_.name),
      deepProbedAt_(options_.clock.monotonic())
{
}

void HealthChecker::start()
{
    scheduleProbe(0ms);
    if (options_.tokens != nullptr)
        watchTokens();
}

void HealthChecker::scheduleProbe(std::chrono::nanoseconds delay)
{
    probeTimer_ = options_.executor.after(delay, [this] { probe(); });
}

void HealthChecker::probe()
{
    ++counts_.probesTotal;
    options_.client.probe(options_.settings.probeTimeout,
                          [this, startedAt = options_.clock.monotonic()](ProbeOutcome outcome) {
                              takeProbe(outcome, startedAt);
                          });
}

void HealthChecker::takeProbe(const ProbeOutcome& outcome, base::Monotonic startedAt)
{
    if (outcome.fault != engine::FetchFault::None)
        ++counts_.probeFaultsTotal;
    else
        answeredAt_ = options_.clock.monotonic();
    const Verdict before = verdict();
    apply(judge_.takeProbe(outcome), before);

    const auto interval = jitter_.around(options_.settings.probeInterval);
    const auto elapsed = options_.clock.monotonic() - startedAt;
    if (judge_.wantsQuickProbe())
        scheduleProbe(kQuickProbe);
    else
        scheduleProbe(elapsed < interval ? interval - elapsed : 0ns);
    if (outcome.means == Health::Ready)
        askSleeping();
    considerDeepProbe();
}

void HealthChecker::askSleeping()
{
    const base::Monotonic now = options_.clock.monotonic();
    if (!canTellSleep_ || !options_.client.profile().sleep || now - sleepAskedAt_ < kSleepQuestion)
        return;
    sleepAskedAt_ = now;
    options_.client.askSleeping([this](std::optional<bool> isAsleep) {
        canTellSleep_ = isAsleep.has_value();
        const Verdict before = verdict();
        if (isAsleep)
            apply(judge_.takeSleeping(*isAsleep), before);
    });
}

void HealthChecker::takeMetrics(double countedTokens, double sleeping)
{
    if (!std::isnan(countedTokens))
        tokenJudge_.takeCountedTokens(countedTokens, options_.clock.monotonic());
    const Verdict before = verdict();
    // Where the engine answers the question itself, that answer is the newer one.
    const bool isAnswered = canTellSleep_ && options_.client.profile().sleep;
    if (!std::isnan(sleeping) && !isAnswered)
        apply(judge_.takeSleeping(sleeping > 0), before);
}

void HealthChecker::takeRestart()
{
    canTellSleep_ = true;
    canGenerate_ = true;
    deepSilences_ = 0;
    tokenAt_.reset(); // of the process before
    const Verdict before = verdict();
    apply(judge_.takeRestart(), before);
}

void HealthChecker::watchTokens()
{
    const TokenFacts facts = options_.tokens->tokenFacts();
    const base::Monotonic now = options_.clock.monotonic();
    const auto wedged = tokenJudge_.judge(facts, prefillTokensPerSecond_, now);
    const Verdict before = verdict();
    if (tokenJudge_.hasMoved()) {
        deepSilences_ = 0;
        apply(judge_.takeToken(), before);
    } else if (wedged) {
        // The reason counts seconds; a reason that changes each second is no news.
        const bool isKnown = before.state == Health::Wedged;
        apply(isKnown ? Change::None : judge_.takeWedged(*wedged), before);
    } else if (before.state == Health::Wedged && facts.streams == 0 && !canBeAsked()
               && now - wedgedAt_ >= kTrialAfter) {
        apply(judge_.takeToken(), before);
    }
    tokenTimer_ = options_.executor.after(kTokenWatch, [this] { watchTokens(); });
}

void HealthChecker::considerDeepProbe()
{
    const bool isWedged = verdict().state == Health::Wedged;
    const bool isServing = model::mayServe(verdict().state);
    if (isDeepProbing_ || !canBeAsked() || options_.tokens == nullptr || (!isWedged && !isServing))
        return;
    const base::Monotonic now = options_.clock.monotonic();
    const TokenFacts facts = options_.tokens->tokenFacts();
    const auto sinceProbe = now - deepProbedAt_;
    const bool isIdle = facts.streams == 0 && facts.plain == 0
        && now - facts.lastProgress >= options_.settings.deepInterval
        && sinceProbe >= options_.settings.deepInterval;
    const bool isInDoubt = (isWedged || deepSilences_ > 0) && sinceProbe >= kDoubtInterval;
    if (isIdle || isInDoubt)
        deepProbe(options_.settings.deepTimeout);
}

void HealthChecker::generateNow(std::function<void(TokenTrial)> done)
{
    if (model_.empty())
        return done({DeepOutcome::Refused, "the engine lists no model to ask for"});
    if (trials_.size() >= limits::kProbesWaiting)
        return done({DeepOutcome::Refused, "too many wait for a token of this engine already"});
    trials_.push_back(std::move(done));
    if (!isDeepProbing_)
        deepProbe(std::min(kTrialPatience, options_.settings.deepTimeout));
}

void HealthChecker::deepProbe(std::chrono::milliseconds timeout)
{
    isDeepProbing_ = true;
    deepProbedAt_ = options_.clock.monotonic();
    ++counts_.deepProbesTotal;
    options_.client.generateOneToken(
        model_, timeout,
        [this](DeepOutcome outcome, const std::string& reason) { takeDeepProbe(outcome, reason); });
}

void HealthChecker::takeDeepProbe(DeepOutcome outcome, const std::string& reason)
{
    isDeepProbing_ = false;
    const base::Monotonic now = options_.clock.monotonic();
    if (outcome == DeepOutcome::Token)
        tokenAt_ = now;
    judgeDeepProbe(outcome, reason);
    for (const auto& done : std::exchange(trials_, {}))
        done({outcome, outcome == DeepOutcome::Token ? "" : reason, now - deepProbedAt_});
}

void HealthChecker::judgeDeepProbe(DeepOutcome outcome, const std::string& reason)
{
    const Verdict before = verdict();
    switch (outcome) {
    case DeepOutcome::Token:
        canGenerate_ = true;
        deepSilences_ = 0;
        apply(judge_.takeToken(), before);
        return;
    case DeepOutcome::Refused:
        // Some engines cannot be asked this way; what it cannot prove is not held against them.
        canGenerate_ = false;
        deepSilences_ = 0;
        return;
    case DeepOutcome::Silent:
        if (++deepSilences_ >= kDeepSilencesMost && before.state != Health::Wedged)
            apply(judge_.takeWedged(reason), before);
        return;
    }
}

void HealthChecker::apply(Change change, const Verdict& before)
{
    if (change == Change::None)
        return;
    if (change == Change::State)
        ++counts_.flipsTotal;
    if (change == Change::State && verdict().state == Health::Wedged)
        wedgedAt_ = options_.clock.monotonic();
    if (options_.onChange)
        options_.onChange(before, verdict());
}

} // namespace signalbox::health
