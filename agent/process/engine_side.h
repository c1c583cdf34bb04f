// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/health/engine_monitor.h"
#include "agent/process/config/agent_config.h"
#include "agent/proxy/meters/local_load.h"
#include "agent/recorder/recorder.h"

#include <functional>
#include <memory>

namespace signalbox::process {

// The engine beside this agent: its health, facts and rates, and what the relay sees of its tokens
// handed to whoever judges them. Lives on: control; the load is written by the cores.
// Owned by AgentProcess, for instance agents only.
class EngineSide final : private health::EngineSink, private health::TokenProgress {
public:
    struct Parts {
        const AgentConfig& config;
        const engine::ProfileRegistry& profiles;
        base::Executor& executor;
        const base::Clock& clock;
        health::EngineMonitor::MakeFetcher makeFetcher;
        proxy::LocalLoad& load;
        std::function<void(recorder::EventNote)> tell;
        std::function<void()> onChange; // verdict or facts
    };
    static base::Result<std::unique_ptr<EngineSide>> make(Parts parts);

    void start();
    const model::Verdict& verdict() const { return monitor_->verdict(); }
    const model::EngineFacts& facts() const { return monitor_->facts(); }
    const engine::EngineProfile* profile() const { return monitor_->profile(); }
    std::vector<double> sampleValues() const { return monitor_->sampleValues(); }
    const engine::EngineUrl& url() const { return url_; }
    // How long ago its newest token and its newest answer came, as load reports tell it.
    std::uint64_t lastTokenAgeMs() const;
    std::uint64_t lastProbeAgeMs() const;
    void generateNow(std::function<void(health::TokenTrial)> done)
    {
        monitor_->generateNow(std::move(done));
    }

private:
    EngineSide(Parts parts, engine::EngineUrl url);
    void onVerdict(const model::Verdict& before, const model::Verdict& now) override;
    void onFacts(const model::EngineFacts& facts) override;
    void onRestart(const std::string& why) override;
    health::TokenFacts tokenFacts() const override;
    void learnRates();
    std::uint64_t ageMs(std::optional<base::Monotonic> moment) const;

    Parts parts_;
    engine::EngineUrl url_;
    proxy::LocalLoad::FirstTokens seen_;
    base::Executor::TimerPtr tick_;
    std::unique_ptr<health::EngineMonitor> monitor_;
};

} // namespace signalbox::process
