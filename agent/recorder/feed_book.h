// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/recorder/agent_feed.h"

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace signalbox::recorder {

// The feeds of a fleet: this agent's own, and those of its peers while somebody watches the fleet.
// Lives on: control. Owned by agent/process. At most limits::kFleetAgents; more are refused.
class FeedBook {
public:
    using Feeds = std::map<std::string, std::unique_ptr<AgentFeed>>; // by agent id

    FeedBook(base::AgentId self, std::string bootId);

    AgentFeed& own() { return *own_; }
    const AgentFeed& own() const { return *own_; }
    // Null when the book is full, or the id is our own.
    AgentFeed* addPeer(const base::AgentId& id, std::string bootId);
    AgentFeed* findPeer(const std::string& id);
    void removePeer(const std::string& id);
    // All of them, this agent's own too.
    const Feeds& feeds() const { return feeds_; }

private:
    Feeds feeds_;
    AgentFeed* own_;
};

} // namespace signalbox::recorder
