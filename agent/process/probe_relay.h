// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/state_store.h"
#include "shared/base/executor.h"
#include "shared/model/answers.h"
#include "shared/model/fleet.h"
#include "shared/rpc/channel.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace signalbox::process {

// Passes "probe now" on to the agent that is meant, so that whoever asks needs to reach only one.
// Lives on: control. Owned by ControlSide; its end drops what is under way, unanswered.
// Failure: an agent that cannot be reached, or does not answer in time, is the answer.
class ProbeRelay {
public:
    ProbeRelay(base::Executor& executor, std::string ownName)
        : executor_(executor), ownName_(std::move(ownName))
    {
    }

    void ask(const model::AgentRecord& agent, state::Done<model::ProbeReport> done);

private:
    void forget(std::uint64_t number);

    base::Executor& executor_;
    std::string ownName_;
    std::map<std::uint64_t, std::shared_ptr<rpc::Channel>> calls_; // under way
    std::uint64_t newest_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::process
