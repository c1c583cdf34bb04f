// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"
#include "console/fleet/pool.h"
#include "shared/model/policy.h"

#include <string>
#include <vector>

namespace signalbox::fleet {

class AlarmBook;

// Who belongs together, and what their numbers come to. Who belongs where is found anew only when
// somebody came, went or moved; sums are made each time.
// Lives on: gui thread. Owned by FleetStore.
class PoolBook {
public:
    void membersMoved() { isMoved_ = true; }
    void update(const std::vector<Agent>& agents, const model::Policy& policy);
    // The badge of a pool: the worst of its own alarms and of its members'.
    void takeAlarms(const std::vector<Agent>& agents, const AlarmBook& alarms);

    const std::vector<Pool>& pools() const { return pools_; } // by name
    const Pool* pool(const std::string& name) const; // null = there is none
    const std::vector<int>& gateways() const { return gateways_; } // slots, by id
    const Sums& gatewaySums() const { return gatewaySums_; }
    const Sums& sums() const { return sums_; }

private:
    void regroup(const std::vector<Agent>& agents, const model::Policy& policy);
    void sumUp(const std::vector<Agent>& agents);

    bool isMoved_ = true;
    std::vector<Pool> pools_;
    std::vector<int> gateways_;
    Sums gatewaySums_;
    Sums sums_;
};

} // namespace signalbox::fleet
