// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/readings.h"
#include "shared/model/alarm.h"
#include "shared/model/policy.h"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::fleet {

// Agents of one pool together, or the gateways, or all of the fleet.
struct Sums {
    int total = 0; // that did not leave
    int serving = 0; // may be sent new requests
    int ready = 0; // healthy, whatever people want of it
    int draining = 0; // drain, or drained
    int standby = 0;
    int loading = 0; // starting or loading
    int failed = 0; // failed or wedged
    int live = 0;
    int late = 0;
    int stale = 0;
    int disconnected = 0; // those that left included
    // Rates and counts add up; of percentiles and shares the worst is kept, but `load` is the mean.
    Readings readings;
    float load = kUnknown; // mean of those that say, 0..1
};

struct Pool {
    std::string name;
    std::vector<int> members; // slots, by id of the agent
    Sums sums;
    bool isInPolicy = false; // else agents say they belong to it, and nobody made it
    model::Pool policy;
    std::string profile; // of the engines; empty when they differ
    std::string engineVersion;
    model::Priority priority = model::Priority::None; // worst of itself and of its members
    model::Ack ack = model::Ack::New;
};

} // namespace signalbox::fleet
