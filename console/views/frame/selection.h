// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/frame/object_ref.h"

#include <QObject>

#include <set>
#include <string>

namespace signalbox::views {

// What the operator points at, the same on every screen, and which agents he has marked. Ids, not
// rows: both survive sorting, a resync and a change of screen.
// Lives on: gui thread. Owned by the session.
class Selection final : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    const ObjectRef& current() const { return current_; }
    const std::set<std::string>& marked() const { return marked_; } // ids of agents

    void select(const ObjectRef& object);
    enum class Mark { Set, Clear, Toggle };
    void mark(const std::string& agent, Mark how);
    void mark(const std::set<std::string>& agents); // these, besides those that are
    void clearMarks();

Q_SIGNALS:
    void changed(); // current
    void marksChanged();

private:
    ObjectRef current_;
    std::set<std::string> marked_;
};

} // namespace signalbox::views
