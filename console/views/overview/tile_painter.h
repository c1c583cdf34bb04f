// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/lists/pool_tiles.h"
#include "console/theme/tokens.h"

#include <QRect>

class QPainter;

namespace signalbox::overview {

// How much of a pool there is room for.
enum class TileForm : std::uint8_t {
    Full, // cells, counts, bar, two lines of notes
    Compact, // without the notes
    Small, // name, badge, count, bar
    Heat, // one cell
};

struct TileSize {
    int leastWidth;
    int height;
    int gap;
};
TileSize sizeOf(TileForm form);

enum class TileMark : std::uint8_t { None, Current };

void paintTile(QPainter& painter, const QRect& box, const lists::PoolTile& tile, TileForm form,
               TileMark mark, const theme::Tokens& t);
// Instances as cells, as large as the box lets them be; what is wrong with one stands in its cell.
void paintCells(QPainter& painter, const QRect& box, const std::vector<lists::TileCell>& cells,
                const theme::Tokens& t);

} // namespace signalbox::overview
