// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/tokens.h"

#include <QRect>

#include <cstdint>
#include <optional>
#include <span>

class QPainter;

// Analogue indicators on whole pixels, without antialiasing: track, normal band, value, marker. The
// marker is the reading.
namespace signalbox::theme {

enum class BarFill : std::uint8_t { Plain, Hatched };

// All in shares of the bar, 0 to 1; what lies outside is drawn at the end.
struct BarReading {
    std::optional<double> value; // nullopt: unknown, no marker is drawn
    std::optional<double> bandLow; // both or none
    std::optional<double> bandHigh;
    std::optional<double> limit; // a dashed line: where it would be limited
    BarFill fill = BarFill::Plain;
};

void paintHBar(QPainter& painter, const QRect& box, const BarReading& reading, const Tokens& t);
void paintVBar(QPainter& painter, const QRect& box, const BarReading& reading, const Tokens& t);

// One box a piece of work, side by side; done ones are filled, open ones are outlines.
enum class Segment : std::uint8_t { Open, Done, Last };
void paintSegments(QPainter& painter, const QRect& box, std::span<const Segment> segments,
                   const Tokens& t);

// An instance as a cell of the grid: ground, load from below, 0 to 1.
void paintCell(QPainter& painter, const QRect& box, double load, const Tokens& t);
// One of five steps of grey.
const QColor& heatOf(double load, const Tokens& t);

} // namespace signalbox::theme
