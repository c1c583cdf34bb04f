// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/meters/latency_histogram.h"
#include "agent/telemetry/proxy_source.h"
#include "agent/telemetry/series_table.h"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace signalbox::telemetry {

// Builds one page of the Prometheus text format 0.0.4. Families are written whole, one after the
// other; label values are escaped; an unknown value (NaN) leaves its line out.
// Lives on: control; a local of whoever makes the page.
class MetricsText {
public:
    enum class Type : std::uint8_t { Counter, Gauge, Histogram };
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    // Names begin with "signalbox_"; counters end with "_total".
    void family(std::string_view name, Type type, std::string_view help);
    void sample(double value, Labels labels = {});
    // Seconds, with a bucket for each half octave that has counts below it.
    void histogram(const proxy::HistogramCounts& counts);
    std::string take() { return std::move(text_); }

private:
    void line(std::string_view suffix, Labels labels, double value);

    std::string text_;
    std::string name_;
};

// The proxy's counters and latencies, and each sampled column as a gauge or counter of its own.
void addProxyMetrics(MetricsText& text, const ProxyMoment& moment);
void addColumns(MetricsText& text, std::span<const SeriesColumn> columns,
                std::span<const double> values);

} // namespace signalbox::telemetry
