// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/topology/scenes/cell_marks.h"

#include "console/theme/bars.h"
#include "console/theme/badges.h"
#include "console/theme/marks.h"
#include "console/theme/metrics.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace signalbox::topology {

namespace {

constexpr int kDotCell = 6; // least size of a cell that shows the dot of late
constexpr int kPlateCell = 12; // and the plate of an intent

enum class Line : std::uint8_t { Solid, Dashed, Dotted };

void run(QPainter& painter, const QRect& line, Line manner, const QColor& colour)
{
    if (manner == Line::Solid) {
        painter.fillRect(line, colour);
        return;
    }
    const bool isUpright = line.height() > line.width();
    const int length = isUpright ? line.height() : line.width();
    const int on = manner == Line::Dashed ? 3 : 1;
    const int period = manner == Line::Dashed ? 5 : 2;
    for (int at = 0; at < length; at += period) {
        const int piece = std::min(on, length - at);
        painter.fillRect(isUpright ? QRect(line.left(), line.top() + at, line.width(), piece)
                                   : QRect(line.left() + at, line.top(), piece, line.height()),
                         colour);
    }
}

void outline(QPainter& painter, const QRect& box, Line manner, const QColor& colour)
{
    run(painter, QRect(box.left(), box.top(), box.width(), 1), manner, colour);
    run(painter, QRect(box.left(), box.bottom(), box.width(), 1), manner, colour);
    run(painter, QRect(box.left(), box.top(), 1, box.height()), manner, colour);
    run(painter, QRect(box.right(), box.top(), 1, box.height()), manner, colour);
}

bool isDeliberate(model::Admin admin)
{
    return admin == model::Admin::Drain || admin == model::Admin::Maint
        || admin == model::Admin::Off;
}

// Which outline a cell has beside its ground, the most telling one.
void paintOutline(QPainter& painter, const QRect& box, const CellLook& look,
                  const theme::Tokens& t)
{
    if (look.isGone || look.freshness == model::Freshness::Disconnected)
        outline(painter, box, Line::Dotted, t.ink2);
    else if (look.freshness == model::Freshness::Stale)
        outline(painter, box, Line::Dashed, t.ink);
    else if (isDeliberate(look.admin))
        outline(painter, box, Line::Solid, t.deliberate);
    else if (look.health != model::Health::Ready)
        outline(painter, box, Line::Solid, t.ink);
    else if (look.admin == model::Admin::Standby || look.heat == kNoHeat)
        outline(painter, box, Line::Solid, t.outline);
    const bool hasDot = look.freshness == model::Freshness::Late && box.width() >= kDotCell;
    if (hasDot)
        painter.fillRect(QRect(box.center() - QPoint(1, 1), QSize(3, 3)), t.ink);
}

bool isEmpty(const CellLook& look)
{
    return look.isGone || look.freshness == model::Freshness::Disconnected
        || look.admin == model::Admin::Standby || look.heat == kNoHeat;
}

} // namespace

CellLook lookOf(const fleet::Agent& agent)
{
    CellLook look;
    const float load = agent.load();
    look.heat = std::isfinite(load)
        ? static_cast<std::uint8_t>(std::clamp(load * 5, 0.0F, 4.0F))
        : kNoHeat;
    look.freshness = agent.freshness;
    look.admin = agent.admin();
    look.health = agent.health();
    look.priority = agent.priority;
    look.ack = agent.ack;
    look.isGone = agent.isGone();
    return look;
}

void paintHeatCell(QPainter& painter, const QRect& box, const CellLook& look, CellTone tone,
                   const theme::Tokens& t)
{
    if (tone == CellTone::Passed) {
        painter.fillRect(box, t.surface);
        return;
    }
    painter.fillRect(box, isEmpty(look) ? t.canvas : t.heat[look.heat]);
    if (box.width() >= 4)
        paintOutline(painter, box, look, t);
}

void paintLevelCell(QPainter& painter, const QRect& box, const fleet::Agent& agent, CellTone tone,
                    const theme::Tokens& t)
{
    const CellLook look = lookOf(agent);
    if (tone == CellTone::Passed) {
        painter.fillRect(box, t.canvas);
        return;
    }
    if (isEmpty(look))
        painter.fillRect(box, t.canvas);
    else
        theme::paintCell(painter, box, static_cast<double>(agent.load()), t);
    paintOutline(painter, box, look, t);
}

void paintOverCell(QPainter& painter, const QRect& box, const CellLook& look,
                   const theme::Tokens& t)
{
    const bool hasPlate = isDeliberate(look.admin) && box.width() >= kPlateCell;
    if (hasPlate) {
        QRectF plate(0, 0, theme::kAdminSize, theme::kAdminSize);
        plate.moveCenter(QRectF(box).center());
        theme::paintAdmin(painter, plate, look.admin, t);
    }
    if (look.priority == model::Priority::None)
        return;
    QRectF badge(0, 0, theme::kBadgeSize, theme::kBadgeSize);
    badge.moveCenter(QRectF(box).center());
    theme::paintBadgeOver(painter, badge, look.priority, look.ack, t.canvas, t);
}

} // namespace signalbox::topology
