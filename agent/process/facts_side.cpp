// SPDX-License-Identifier: Apache-2.0
#include "agent/process/facts_side.h"

#include "agent/engine/canonical_series.h"
#include "agent/telemetry/metrics_text.h"

namespace signalbox::process {

namespace {

std::vector<telemetry::SeriesColumn> engineColumns()
{
    return telemetry::seriesColumns(
        engine::engineColumns(), [](const engine::SampleColumn& column) {
            return column.kind == engine::SeriesKind::Counter ? model::SeriesKind::Counter
                                                              : model::SeriesKind::Gauge;
        });
}

std::vector<telemetry::SeriesColumn> hostColumns()
{
    return telemetry::seriesColumns(
        health::hostColumns(), [](const health::HostColumn&) { return model::SeriesKind::Gauge; });
}

} // namespace

FactsSide::FactsSide(Parts parts)
    : parts_(std::move(parts)), book_(parts_.config.id, parts_.bootId), recorder_(book_.own()),
      host_(parts_.clock), proxySource_(parts_.proxy, parts_.clock)
{
    if (parts_.engine)
        table_.add(engineColumns(), parts_.engine);
    table_.add(telemetry::ProxySource::columns(), [this] { return proxySource_.sample(); });
    table_.add(hostColumns(), [this] { return hostValues_ = host_.read().values; });
    sampler_ = std::make_unique<telemetry::Sampler>(
        telemetry::Sampler::Parts{.table = table_,
                                  .feed = book_.own(),
                                  .recorder = recorder_,
                                  .executor = parts_.executor,
                                  .clock = parts_.clock,
                                  .interval = parts_.config.telemetry.interval});
    relay_ = std::make_unique<telemetry::FleetRelay>(
        telemetry::FleetRelay::Parts{.book = book_,
                                     .executor = parts_.executor,
                                     .clock = parts_.clock,
                                     .security = {}});
    service_ = std::make_unique<telemetry::TelemetryService>(
        telemetry::TelemetryService::Parts{.book = book_,
                                           .interest = *relay_,
                                           .executor = parts_.executor,
                                           .clock = parts_.clock,
                                           .fleet = parts_.config.fleet,
                                           .features = {},
                                           .listOpen = parts_.listOpen,
                                           .findDecision = parts_.findDecision});
    service_->registerOn(parts_.methods);
    load_ = std::make_unique<telemetry::LoadPublisher>(parts_.load, parts_.executor, parts_.clock);
    load_->registerOn(parts_.methods);
}

void FactsSide::tell(recorder::EventNote note)
{
    recorder_.recordEvent(telemetry::unixMs(parts_.clock), std::move(note));
}

void FactsSide::setState(model::AgentState state)
{
    if (statePace_.mustTell(state, parts_.clock.monotonic()))
        book_.own().setState(std::move(state));
}

std::string FactsSide::metricsPage()
{
    telemetry::MetricsText text;
    telemetry::addProxyMetrics(text, parts_.proxy());
    if (parts_.engine) {
        const auto columns = engineColumns();
        const auto values = parts_.engine();
        telemetry::addColumns(text, columns, values);
    }
    const auto columns = hostColumns();
    telemetry::addColumns(text, columns, hostValues_);
    addMemberMetrics(text);
    addTelemetryMetrics(text);
    return text.take();
}

void FactsSide::addMemberMetrics(telemetry::MetricsText& text) const
{
    using Type = telemetry::MetricsText::Type;
    const MemberMeters meters = parts_.members();
    const auto family = [&](const char* name, Type type, const char* sentence, auto value) {
        text.family(name, type, sentence);
        for (const model::MemberView& member : meters.members) {
            text.sample(static_cast<double>(value(member)),
                        {{"pool", member.pool},
                         {"member", member.agent.empty() ? member.address : member.agent}});
        }
    };
    family("signalbox_member_breaker", Type::Gauge, "0 closed, 1 open, 2 half open.",
           [](const model::MemberView& member) { return static_cast<int>(member.breaker); });
    family("signalbox_member_excluded", Type::Gauge, "1 while it gets no new requests.",
           [](const model::MemberView& member) { return member.reason.empty() ? 0 : 1; });
    family("signalbox_member_trips_total", Type::Counter, "Times that its breaker has opened.",
           [](const model::MemberView& member) { return member.tripsTotal; });
    family("signalbox_member_requests_total", Type::Counter, "Attempts sent to it.",
           [](const model::MemberView& member) { return member.requestsTotal; });
    family("signalbox_member_failures_total", Type::Counter, "Attempts that failed there.",
           [](const model::MemberView& member) { return member.failuresTotal; });
    text.family("signalbox_retry_budget_left", Type::Gauge,
                "Share of the pool's retry budget that is left, 0 to 1.");
    for (const MemberMeters::Budget& budget : meters.budgets)
        text.sample(budget.left, {{"pool", budget.pool}});
    text.family("signalbox_breaker_trials_total", Type::Counter,
                "One-token generations at members with an open breaker.");
    text.sample(static_cast<double>(meters.trialsTotal));
    text.family("signalbox_breaker_trials_good_total", Type::Counter, "Of those, with a token.");
    text.sample(static_cast<double>(meters.trialsGoodTotal));
}

void FactsSide::addTelemetryMetrics(telemetry::MetricsText& text) const
{
    using Type = telemetry::MetricsText::Type;
    const telemetry::TelemetryCounters counters = service_->counters();
    const auto add = [&text](const char* name, Type type, const char* sentence,
                             std::uint64_t value) {
        text.family(name, type, sentence);
        text.sample(static_cast<double>(value));
    };
    add("signalbox_telemetry_readers", Type::Gauge, "Readers of this agent's telemetry.",
        counters.readers);
    add("signalbox_telemetry_readers_behind", Type::Gauge,
        "Readers that are not at the newest fact.", counters.readersBehind);
    add("signalbox_telemetry_readers_refused_total", Type::Counter,
        "Readers beyond the most that are served.", counters.readersRefusedTotal);
    add("signalbox_telemetry_batches_total", Type::Counter, "Batches written to readers.",
        counters.batchesTotal);
    add("signalbox_telemetry_sent_bytes_total", Type::Counter, "Bytes of these batches.",
        counters.bytesTotal);
    add("signalbox_telemetry_samples_missed_total", Type::Counter,
        "Samples that readers were too slow for; each was told which.",
        counters.samplesMissedTotal);
    add("signalbox_telemetry_peers_left_out_total", Type::Counter,
        "Agents beyond the most that are relayed.", relay_->peersLeftOut());
    const tunnel::TunnelCounters tunnels = parts_.tunnel();
    add("signalbox_tunnel_connections", Type::Gauge, "WebSocket connections at /tunnel.",
        tunnels.connections);
    add("signalbox_tunnel_connections_refused_total", Type::Counter,
        "WebSocket connections beyond the most.", tunnels.connectionsRefusedTotal);
    add("signalbox_tunnel_calls_total", Type::Counter, "Calls that came through them.",
        tunnels.callsTotal);
    add("signalbox_tunnel_calls_refused_total", Type::Counter,
        "Calls without such a method, without the role for it, or too many at once.",
        tunnels.callsRefusedTotal);
    add("signalbox_tunnel_violations_total", Type::Counter,
        "Connections closed because what came made no sense.", tunnels.violationsTotal);
}

} // namespace signalbox::process
