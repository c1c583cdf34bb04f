// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"
#include "console/theme/tokens.h"
#include "console/theme/typography.h"

#include <QRect>
#include <QString>

class QPainter;

namespace signalbox::views {

// What painted content is drawn with: the tokens in force, all ink one step down while the link to
// the fleet is lost.
const theme::Tokens& tokensFor(const fleet::FleetStore& store);

// One line of plain text, cut at its right with an ellipsis where there is no room.
void paintText(QPainter& painter, const QRect& box, const QString& text, const QFont& font,
               const QColor& colour, Qt::Alignment alignment = Qt::AlignLeft);

} // namespace signalbox::views
