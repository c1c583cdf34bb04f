// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QSizeF>

#include <string>
#include <vector>

namespace signalbox::models {

// One instance that wants a place. Two with the same words get the same place in any picture.
struct CellMember {
    std::string id;
    std::string group; // its pool, where several are drawn below each other
    std::string zone;
    std::string host;
};

// All in units of the plan; a view scales them.
struct CellMetrics {
    double width = 0;
    double height = 0;
    double gap = 0; // between cells
    double hostPadding = 0; // inside the frame of a host
    double hostHead = 0; // for its name
    double hostGap = 0; // between frames
    double zoneGap = 0;
    double groupHead = 0;
};

struct CellHost {
    std::string name;
    QRectF box;
    std::vector<int> members; // places in the list that was planned
};

struct CellZone {
    std::string name;
    int group = 0;
    QRectF box;
    std::vector<CellHost> hosts;
};

struct CellGroup {
    std::string name;
    QRectF head; // the line above its zones
};

struct CellPlan {
    std::vector<QRectF> cells; // in the order of the members
    std::vector<CellGroup> groups;
    std::vector<CellZone> zones;
    QSizeF size;
};

// Places follow from the set of members alone, never from the order in which they came: groups,
// zones and hosts by name, inside a host by the number at the end of the id. A missing number is a
// gap, which whoever has that number fills again.
CellPlan planCells(const std::vector<CellMember>& members, const CellMetrics& metrics);

// "chat-b02-12" is 12 of "chat-b02-"; -1 without a number.
struct IdParts {
    std::string stem;
    long long number = -1;
};
IdParts idParts(const std::string& id);

} // namespace signalbox::models
