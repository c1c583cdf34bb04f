// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/store_keys.h"
#include "agent/state/state_store.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/model/fleet.h"

#include <functional>
#include <memory>

namespace signalbox::control {

// This agent's place in the fleet: its record under a lease of 10 s, written on change only. When
// the lease is lost or the store comes back it registers again by itself. Another live agent of the
// same name is never pushed out: the conflict is told, and tried again while it lasts.
// Lives on: control. Owned by agent/process; store and executor must outlive it.
class Membership {
public:
    Membership(state::StateStore& store, base::Executor& executor, StoreKeys keys,
               model::AgentRecord record);

    void start();
    // Writes when something but the time differs from what was written last.
    void update(const model::AgentRecord& record);
    // Gives the place up at once; `done` comes in any case.
    void leave(std::function<void()> done);

    bool isRegistered() const { return isRegistered_; }
    // Empty while nothing is wrong.
    const std::string& problem() const { return problem_; }
    std::uint64_t writesTotal() const { return writesTotal_; }

private:
    void grant();
    void write();
    void onWritten(base::Result<state::TxnResult> result);
    void onLost(const base::Error& error);
    void retryLater(std::string why);

    state::StateStore& store_;
    base::Executor& executor_;
    StoreKeys keys_;
    model::AgentRecord record_;
    std::string written_; // JSON that the store has; empty = nothing of ours
    std::string writing_;
    std::unique_ptr<state::Lease> lease_;
    base::Executor::TimerPtr retry_;
    std::string problem_;
    bool isRegistered_ = false;
    bool isWriting_ = false;
    bool isLeaving_ = false;
    std::uint64_t writesTotal_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::control
