// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/canonical_series.h"

#include <array>
#include <deque>
#include <string>
#include <vector>

namespace signalbox::engine {

namespace {

constexpr std::array<SeriesInfo, kSeriesCount> kSeries{{
    {Series::Running, "engine_running", "requests", SeriesKind::Gauge,
     "Requests in the engine's running batch."},
    {Series::Waiting, "engine_waiting", "requests", SeriesKind::Gauge,
     "Requests that wait inside the engine."},
    {Series::KvUsageRatio, "engine_kv_usage_ratio", "ratio", SeriesKind::Gauge,
     "Used share of the KV cache; of the fullest where the engine reports several."},
    {Series::PromptTokensTotal, "engine_prompt_tokens_total", "tokens", SeriesKind::Counter,
     "Prompt tokens processed, cached ones included."},
    {Series::PromptTokensCachedTotal, "engine_prompt_tokens_cached_total", "tokens",
     SeriesKind::Counter, "Prompt tokens taken from the prefix cache."},
    {Series::GenerationTokensTotal, "engine_generation_tokens_total", "tokens",
     SeriesKind::Counter, "Tokens generated."},
    {Series::PrefixQueriesTotal, "engine_prefix_queries_total", "tokens", SeriesKind::Counter,
     "Tokens looked up in the prefix cache."},
    {Series::PrefixHitsTotal, "engine_prefix_hits_total", "tokens", SeriesKind::Counter,
     "Tokens found in the prefix cache."},
    {Series::PrefixHitRatio, "engine_prefix_hit_ratio", "ratio", SeriesKind::Gauge,
     "Share of looked-up tokens that the prefix cache held, since the last sample."},
    {Series::PreemptionsTotal, "engine_preemptions_total", "requests", SeriesKind::Counter,
     "Requests thrown out of the running batch for want of KV cache."},
    {Series::RequestsTotal, "engine_requests_total", "requests", SeriesKind::Counter,
     "Requests that the engine finished."},
    {Series::RejectedTotal, "engine_rejected_total", "requests", SeriesKind::Counter,
     "Requests that the engine refused or gave up for load."},
    {Series::Sleeping, "engine_sleeping", "boolean", SeriesKind::Gauge,
     "1 while the engine is unloaded on purpose."},
    {Series::StartSeconds, "engine_start_seconds", "seconds", SeriesKind::Gauge,
     "When the engine's process started, as Unix time."},
    {Series::Ttft, "engine_ttft", "seconds", SeriesKind::Latency,
     "Time to first token, measured by the engine."},
    {Series::Itl, "engine_itl", "seconds", SeriesKind::Latency,
     "Time between two tokens of a stream, measured by the engine."},
    {Series::E2e, "engine_e2e", "seconds", SeriesKind::Latency,
     "Time of a whole request, measured by the engine."},
    {Series::Queue, "engine_queue", "seconds", SeriesKind::Latency,
     "Time a request waits inside the engine, measured by the engine."},
}};

// Names and sentences that are put together once; a deque never moves what views point at.
struct Columns {
    std::deque<std::string> texts;
    std::vector<SampleColumn> columns;
};

std::string_view sentenceOf(LatencyColumn column)
{
    switch (column) {
    case LatencyColumn::Mean: return " Mean since the last sample.";
    case LatencyColumn::P50: return " Median since the last sample, interpolated in its bucket.";
    case LatencyColumn::P95: return " 95th percentile since the last sample, interpolated.";
    case LatencyColumn::P95Low: return " Lower bound of the bucket that holds the 95th percentile.";
    case LatencyColumn::P95High: return " Upper bound of that bucket; unknown in the last one.";
    case LatencyColumn::kCount: break;
    }
    return {};
}

Columns makeColumns()
{
    Columns all;
    for (const SeriesInfo& info : kSeries) {
        if (info.kind != SeriesKind::Latency) {
            all.columns.push_back({info.name, info.unit, info.kind, info.sentence});
            continue;
        }
        for (std::size_t i = 0; i < kLatencyColumns; ++i) {
            const auto column = static_cast<LatencyColumn>(i);
            const std::string& name = all.texts.emplace_back(
                std::string(info.name).append("_").append(nameOf(column)).append("_ms"));
            const std::string& sentence
                = all.texts.emplace_back(std::string(info.sentence).append(sentenceOf(column)));
            all.columns.push_back({name, "ms", SeriesKind::Gauge, sentence});
        }
    }
    return all;
}

} // namespace

std::span<const SeriesInfo> canonicalSeries()
{
    return kSeries;
}

const SeriesInfo& infoOf(Series series)
{
    return kSeries[static_cast<std::size_t>(series)];
}

std::optional<Series> seriesFromName(std::string_view name)
{
    for (const SeriesInfo& info : kSeries) {
        if (info.name == name)
            return info.id;
    }
    return std::nullopt;
}

std::string_view nameOf(LatencyColumn column)
{
    switch (column) {
    case LatencyColumn::Mean: return "mean";
    case LatencyColumn::P50: return "p50";
    case LatencyColumn::P95: return "p95";
    case LatencyColumn::P95Low: return "p95_low";
    case LatencyColumn::P95High: return "p95_high";
    case LatencyColumn::kCount: break;
    }
    return {};
}

std::span<const SampleColumn> engineColumns()
{
    static const Columns all = makeColumns();
    return all.columns;
}

} // namespace signalbox::engine
