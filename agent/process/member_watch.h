// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/files/fleet_picture.h"
#include "agent/control/impact/demand_meter.h"
#include "agent/health/breaker_trials.h"
#include "agent/health/member_prober.h"
#include "agent/process/config/agent_config.h"
#include "agent/proxy/proxy_snapshot.h"
#include "agent/telemetry/load_watch.h"
#include "agent/upstream/member_registry.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::process {

// Keeps the cells of the members this agent sends requests to: load reports as they come, probes of
// their addresses, suspicion. Lives on: control. Owned by AgentProcess.
class MemberWatch final : private telemetry::LoadSink, private health::MemberVerdictSink {
public:
    struct Parts {
        const AgentConfig& config;
        std::string agentId;
        upstream::MemberRegistry& registry;
        base::Executor& executor;
        const base::Clock& clock;
        health::MemberProber::MakeFetcher makeFetcher;
        control::DemandMeter& demand;
        std::function<engine::ProfilePtr(const std::string& name)> profileOf;
    };
    explicit MemberWatch(Parts parts);

    // Members of the newest snapshot, and who they are.
    void follow(const proxy::ProxySnapshot& snapshot, const control::FleetPicture& picture);
    // Each tick: trials of open breakers.
    void look() { trials_.look(); }
    const health::BreakerTrials& trials() const { return trials_; }
    // A connect there failed: probe it now.
    void suspect(const std::string& address) { prober_.suspect(address); }
    // An agent gave a token when we had it probed: known before its next report.
    void tokenSeen(const std::string& agent);
    // The newest report of an agent among them or in standby, with its age; nothing where none has
    // come.
    struct Reported {
        model::LoadReport report;
        std::int64_t ageMs = 0;
    };
    std::optional<Reported> reportOf(const std::string& agent) const;
    // How this agent sees them, for telemetry.
    std::vector<model::MemberView> views(const proxy::ProxySnapshot& snapshot) const;

private:
    void followTrials(const proxy::ProxySnapshot& snapshot, const model::Policy& policy);
    void addStandbys(const control::FleetPicture& picture,
                     std::map<std::string, std::string>& controlAddresses) const;
    void onLoad(const std::string& agent, const model::LoadReport& report,
                base::Monotonic receivedAt) override;
    void onLoadLost(const std::string& agent, const std::string& why) override;
    void onProbe(const std::string& address, const health::MemberVerdict& verdict) override;
    void onFlip(const std::string& address, const health::MemberVerdict& before,
                const health::MemberVerdict& now) override;

    std::int64_t unixMsOf(upstream::Ticks moment) const;

    Parts parts_;
    std::int64_t wallOffsetMs_;
    std::map<std::string, std::string> serveOf_; // agent id -> address requests go to
    std::map<std::string, std::string> agentAt_; // and back
    struct Heard {
        model::LoadReport report;
        base::Monotonic receivedAt;
    };
    std::map<std::string, Heard> heard_; // newest report by agent, while its stream is open
    std::map<std::string, base::Monotonic> tokenSeenAt_; // of agents in heard_
    health::MemberProber prober_;
    health::BreakerTrials trials_;
    telemetry::LoadWatch loadWatch_;
};

} // namespace signalbox::process
