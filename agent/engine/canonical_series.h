// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// One table of the numbers that every engine is reduced to, whatever it calls them. Profiles map
// into it, telemetry samples it, the console draws it.
namespace signalbox::engine {

enum class SeriesKind : std::uint8_t {
    Gauge,
    Counter, // never falls: an engine's restart is bridged
    Latency, // a distribution; sampled as the columns of latencyColumns()
};

// The order is the order of the table, and of samples.
enum class Series : std::uint8_t {
    Running,
    Waiting,
    KvUsageRatio,
    PromptTokensTotal,
    PromptTokensCachedTotal,
    GenerationTokensTotal,
    PrefixQueriesTotal,
    PrefixHitsTotal,
    PrefixHitRatio,
    PreemptionsTotal,
    RequestsTotal,
    RejectedTotal,
    Sleeping,
    StartSeconds,
    Ttft,
    Itl,
    E2e,
    Queue,
    kCount,
};

inline constexpr std::size_t kSeriesCount = static_cast<std::size_t>(Series::kCount);

struct SeriesInfo {
    Series id;
    std::string_view name; // in profiles; samples too, where it is no latency
    std::string_view unit;
    SeriesKind kind;
    std::string_view sentence;
};

std::span<const SeriesInfo> canonicalSeries();
const SeriesInfo& infoOf(Series series);
std::optional<Series> seriesFromName(std::string_view name);

// What a latency is sampled as: "<name>_<column>_ms". All are of the time since the last sample and
// unknown (NaN) where nothing ended in it. The p95 of an engine's buckets is known to a bucket
// only: it lies between p95_low and p95_high, and p95 itself is interpolated.
enum class LatencyColumn : std::uint8_t { Mean, P50, P95, P95Low, P95High, kCount };
inline constexpr std::size_t kLatencyColumns = static_cast<std::size_t>(LatencyColumn::kCount);
std::string_view nameOf(LatencyColumn column);

// One column of a sample row.
struct SampleColumn {
    std::string_view name; // "engine_running", "engine_ttft_p95_ms"
    std::string_view unit;
    SeriesKind kind; // Gauge or Counter
    std::string_view sentence;
};

// The columns of one engine's sample, in the order that EngineSample::values has.
std::span<const SampleColumn> engineColumns();

} // namespace signalbox::engine
