// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/health/host_metrics.h"
#include "agent/process/config/agent_config.h"
#include "agent/recorder/feed_book.h"
#include "agent/recorder/recorder.h"
#include "agent/telemetry/fleet_relay.h"
#include "agent/telemetry/load_publisher.h"
#include "agent/telemetry/metrics_text.h"
#include "agent/telemetry/proxy_source.h"
#include "agent/telemetry/sampler.h"
#include "agent/telemetry/series_table.h"
#include "agent/telemetry/state_pace.h"
#include "agent/telemetry/telemetry_service.h"
#include "agent/telemetry/tunnel/tunnel_session.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::process {

// What the metrics page tells of the members that this agent sends requests to.
struct MemberMeters {
    struct Budget {
        std::string pool;
        double left = 1; // share of the retry budget's bucket
    };
    std::vector<model::MemberView> members;
    std::vector<Budget> budgets;
    std::uint64_t trialsTotal = 0; // of open breakers
    std::uint64_t trialsGoodTotal = 0;
};

// This agent's facts and who hears them: samples, states, events, the whole fleet for whoever
// watches it, load reports for gateways, the metrics page.
// Lives on: control. Owned by ControlSide; Parts outlive it.
class FactsSide {
public:
    struct Parts {
        const AgentConfig& config;
        std::string bootId;
        base::Executor& executor;
        const base::Clock& clock;
        std::function<telemetry::ProxyMoment()> proxy;
        std::function<std::vector<double>()> engine; // empty function: a gateway
        telemetry::LoadSource load;
        std::function<tunnel::TunnelCounters()> tunnel;
        telemetry::TelemetryService::ListOpen listOpen;
        rpc::MethodTable& methods;
        telemetry::FindDecision findDecision;
        std::function<MemberMeters()> members;
    };
    explicit FactsSide(Parts parts);

    void start() { sampler_->start(); }
    void tell(recorder::EventNote note);
    void setState(model::AgentState state);
    void setPeers(const std::vector<model::AgentRecord>& records) { relay_->setPeers(records); }
    std::string metricsPage();

private:
    void addMemberMetrics(telemetry::MetricsText& text) const;
    void addTelemetryMetrics(telemetry::MetricsText& text) const;

    Parts parts_;
    recorder::FeedBook book_;
    recorder::Recorder recorder_;
    health::HostMetrics host_;
    std::vector<double> hostValues_; // of the newest sample
    telemetry::StatePace statePace_;
    telemetry::ProxySource proxySource_;
    telemetry::SeriesTable table_;
    std::unique_ptr<telemetry::Sampler> sampler_;
    std::unique_ptr<telemetry::FleetRelay> relay_;
    std::unique_ptr<telemetry::TelemetryService> service_;
    std::unique_ptr<telemetry::LoadPublisher> load_;
};

} // namespace signalbox::process
