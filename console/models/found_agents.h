// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"
#include "console/models/topology_find.h"

#include <vector>

namespace signalbox::models {

// Which agents an expression finds, passes over or hides, as of the last update.
// Lives on: gui thread. Owned by a screen. A wrong expression leaves the one before in force.
class FoundAgents {
public:
    explicit FoundAgents(const fleet::FleetStore& store) : store_(store) {}

    base::Status look(const QString& text);
    // Judges everybody again; true when somebody is judged otherwise than before.
    bool update();

    const QString& text() const { return text_; } // of the expression in force
    bool isActive() const { return !expression_.isEmpty(); }
    bool finds() const { return expression_.finds(); }
    FindVerdict verdictOf(int slot) const;
    bool isHidden(int slot) const { return verdictOf(slot) == FindVerdict::Hidden; }

private:
    const fleet::FleetStore& store_;
    FindExpression expression_;
    QString text_;
    std::vector<FindVerdict> verdicts_; // by slot
};

} // namespace signalbox::models
