// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"
#include "console/fleet/alarm.h"
#include "console/fleet/pool.h"

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace signalbox::fleet {

// The alarms that stand, from the facts as they are: a pool with nothing ready is P1; failed,
// wedged or gone is P2; degraded, no redundancy, or late for 30 s within 2 min is P3. What somebody
// does on purpose (drain, maintenance, off, standby) is none.
// Lives on: gui thread. Owned by FleetStore.
class AlarmBook {
public:
    // True when the list or anything in it is another one.
    bool update(const std::vector<Agent>& agents, const std::vector<Pool>& pools,
                std::int64_t nowUnixMs);
    void acknowledge(const AlarmKey& key);

    const std::vector<Alarm>& alarms() const { return alarms_; } // worst first, then oldest
    const Alarm* worstOfAgent(const std::string& id) const; // null = none
    const Alarm* worstOfPool(const std::string& name) const; // of its own; null = none
    int count(model::Priority priority) const; // all that stand, shown or not
    std::int64_t clearedUnixMs() const { return clearedUnixMs_; } // of the last that went; 0 = none
    std::uint64_t leftOut() const { return leftOut_; } // beyond limits::kAlarmsShown

private:
    void note(AlarmKey key, model::Priority priority, const std::string& group,
              const std::string& reason, std::int64_t sinceUnixMs);
    void noteAgent(const Agent& agent);
    void notePool(const Pool& pool);
    void markFirstOut();

    std::map<AlarmKey, Alarm> standing_;
    std::map<AlarmKey, Alarm> before_; // during update
    std::vector<Alarm> alarms_;
    std::map<std::pair<AlarmScope, std::string>, Alarm> worst_; // by object
    std::array<int, 4> counts_{};
    std::int64_t nowUnixMs_ = 0;
    std::int64_t clearedUnixMs_ = 0;
    std::uint64_t leftOut_ = 0;
};

} // namespace signalbox::fleet
