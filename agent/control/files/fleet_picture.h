// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/fleet.h"
#include "shared/model/policy.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox::control {

using AgentRecords = std::map<std::string, model::AgentRecord>; // by id

// The newest policy that is valid, and who is there. Immutable once published.
struct FleetPicture {
    model::Policy policy;
    AgentRecords agents;
    // Those of `agents` whose registration has ended without a word, and when: they stay for a
    // while, because a store that was away forgets everybody at once.
    std::map<std::string, std::int64_t> departedSinceUnixMs;

    bool isPresent(const std::string& agent) const
    {
        return agents.contains(agent) && !departedSinceUnixMs.contains(agent);
    }
    bool operator==(const FleetPicture&) const = default;
};
using FleetPicturePtr = std::shared_ptr<const FleetPicture>;

// A picture as it is kept on disk, with the world it came from: which store, and how far it was.
struct SavedFleet {
    FleetPicture picture; // nobody in it has departed: that is found out again
    std::int64_t savedUnixMs = 0;
    std::uint64_t clusterId = 0;
    base::Revision storeRevision = 0;
    std::string bootId; // of the agent that saved it
};

// One fact a line, objects in canonical JSON: readable at night without tools.
std::string toText(const SavedFleet& saved);
// DataLoss names the line that does not make sense.
base::Result<SavedFleet> savedFleetFrom(std::string_view text);

} // namespace signalbox::control
