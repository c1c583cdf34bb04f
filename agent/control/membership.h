// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/files/fleet_picture.h"
#include "agent/control/store_keys.h"
#include "agent/state/state_store.h"
#include "shared/base/executor.h"
#include "shared/model/fleet.h"

#include <functional>
#include <memory>
#include <random>
#include <string>

namespace signalbox::control {

// This agent's place in the fleet: its record under a lease of 10 s, written on change only. When
// the lease is lost or the store comes back it registers again by itself, at a random moment so
// that a fleet does not return at once. Another live agent of the same name is never pushed out.
// Lives on: control. Owned by agent/process; store and executor must outlive it.
class Membership {
public:
    struct Options {
        // Of this agent's previous run, from its own disk: a record of that run is ours to replace.
        // Without it a restart waits until the old lease has ended.
        std::string previousBootId;
        std::uint32_t seed = 0; // of the random waits; 0 = from the system
    };

    Membership(state::StateStore& store, base::Executor& executor, StoreKeys keys,
               model::AgentRecord record, Options options);

    void start();
    // Writes when something differs from what was written last, a burst as one.
    void update(const model::AgentRecord& record);
    // What the agents' mirror shows: registers again when somebody removed or replaced our record.
    void onFleet(const FleetPicture& picture);
    // Says goodbye in the record, then gives the place up; `done` comes in any case, within 4 s.
    void leave(std::function<void()> done);

    bool isRegistered() const { return isRegistered_; }
    // Why it is not registered, for people; empty while nothing is wrong.
    const std::string& problem() const { return problem_; }
    std::uint64_t writesTotal() const { return writesTotal_; }

private:
    void grant();
    void write();
    void onWritten(base::Result<state::TxnResult> result);
    void onOccupied(const state::KeyValue& found);
    void onRival(const model::AgentRecord& rival, const base::Result<state::LeaseLife>& life);
    void onLost(const base::Error& error);
    void retryLater(std::string why);
    void writeSoon();
    std::chrono::milliseconds uniform(std::chrono::milliseconds most);

    state::StateStore& store_;
    base::Executor& executor_;
    StoreKeys keys_;
    model::AgentRecord record_;
    Options options_;
    std::string written_; // JSON that the store has of us; empty = nothing of ours
    std::string writing_;
    std::unique_ptr<state::Lease> lease_;
    base::Executor::TimerPtr retry_;
    base::Executor::TimerPtr settle_;
    std::chrono::milliseconds retryWait_;
    std::minstd_rand jitter_;
    std::string problem_;
    bool isRegistered_ = false;
    bool isBusy_ = false; // a question about the record is with the store
    bool isLeaving_ = false;
    std::uint64_t writesTotal_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::control
