// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QPainterPath>
#include <QRectF>

#include <cstdint>

class QColor;
class QPainter;

namespace signalbox::theme {

enum class Icon : std::uint8_t {
    Overview,
    Topology,
    Instances,
    Limits,
    Scaling,
    Alerts,
    Review,
    Audit,
    Cache,
    Breakers,
    Search,
    Lock,
    Close,
    Play,
    Pause,
    Next,
    Previous,
    Undo,
    Pin,
    Check,
    Star,
    Copy,
    Gear,
    Drain,
    Right,
    Down,
    Fit,
    Note,
    Link,
    Brand,
};

// Line drawings on a field of 16 by 16.
QPainterPath iconPath(Icon icon);
void paintIcon(QPainter& painter, const QRectF& box, Icon icon, const QColor& colour);
// For buttons: ink2, ink3 when disabled, in the tokens of now; ask again when the theme changes.
QIcon iconFor(Icon icon);

} // namespace signalbox::theme
