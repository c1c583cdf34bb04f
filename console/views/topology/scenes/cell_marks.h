// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"
#include "console/theme/tokens.h"

#include <QRect>

class QPainter;

// An instance as a cell: load as grey, everything else as outline or mark. No antialiasing.
namespace signalbox::topology {

// What decides how a cell looks; equal ones are not painted again.
struct CellLook {
    std::uint8_t heat = 0; // step of the load, kNoHeat when it is not known
    model::Freshness freshness = model::Freshness::Live;
    model::Admin admin = model::Admin::Run;
    model::Health health = model::Health::Unknown;
    model::Priority priority = model::Priority::None;
    model::Ack ack = model::Ack::New;
    bool isGone = false;
    bool operator==(const CellLook&) const = default;
};
inline constexpr std::uint8_t kNoHeat = 255;

CellLook lookOf(const fleet::Agent& agent);

enum class CellTone : std::uint8_t { Full, Passed }; // passed over by what is looked for

// Ground and outline, for cells of any size.
void paintHeatCell(QPainter& painter, const QRect& box, const CellLook& look, CellTone tone,
                   const theme::Tokens& t);
// The same with the load as a level; for cells of 10 px and more.
void paintLevelCell(QPainter& painter, const QRect& box, const fleet::Agent& agent, CellTone tone,
                    const theme::Tokens& t);
// What is larger than a cell and comes last: badge, and the plate of an intent where there is room.
void paintOverCell(QPainter& painter, const QRect& box, const CellLook& look,
                   const theme::Tokens& t);

} // namespace signalbox::topology
