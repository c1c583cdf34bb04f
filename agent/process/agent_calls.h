// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/state_store.h"
#include "shared/base/executor.h"
#include "shared/model/answers.h"
#include "shared/model/fleet.h"
#include "shared/model/open_exchange.h"
#include "shared/rpc/channel.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace signalbox::process {

// Passes a question on to the agent that is meant, so that whoever asks needs to reach only one.
// Lives on: control. Owned by ControlSide; its end drops what is under way, unanswered.
// Failure: an agent that cannot be reached, or does not answer in time, is the answer.
class AgentCalls {
public:
    AgentCalls(base::Executor& executor, std::string ownName)
        : executor_(executor), ownName_(std::move(ownName))
    {
    }

    void probeNow(const model::AgentRecord& agent, state::Done<model::ProbeReport> done);
    void listOpen(const model::AgentRecord& agent, state::Done<model::OpenExchangeList> done);

private:
    struct Question {
        const char* method;
        std::string bytes;
        std::chrono::milliseconds patience;
    };
    void ask(const model::AgentRecord& agent, const Question& question,
             state::Done<std::string> done);
    void forget(std::uint64_t number);

    base::Executor& executor_;
    std::string ownName_;
    std::map<std::uint64_t, std::shared_ptr<rpc::Channel>> calls_; // under way
    std::uint64_t newest_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::process
