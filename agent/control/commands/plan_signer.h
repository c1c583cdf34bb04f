// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/command.h"

#include <memory>
#include <string>

namespace signalbox::control {

// Signs plans with a key that never leaves this process; its public half stands in the agent's
// record, so that any agent of the fleet can prove a plan and none keeps a secret in the store.
// Lives on: any thread after construction. Owned by agent/process; a new key at each start.
class PlanSigner {
public:
    explicit PlanSigner(std::string agentId);
    ~PlanSigner();

    const std::string& publicKey() const { return publicKey_; } // 64 hex digits
    void sign(model::Plan& plan) const;

private:
    struct Key;
    std::string agentId_;
    std::unique_ptr<Key> key_;
    std::string publicKey_;
};

// Error PermissionDenied when the plan is not what the owner of that key signed.
base::Status verifyPlan(const model::Plan& plan, const std::string& publicKey);

} // namespace signalbox::control
