// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/commands/ledger.h"
#include "shared/base/executor.h"

#include <functional>
#include <memory>
#include <string>

namespace signalbox::control {

// Writes the first policy of a fleet that has none, in one transaction with its audit record. Of
// several agents that try, the store lets one through; the others find a policy and are content.
// Lives on: control. Owned by agent/process; ledger and executor must outlive it.
// Failure: while the store is away it tries again; what cannot be written is told once.
class PolicySeeder {
public:
    enum class Outcome : std::uint8_t { Seeded, AlreadyThere };

    PolicySeeder(Ledger& ledger, base::Executor& executor, std::string agent,
                 model::Policy policy);

    // `done` comes once, when it is settled.
    void start(state::Done<Outcome> done);

private:
    void look();
    void onPage(const LedgerPage& page);
    void onFailed(const base::Error& error);

    Ledger& ledger_;
    base::Executor& executor_;
    std::string agent_;
    model::Policy policy_;
    state::Done<Outcome> done_;
    base::Executor::TimerPtr retry_;
    bool mayBeWritten_ = false; // a write of ours had no answer
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::control
