// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/series_table.h"

#include "shared/base/check.h"
#include "shared/base/limits.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace signalbox::telemetry {

void SeriesTable::add(std::vector<SeriesColumn> columns, SampleFunction sample)
{
    SB_ASSERT(columns_.size() + columns.size() <= limits::kSeriesPerAgent);
    for (const SeriesColumn& column : columns) {
        const bool isKnown
            = std::any_of(columns_.begin(), columns_.end(),
                          [&](const SeriesColumn& known) { return known.name == column.name; });
        SB_ASSERT(!isKnown && !column.name.empty());
        columns_.push_back(column);
    }
    sources_.push_back({columns.size(), std::move(sample)});
}

std::vector<model::SeriesKey> SeriesTable::dictionary() const
{
    std::vector<model::SeriesKey> keys;
    for (const SeriesColumn& column : columns_)
        keys.push_back({column.name, {}, column.kind});
    return keys;
}

std::vector<double> SeriesTable::sample()
{
    std::vector<double> row;
    row.reserve(columns_.size());
    for (const Source& source : sources_) {
        std::vector<double> values = source.sample();
        if (values.size() != source.columns) {
            SB_BUG("telemetry", "a source of samples gave another number of values than columns");
            values.assign(source.columns, std::numeric_limits<double>::quiet_NaN());
        }
        row.insert(row.end(), values.begin(), values.end());
    }
    return row;
}

} // namespace signalbox::telemetry
