// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/sample.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::telemetry {

// One column of this agent's samples. The name carries the unit; the sentence is for people.
struct SeriesColumn {
    std::string name; // "ttft_p95_ms"
    std::string unit;
    std::string sentence;
    model::SeriesKind kind = model::SeriesKind::Gauge;
};

// Values in the order of the source's columns, NaN = unknown. Called once a sample, on control.
using SampleFunction = std::function<std::vector<double>()>;

// All that this agent samples, put together from its sources: the engine's columns, the proxy's,
// the host's. A source knows its own columns and nothing of telemetry:
//   table.add(columns, [&monitor] { return monitor.sampleValues(); });
// Lives on: control. Owned by agent/process; filled before the first sample, then fixed.
// A source that gives another number of values than columns is unknown for that sample, and a bug.
class SeriesTable {
public:
    // At most limits::kSeriesPerAgent columns in all, names unique: anything else is our mistake.
    void add(std::vector<SeriesColumn> columns, SampleFunction sample);

    const std::vector<SeriesColumn>& columns() const { return columns_; }
    std::vector<model::SeriesKey> dictionary() const;
    std::vector<double> sample();

private:
    struct Source {
        std::size_t columns = 0;
        SampleFunction sample;
    };
    std::vector<SeriesColumn> columns_;
    std::vector<Source> sources_;
};

// For sources that describe a column by name, unit, sentence: one column each.
template <typename Columns, typename KindOf>
std::vector<SeriesColumn> seriesColumns(const Columns& columns, KindOf kindOf)
{
    std::vector<SeriesColumn> all;
    for (const auto& column : columns)
        all.push_back({std::string(column.name), std::string(column.unit),
                       std::string(column.sentence), kindOf(column)});
    return all;
}

} // namespace signalbox::telemetry
