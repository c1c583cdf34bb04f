// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/proxy_source.h"

#include <limits>
#include <utility>

namespace signalbox::telemetry {

namespace {

using proxy::Outcome;
using Totals = proxy::StatisticsTotals;

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

std::uint64_t of(const Totals& totals, Outcome outcome)
{
    return totals.outcomes[static_cast<std::size_t>(outcome)];
}

std::uint64_t errors(const Totals& totals)
{
    return of(totals, Outcome::Unavailable) + of(totals, Outcome::Interrupted);
}

// One interval: what was, what is, and the seconds between.
struct Interval {
    const Totals& before;
    const Totals& now;
    double seconds;

    double rate(std::uint64_t from, std::uint64_t to) const
    {
        return seconds > 0 ? static_cast<double>(to - from) / seconds : kUnknown;
    }
};

struct RateColumn {
    const char* name;
    const char* unit;
    const char* sentence;
    std::uint64_t (*total)(const Totals&);
};
const RateColumn kRates[] = {
    {"requests_per_second", "requests/s", "Requests that ended, whatever their outcome.",
     [](const Totals& t) { return t.requests(); }},
    {"errors_per_second", "requests/s",
     "Requests that no endpoint could answer, or whose stream broke.", errors},
    {"retries_per_second", "attempts/s", "Attempts after the first, in or outside of the budget.",
     [](const Totals& t) { return t.retries + t.replays; }},
    {"prompt_tokens_per_second", "tokens/s", "Prompt tokens of requests that ended.",
     [](const Totals& t) { return t.promptTokens; }},
    {"completion_tokens_per_second", "tokens/s",
     "Tokens generated: of streams as they pass, of whole answers at their end.",
     [](const Totals& t) { return t.completionTokens; }},
    {"events_per_second", "events/s", "Stream events relayed.",
     [](const Totals& t) { return t.events; }},
};

const RateColumn kCounters[] = {
    {"requests_total", "requests", "Requests that ended.",
     [](const Totals& t) { return t.requests(); }},
    {"requests_completed_total", "requests", "Requests with a whole answer.",
     [](const Totals& t) { return of(t, Outcome::Completed); }},
    {"requests_interrupted_total", "requests", "Streams that ended with an error event.",
     [](const Totals& t) { return of(t, Outcome::Interrupted); }},
    {"requests_unavailable_total", "requests", "Requests that no endpoint could answer.",
     [](const Totals& t) { return of(t, Outcome::Unavailable); }},
    {"requests_client_left_total", "requests", "Requests whose client went before the end.",
     [](const Totals& t) { return of(t, Outcome::ClientLeft); }},
    {"requests_refused_total", "requests", "Requests refused as wrong or as not allowed.",
     [](const Totals& t) { return of(t, Outcome::Refused) + of(t, Outcome::Denied); }},
    {"attempts_total", "attempts", "Requests sent upstream.",
     [](const Totals& t) { return t.attempts; }},
    {"retries_total", "attempts", "Attempts that the retry budget granted.",
     [](const Totals& t) { return t.retries; }},
    {"retries_refused_total", "attempts", "Retries for which the budget had nothing left.",
     [](const Totals& t) { return t.retriesRefused; }},
    {"upstream_connections_total", "connections", "Connections opened to endpoints.",
     [](const Totals& t) { return t.connectionsOpened; }},
};

struct LatencyColumns {
    const char* name;
    const char* sentence;
    const proxy::HistogramCounts Totals::*counts;
};
const LatencyColumns kLatencies[] = {
    {"ttft", "Time from a request's arrival to its first token,", &Totals::timeToFirstToken},
    {"gap", "Time between two tokens of a stream,", &Totals::tokenGap},
    {"e2e", "Time from a request's arrival to its end,", &Totals::endToEnd},
};
struct Quantile {
    const char* ending;
    const char* words;
    double q;
};
constexpr Quantile kQuantiles[]
    = {{"_p50_ms", " median.", 0.5}, {"_p95_ms", " 95th percentile.", 0.95}};

} // namespace

ProxySource::ProxySource(std::function<ProxyMoment()> read, const base::Clock& clock)
    : read_(std::move(read)), clock_(clock)
{
}

std::vector<SeriesColumn> ProxySource::columns()
{
    std::vector<SeriesColumn> all{{"in_flight", "requests", "Requests open.",
                                   model::SeriesKind::Gauge}};
    for (const RateColumn& rate : kRates)
        all.push_back({rate.name, rate.unit, rate.sentence, model::SeriesKind::Gauge});
    for (const LatencyColumns& latency : kLatencies) {
        for (const Quantile& quantile : kQuantiles)
            all.push_back({std::string(latency.name) + quantile.ending, "ms",
                           std::string(latency.sentence) + quantile.words,
                           model::SeriesKind::Gauge});
    }
    for (const RateColumn& counter : kCounters)
        all.push_back({counter.name, counter.unit, counter.sentence, model::SeriesKind::Counter});
    return all;
}

std::vector<double> ProxySource::sample()
{
    const ProxyMoment moment = read_();
    const base::Monotonic now = clock_.monotonic();
    const double seconds
        = hasBefore_ ? std::chrono::duration<double>(now - readAt_).count() : 0;
    const Interval interval{before_, moment.totals, seconds};
    std::vector<double> values{static_cast<double>(moment.inFlight)};
    for (const RateColumn& rate : kRates)
        values.push_back(interval.rate(rate.total(before_), rate.total(moment.totals)));
    for (const LatencyColumns& latency : kLatencies) {
        proxy::HistogramCounts counts = moment.totals.*latency.counts;
        counts.subtract(before_.*latency.counts);
        for (const Quantile& quantile : kQuantiles)
            values.push_back(hasBefore_ ? counts.quantileMs(quantile.q) : kUnknown);
    }
    for (const RateColumn& counter : kCounters)
        values.push_back(static_cast<double>(counter.total(moment.totals)));
    before_ = moment.totals;
    readAt_ = now;
    hasBefore_ = true;
    return values;
}

} // namespace signalbox::telemetry
