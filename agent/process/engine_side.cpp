// SPDX-License-Identifier: Apache-2.0
#include "agent/process/engine_side.h"

namespace signalbox::process {

namespace {

using namespace std::chrono_literals;

constexpr auto kLearnEvery = 1s;

model::Severity severityOf(model::Health health)
{
    switch (health) {
    case model::Health::Failed:
    case model::Health::Wedged: return model::Severity::Critical;
    case model::Health::Degraded:
    case model::Health::Unknown: return model::Severity::Warning;
    case model::Health::Starting:
    case model::Health::Loading:
    case model::Health::Ready:
    case model::Health::Sleeping: return model::Severity::Info;
    }
    return model::Severity::Info;
}

health::HealthSettings settingsFrom(const HealthConfig& config)
{
    health::HealthSettings settings;
    settings.probeInterval = config.probeInterval;
    settings.probeTimeout = config.probeTimeout;
    settings.downAfter = config.downAfter;
    settings.upAfter = config.upAfter;
    settings.wedgedFloor = config.wedgedFloor;
    return settings;
}

// What was set by hand wins over the engine's profile.
health::HealthOverrides overridesFrom(const AgentConfig& config)
{
    health::HealthOverrides overrides;
    if (config.isGiven("health.probe_interval"))
        overrides.probeInterval = config.health.probeInterval;
    if (config.isGiven("health.probe_timeout"))
        overrides.probeTimeout = config.health.probeTimeout;
    return overrides;
}

} // namespace

base::Result<std::unique_ptr<EngineSide>> EngineSide::make(Parts parts)
{
    SB_TRY(engine::EngineUrl url, engine::parseEngineUrl(parts.config.instance.engine.url));
    return std::unique_ptr<EngineSide>(new EngineSide(std::move(parts), std::move(url)));
}

EngineSide::EngineSide(Parts parts, engine::EngineUrl url)
    : parts_(std::move(parts)), url_(std::move(url))
{
    monitor_ = std::make_unique<health::EngineMonitor>(health::EngineMonitor::Options{
        .url = url_,
        .metricsUrl = std::nullopt,
        .profile = parts_.config.instance.engine.profile,
        .registry = parts_.profiles,
        .executor = parts_.executor,
        .clock = parts_.clock,
        .makeFetcher = parts_.makeFetcher,
        .settings = settingsFrom(parts_.config.health),
        .overrides = overridesFrom(parts_.config),
        .tokens = this,
        .sink = *this,
    });
}

void EngineSide::start()
{
    monitor_->start();
    learnRates();
}

void EngineSide::onVerdict(const model::Verdict& before, const model::Verdict& now)
{
    if (before.state != now.state) {
        recorder::EventNote note;
        note.kind = "health_changed";
        note.object = url_.text();
        note.text = std::string(model::nameOf(before.state)) + " -> "
            + std::string(model::nameOf(now.state)) + (now.reason.empty() ? "" : ": " + now.reason);
        note.severity = severityOf(now.state);
        parts_.tell(std::move(note));
    }
    parts_.onChange();
}

void EngineSide::onFacts(const model::EngineFacts&)
{
    parts_.onChange();
}

void EngineSide::onRestart(const std::string& why)
{
    recorder::EventNote note;
    note.kind = "engine_restarted";
    note.object = url_.text();
    note.text = why;
    note.severity = model::Severity::Warning;
    parts_.tell(std::move(note));
}

health::TokenFacts EngineSide::tokenFacts() const
{
    health::TokenFacts facts;
    facts.streams = parts_.load.streams();
    const std::uint32_t running = parts_.load.running();
    facts.plain = running > facts.streams ? running - facts.streams : 0;
    facts.pendingPrefillTokens = parts_.load.pendingPrefillTokens();
    facts.lastProgress = base::Monotonic{std::chrono::nanoseconds{parts_.load.lastProgressAt()}};
    return facts;
}

std::uint64_t EngineSide::lastTokenAgeMs() const
{
    std::optional<base::Monotonic> at = monitor_->lastTokenAt();
    const upstream::Ticks relayed = parts_.load.lastTokenAt();
    if (relayed != 0)
        at = std::max(at.value_or(base::Monotonic{}),
                      base::Monotonic{std::chrono::nanoseconds{relayed}});
    return ageMs(at);
}

std::uint64_t EngineSide::lastProbeAgeMs() const
{
    return ageMs(monitor_->lastAnswerAt());
}

std::uint64_t EngineSide::ageMs(std::optional<base::Monotonic> moment) const
{
    if (!moment)
        return 0;
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(
        parts_.clock.monotonic() - *moment);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(age.count(), 1));
}

// The relay's first tokens teach the prefill rate; what was learnt goes into the load reports.
void EngineSide::learnRates()
{
    const auto now = parts_.load.firstTokens();
    const std::uint64_t count = now.count - seen_.count;
    if (count > 0) {
        monitor_->takeFirstToken((now.promptTokens - seen_.promptTokens) / count,
                                 std::chrono::nanoseconds(
                                     (now.nanoseconds - seen_.nanoseconds) / count));
    }
    seen_ = now;
    const health::EngineRates rates = monitor_->rates();
    parts_.load.setRates(static_cast<float>(rates.prefillTokensPerSecond),
                         static_cast<float>(rates.decodeMsPerSequence));
    tick_ = parts_.executor.after(kLearnEvery, [this] { learnRates(); });
}

} // namespace signalbox::process
