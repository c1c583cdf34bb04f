// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/canonical_series.h"
#include "agent/engine/engine_profile.h"
#include "agent/engine/latency_window.h"
#include "agent/engine/prometheus_text.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace signalbox::engine {

// One page of an engine in canonical terms; NaN = the engine does not tell.
struct EngineSample {
    std::vector<double> values; // as engineColumns()
    std::array<double, kSeriesCount> series{}; // by Series; latencies are NaN here

    double of(Series id) const { return series[static_cast<std::size_t>(id)]; }
};

// Reduces an engine's pages to the canonical series, by the rules of its profile: sums or maxima
// over label sets, counters that never fall although the engine restarts, latencies since the page
// before. Lives on: control. Owned by the scraper of one engine; a page is begin, take..., finish.
// Bounded by limits::kMetricSeries label sets; what is beyond is counted and left out.
class MetricMapper final : public MetricSink {
public:
    explicit MetricMapper(const MetricsSource& source);
    MetricMapper(const MetricMapper&) = delete; // slots point at the rules
    MetricMapper& operator=(const MetricMapper&) = delete;

    void begin();
    bool wants(std::string_view name) override;
    void take(const MetricLine& line) override;
    EngineSample finish();

    std::uint64_t droppedTotal() const { return droppedTotal_; } // too many series, or nonsense
    std::uint64_t resetsTotal() const { return resetsTotal_; } // counters that fell

private:
    enum class Part : std::uint8_t { Value, Bucket, Sum, Count };

    // One name of one rule: where its numbers gather.
    struct Slot {
        Series series;
        const MetricRule* rule;
        bool isPlus = false; // added to the series' other slots
        bool isSeen = false; // in this page
        double gauge = 0; // of this page
        double gain = 0; // counters: since the page before
        LatencyWindow window;
    };
    struct Use {
        std::size_t slot;
        Part part;
    };
    struct Known {
        double value;
        std::uint64_t page; // that had it last
    };
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const
        {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::size_t addSlot(const MetricRule& rule);
    void addUse(const std::string& name, std::size_t slot, Part part);
    void takeGauge(Slot& slot, double value);
    void takeCounter(Slot& slot, Use use, const MetricLine& line);
    double gained(Use use, const MetricLine& line);
    void forgetVanished();
    const Slot* chosen(Series series) const;
    double gainOf(const Slot& chosen) const;
    double hitRatio(double queries, double hits) const;

    std::vector<MetricRule> rules_;
    std::vector<Slot> slots_; // in the order of preference
    std::unordered_map<std::string, std::vector<Use>, NameHash, std::equal_to<>> uses_;
    std::unordered_map<std::uint64_t, Known> known_; // label set -> its last value
    // Of counters, over all pages: an engine that restarts under other names goes on from there.
    std::array<double, kSeriesCount> totals_{};
    std::uint64_t page_ = 0; // number of this page; the first has nothing to compare with
    double queriesBefore_ = 0;
    double hitsBefore_ = 0;
    std::uint64_t droppedTotal_ = 0;
    std::uint64_t resetsTotal_ = 0;
};

} // namespace signalbox::engine
