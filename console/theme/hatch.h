// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/tokens.h"

#include <QBrush>
#include <QRect>

#include <cstdint>

class QPainter;

// Hatches of 8 logical pixels at 45 degrees, which look the same at every device pixel ratio.
namespace signalbox::theme {

enum class Hatch : std::uint8_t {
    Replay, // deliberate and canvas, 4 on 4: this is not now
    LinkLost, // ink3, thin: this is no longer true for sure
    Gap, // outline, thin: no data, or above a limit
    Unmeasured, // line2, thin
};

// The brush is kept per token set and device pixel ratio.
QBrush hatchBrush(Hatch hatch, const Tokens& t, double devicePixelRatio);
// A frame of that hatch along the inside of the box.
void paintHatchFrame(QPainter& painter, const QRect& box, Hatch hatch, int width, const Tokens& t);
// One flat fill of canvas at kVeilPercent, over what a sheet covers.
void paintVeil(QPainter& painter, const QRect& box, const Tokens& t);

} // namespace signalbox::theme
