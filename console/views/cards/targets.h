// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_store.h"
#include "console/views/frame/object_ref.h"

#include <string>
#include <vector>

namespace signalbox::views {

// What an act on instances is for: a whole pool, or agents by id.
struct Targets {
    std::string pool; // empty = the agents
    std::vector<std::string> agents; // of the pool as well, sorted
    std::size_t leftOut = 0; // beyond limits::kObjectsPerDraft

    bool isEmpty() const { return agents.empty(); }
    std::string subject() const; // "pool/chat", "agent/chat-0,chat-1"
};

Targets targetsOf(const fleet::FleetStore& store, const std::vector<ObjectRef>& objects);
// The routes that an act on routes may mean: those named, or those that send to the pool or to the
// agent's pool. By name.
std::vector<std::string> routesOf(const fleet::FleetStore& store,
                                  const std::vector<ObjectRef>& objects);

} // namespace signalbox::views
