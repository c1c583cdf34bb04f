// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/agent.h"
#include "console/fleet/alarm_book.h"
#include "console/fleet/fleet_changes.h"
#include "console/fleet/pool_book.h"
#include "shared/base/clock.h"

#include <QObject>

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace signalbox::fleet {

// The fleet at a moment: what every model and view is a function of. It is fed with changes, live
// or recorded, and tells what moved. An agent keeps its slot for as long as it is known; slots are
// used again. Readers may keep a slot, never a reference.
// Lives on: gui thread. Owned by the session of one fleet. Losing the link changes nothing here
// but the link: what stands is as of then.
class FleetStore final : public QObject {
    Q_OBJECT
public:
    explicit FleetStore(const base::Clock& clock, QObject* parent = nullptr);

    int slotCount() const { return static_cast<int>(agents_.size()); }
    bool isTaken(int slot) const { return !agents_[static_cast<std::size_t>(slot)].id.empty(); }
    const Agent& agent(int slot) const { return agents_[static_cast<std::size_t>(slot)]; }
    int slotOf(const std::string& id) const; // -1 = not known
    int size() const { return static_cast<int>(slots_.size()); } // agents

    // As of the last refresh.
    const std::vector<Pool>& pools() const { return pools_.pools(); } // by name
    const Pool* pool(const std::string& name) const { return pools_.pool(name); } // or null
    const std::vector<int>& gateways() const { return pools_.gateways(); } // slots, by id
    const Sums& gatewaySums() const { return pools_.gatewaySums(); }
    // All agents; rates and latencies are those where requests enter: the gateways', or of all
    // where there is none.
    const Sums& sums() const { return pools_.sums(); }

    const AlarmBook& alarms() const { return alarms_; }
    const std::deque<model::Event>& events() const { return events_; } // oldest first
    const LinkFacts& link() const { return link_; }
    // Of the link: late or stale while it is silent, disconnected when it is lost for 5 s.
    model::Freshness linkFreshness() const;
    std::int64_t heardAgoMs() const; // since the newest sign of life
    bool hasPolicy() const { return hasPolicy_; }
    const model::PolicyAnswer& policy() const { return policy_; }
    bool hasAudit() const { return hasAudit_; }
    const std::vector<model::AuditRecord>& audit() const { return audit_; } // newest first
    base::Revision newestRevision() const { return newestRevision_; }
    int behindRevision() const { return behindRevision_; } // agents that run an older one
    std::int64_t storeAwaySinceUnixMs() const { return storeAwaySinceUnixMs_; } // 0 = it answers
    std::int64_t worstSkewMs() const { return worstSkewMs_; }
    const std::string& worstSkewAgent() const { return worstSkewAgent_; }
    std::uint64_t rowsDropped() const { return rowsDropped_; }
    std::uint64_t eventsDropped() const { return eventsDropped_; }
    std::int64_t nowUnixMs() const { return base::unixMs(clock_.wall()); }

    void apply(FleetChanges changes);
    // What would make an empty store know what this one knows, but for the past of its readings.
    FleetChanges everything() const;
    // Ages, sums, alarms. Called each 250 ms while anybody looks, and each second otherwise.
    void refresh();
    void acknowledge(const AlarmKey& key);

Q_SIGNALS:
    void agentAppeared(int slot);
    void agentVanished(int slot); // the slot is still readable while this is told
    void agentsChanged(const std::vector<int>& changed); // facts, readings, age or alarm
    void sampled(int slot, const signalbox::fleet::ReadingsRow& row);
    void eventsAdded(int count); // at the end, before old ones were dropped at the front
    void linkChanged();
    void policyChanged();
    void auditChanged();
    void alarmsChanged();
    void refreshed(); // pools and sums are new

private:
    int take(const std::string& id, AgentFactsPtr facts);
    void forget(const std::string& id);
    void applyTo(Agent& agent, int slot, AgentChange& change);
    void applyRest(FleetChanges& changes);
    void refreshAges();
    void refreshFacts();
    void refreshAlarms();
    void tellChanged();

    const base::Clock& clock_;
    std::vector<Agent> agents_;
    std::unordered_map<std::string, int> slots_;
    std::vector<int> freeSlots_;
    std::vector<int> changed_; // since the last agentsChanged
    PoolBook pools_;
    AlarmBook alarms_;
    std::deque<model::Event> events_;
    LinkFacts link_;
    base::Monotonic heardAt_;
    base::Monotonic lateMarkAt_;
    bool hasPolicy_ = false;
    model::PolicyAnswer policy_;
    bool hasAudit_ = false;
    std::vector<model::AuditRecord> audit_;
    base::Revision newestRevision_ = 0;
    int behindRevision_ = 0;
    std::int64_t storeAwaySinceUnixMs_ = 0;
    std::int64_t worstSkewMs_ = 0;
    std::string worstSkewAgent_;
    std::uint64_t rowsDropped_ = 0;
    std::uint64_t eventsDropped_ = 0;
};

} // namespace signalbox::fleet
