// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/roles.h"
#include "console/theme/tokens.h"

#include <QPixmap>
#include <QRectF>

class QPainter;

// The badge of an alarm: shape, digit and colour say the priority, the fill whether somebody has
// seen it. Drawn on a field of kBadgeSize into the middle of the box. Gui thread.
namespace signalbox::theme {

// Priority::None paints nothing.
void paintBadge(QPainter& painter, const QRectF& box, Priority priority, Ack ack, const Tokens& t);
// The counter of a priority that has no alarm now: outline and digit in grey.
void paintBadgeNone(QPainter& painter, const QRectF& box, Priority priority, const Tokens& t);
// As paintBadge, over a plate of `ground` that keeps it off what lies under it (heat field, graph).
void paintBadgeOver(QPainter& painter, const QRectF& box, Priority priority, Ack ack,
                    const QColor& ground, const Tokens& t);
// As paintBadge where it is drawn large: a new alarm has a second ring.
void paintBadgeRing(QPainter& painter, const QRectF& box, Priority priority, Ack ack,
                    const Tokens& t);
// The badge in kBadgeSize, painted once a token set and device pixel ratio.
QPixmap badgePixmap(Priority priority, Ack ack, double devicePixelRatio);

} // namespace signalbox::theme
