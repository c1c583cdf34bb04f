// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include <cstdint>
#include <vector>

namespace signalbox::models {

enum class WalkStep : std::uint8_t { Left, Right, Up, Down };

// The box that a person means who presses that arrow on box `from`: nearest that way, and what is
// straight ahead before what is aside. -1 = nothing lies there; without a start, the first in
// reading order. Boxes that are not valid are passed over.
int stepFrom(const std::vector<QRectF>& boxes, int from, WalkStep step);

// The smallest box under a point, -1 = none.
int boxAt(const std::vector<QRectF>& boxes, QPointF point);

} // namespace signalbox::models
