// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/tokens.h"

#include <QRect>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

class QPainter;

// Series as small pictures. NaN is a gap: it breaks the line and is never bridged.
namespace signalbox::theme {

struct StripData {
    std::span<const float> values; // oldest first, at even distances
    std::span<const float> bandLow; // as long as values, or empty: no band is known
    std::span<const float> bandHigh;
    std::span<const float> reference; // peers, a thin grey line; may be empty
    std::optional<float> threshold; // a dashed line
    float lowest = 0; // value at the bottom
    float highest = 1; // value at the top; not above lowest: taken from the data
    double dataEnds = 1; // share of the width that has data; the rest is a hatched gap
    int gridIntervals = 2; // hairlines at both ends and between; 0 = none
    std::optional<double> cursor; // share of the width: a line in deliberate
};

// Least and greatest of each pixel column: what a line of any length costs is its width.
struct Column {
    float low = 0;
    float high = 0;
    float last = 0;
    bool filled = false; // false: only gaps fell into this column
};
std::vector<Column> decimate(std::span<const float> values, int columns);

// Runs of at least kAbnormalRun samples outside the band, as [begin, end) of values.
struct SampleRun {
    std::size_t begin = 0;
    std::size_t end = 0;
};
std::vector<SampleRun> abnormalRuns(const StripData& data);

// A top with a round number for an axis that starts at 0: 1, 2 or 5 times a power of ten.
float roundTop(float highest);

// Band, threshold, series, then what is outside the band once more in ink.
void paintStrip(QPainter& painter, const QRect& box, const StripData& data, const Tokens& t);
// The same in a table cell: series only, no band, one polyline.
void paintSparkline(QPainter& painter, const QRect& box, std::span<const float> values,
                    const Tokens& t);

} // namespace signalbox::theme
