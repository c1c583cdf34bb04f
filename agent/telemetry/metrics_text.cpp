// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/metrics_text.h"

#include <fmt/format.h>

#include <cmath>

namespace signalbox::telemetry {

namespace {

std::string_view nameOf(MetricsText::Type type)
{
    switch (type) {
    case MetricsText::Type::Counter: return "counter";
    case MetricsText::Type::Gauge: return "gauge";
    case MetricsText::Type::Histogram: return "histogram";
    }
    return "untyped";
}

void appendEscaped(std::string& text, std::string_view value)
{
    for (const char c : value) {
        if (c == '\n') {
            text += "\\n";
            continue;
        }
        if (c == '\\' || c == '"')
            text += '\\';
        text += c;
    }
}

constexpr int kBucketStep = proxy::kHistogramPerOctave / 2;

} // namespace

void MetricsText::family(std::string_view name, Type type, std::string_view help)
{
    name_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, nameOf(type));
}

void MetricsText::line(std::string_view suffix, Labels labels, double value)
{
    if (std::isnan(value))
        return;
    text_.append(name_).append(suffix);
    char opens = '{';
    for (const auto& [label, text] : labels) {
        text_ += opens;
        text_.append(label).append("=\"");
        appendEscaped(text_, text);
        text_ += '"';
        opens = ',';
    }
    if (opens == ',')
        text_ += '}';
    text_ += fmt::format(" {}\n", value);
}

void MetricsText::sample(double value, Labels labels)
{
    line("", labels, value);
}

void MetricsText::histogram(const proxy::HistogramCounts& counts)
{
    std::uint64_t below = 0;
    for (int i = 0; i < proxy::kHistogramBuckets; ++i) {
        below += counts.buckets[static_cast<std::size_t>(i)];
        if ((i + 1) % kBucketStep == 0) {
            line("_bucket", {{"le", fmt::format("{}", proxy::histogramUpperBound(i))}},
                 static_cast<double>(below));
        }
    }
    line("_bucket", {{"le", "+Inf"}}, static_cast<double>(counts.count));
    line("_sum", {}, counts.sumSeconds);
    line("_count", {}, static_cast<double>(counts.count));
}

void addProxyMetrics(MetricsText& text, const ProxyMoment& moment)
{
    using Type = MetricsText::Type;
    const proxy::StatisticsTotals& totals = moment.totals;
    text.family("signalbox_requests_total", Type::Counter, "Exchanges that ended, by outcome.");
    for (std::size_t i = 0; i < proxy::kOutcomes; ++i) {
        text.sample(static_cast<double>(totals.outcomes[i]),
                    {{"outcome", proxy::nameOf(static_cast<proxy::Outcome>(i))}});
    }
    text.family("signalbox_attempts_failed_total", Type::Counter,
                "Attempts at an endpoint that gave the client nothing, by how they ended.");
    for (std::size_t i = 0; i < proxy::kAttemptEnds; ++i) {
        text.sample(static_cast<double>(totals.attemptEnds[i]),
                    {{"end", upstream::nameOf(static_cast<upstream::AttemptEnd>(i))}});
    }
    const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        text.family(name, Type::Counter, help);
        text.sample(static_cast<double>(value));
    };
    counter("signalbox_attempts_total", "Attempts at endpoints.", totals.attempts);
    counter("signalbox_retries_total", "Retries within the budget.", totals.retries);
    counter("signalbox_replays_total", "Replays after a loss without an answer.", totals.replays);
    counter("signalbox_retries_refused_total", "Retries that the budget refused.",
            totals.retriesRefused);
    counter("signalbox_stale_connections_total", "Pooled connections found dead and replaced.",
            totals.staleConnections);
    text.family("signalbox_picks_total", Type::Counter, "Endpoints chosen, by the rule.");
    for (std::size_t i = 0; i < proxy::kPickRules; ++i) {
        const auto rule = static_cast<upstream::PickRule>(i);
        if (rule != upstream::PickRule::Nothing)
            text.sample(static_cast<double>(totals.picks[i]), {{"rule", upstream::nameOf(rule)}});
    }
    counter("signalbox_panic_picks_total",
            "Choices that ignored ejection: too many were ejected and no further pool was ready.",
            totals.panicPicks);
    counter("signalbox_larger_contexts_total",
            "Requests that went on to a pool of larger contexts.", totals.largerContexts);
    counter("signalbox_decisions_kept_total",
            "Requests whose decision was kept for explanation.", totals.decisionsKept);
    counter("signalbox_upstream_connections_total", "Connections opened to endpoints.",
            totals.connectionsOpened);
    counter("signalbox_prompt_tokens_total", "Prompt tokens of answered requests.",
            totals.promptTokens);
    counter("signalbox_completion_tokens_total", "Tokens delivered.", totals.completionTokens);
    counter("signalbox_events_total", "Events of streams that were relayed.", totals.events);
    counter("signalbox_events_not_json_total", "Events passed on although they are not JSON.",
            totals.notJsonEvents);
    text.family("signalbox_exchanges_open", Type::Gauge, "Exchanges that are open now.");
    text.sample(moment.inFlight);
    text.family("signalbox_time_to_first_token_seconds", Type::Histogram,
                "From sending a request to an endpoint to its first token.");
    text.histogram(totals.timeToFirstToken);
    text.family("signalbox_token_gap_seconds", Type::Histogram, "Between tokens of a stream.");
    text.histogram(totals.tokenGap);
    text.family("signalbox_exchange_seconds", Type::Histogram,
                "From a request's first byte to its answer's last.");
    text.histogram(totals.endToEnd);
}

void addColumns(MetricsText& text, std::span<const SeriesColumn> columns,
                std::span<const double> values)
{
    for (std::size_t i = 0; i < columns.size() && i < values.size(); ++i) {
        const SeriesColumn& column = columns[i];
        const bool isCounter
            = column.kind == model::SeriesKind::Counter && column.name.ends_with("_total");
        text.family("signalbox_" + column.name,
                    isCounter ? MetricsText::Type::Counter : MetricsText::Type::Gauge,
                    column.sentence);
        text.sample(values[i]);
    }
}

} // namespace signalbox::telemetry
