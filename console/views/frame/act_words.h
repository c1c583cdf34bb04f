// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/verbs.h"

#include <QKeySequence>
#include <QString>

#include <vector>

namespace signalbox::views {

// What an act is called, its key and its tool tip, the same wherever it is offered.
struct ActWords {
    Act act = Act::Drain;
    QString name; // "Drain"
    QKeySequence key; // Shift turns a verb round: D drains, Shift+D undrains
    QString toolTip; // "Preview: no new work, open requests finish (D)"
};

// In the order in which they are offered; undo has no key, it belongs to a record.
const std::vector<ActWords>& actWords();
const ActWords& wordsOf(Act act);
QString keyText(const ActWords& words); // "Shift+D"; empty when it has none

} // namespace signalbox::views
