// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <compare>
#include <cstdint>
#include <string>

namespace signalbox::views {

enum class ObjectKind : std::uint8_t { None, Agent, Pool, Route, Audit };

// Names one thing that screens show, whether or not it is there.
struct ObjectRef {
    ObjectKind kind = ObjectKind::None;
    std::string id; // of the agent, name of the pool or route, number of the record
    bool isNone() const { return kind == ObjectKind::None; }
    auto operator<=>(const ObjectRef&) const = default;
};

// "agent/chat-0", as in deep links; none for what is no object.
QString pathOf(const ObjectRef& object);
ObjectRef objectFromPath(const QString& path);

} // namespace signalbox::views
