// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/theme/badges.h"
#include "console/theme/roles.h"
#include "console/theme/tokens.h"
#include "shared/model/health.h"

#include <QRectF>

class QPainter;
class QPainterPath;

// One painter a channel. Each fits its mark into the middle of the box, scaled to its shorter side,
// and leaves the painter as it was. Gui thread.
namespace signalbox::theme {

QPainterPath kindPath(Kind kind, const QRectF& box);
void paintKind(QPainter& painter, const QRectF& box, Kind kind, const Tokens& t);

// Nothing for run; an arc for warm; plates in deliberate for drain, maint and off; S and C.
void paintAdmin(QPainter& painter, const QRectF& box, model::Admin admin, const Tokens& t);

// A node's outline: live solid, late with a dot, stale dashed over hatch, disconnected dotted.
void paintFreshOutline(QPainter& painter, const QPainterPath& shape, model::Freshness freshness,
                       const Tokens& t);
// The same with another pen: ink where the node is in alarm.
void paintFreshOutline(QPainter& painter, const QPainterPath& shape, model::Freshness freshness,
                       const QColor& pen, const Tokens& t);
// The same as a short line, for legends and the strip.
void paintFreshLine(QPainter& painter, const QRectF& box, model::Freshness freshness,
                    const Tokens& t);

// How far a load has come: an arc on a track, the percent in its middle.
void paintLoading(QPainter& painter, const QRectF& box, int percent, const Tokens& t);

// 3 px of ink outside 1 px of ground round the shape; focus is 2 px of ink, 1 px off.
void paintSelectionRing(QPainter& painter, const QRectF& box, double radius, const QColor& ground,
                        const Tokens& t);
void paintFocusRing(QPainter& painter, const QRectF& box, double radius, const Tokens& t);
// 3 px of ink at the left of a selected row, 2 px of ink inside a focused cell.
void paintSelectionBar(QPainter& painter, const QRect& row, const Tokens& t);
void paintCellFocus(QPainter& painter, const QRect& cell, const Tokens& t);

} // namespace signalbox::theme
