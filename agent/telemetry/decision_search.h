// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/telemetry/telemetry_service.h"
#include "shared/base/executor.h"
#include "shared/model/fleet.h"
#include "shared/rpc/channel.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::telemetry {

// Finds the decision of a request by its id: with this agent's cores, then with the fleet's other
// agents, gateways first, at most limits::kDecisionPeersAsked of them at once.
// Lives on: control. Owned by ControlSide; its end drops what is under way, unanswered.
// Failure: NotFound where nobody has kept it; the text says how many could not be asked.
class DecisionSearch {
public:
    struct Parts {
        // This agent's own; `found` may be called on any thread.
        std::function<void(const std::string& requestId,
                           std::function<void(std::optional<model::Decision>)> found)>
            own;
        base::Executor& executor;
        std::string ownName;
        std::function<std::vector<model::AgentRecord>()> peers; // others that are present
    };
    explicit DecisionSearch(Parts parts) : parts_(std::move(parts)) {}

    using Done = std::function<void(base::Result<model::Decision>)>;
    void find(const std::string& requestId, SearchScope scope, Done done);

private:
    struct Search;
    void askPeers(const std::string& requestId, Done done);
    bool ask(const model::AgentRecord& peer, const std::string& requestId,
             const std::shared_ptr<Search>& search);
    void forget(std::uint64_t number);

    Parts parts_;
    std::map<std::uint64_t, std::shared_ptr<rpc::Channel>> calls_; // under way
    std::uint64_t newest_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::telemetry
