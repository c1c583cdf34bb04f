// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/command.h"
#include "shared/model/policy.h"

#include <string>
#include <string_view>
#include <vector>

// Changes of agents' admin state, a part of more than one kind of edit. All pure.
namespace signalbox::model {

// What the agent has in `policy`, as the change that would put it back.
AdminChange adminBefore(const Policy& policy, const std::string& agent);
// The same for those of the changes that change something.
std::vector<AdminChange> adminBefore(const Policy& policy, const std::vector<AdminChange>& changes);

// Writes the changes into `policy`; those that repeat what is there leave their object alone.
// InvalidArgument: an agent named twice, a name that is none, a deadline without drain; then
// nothing is written.
base::Status changeAdmin(const std::vector<AdminChange>& changes, std::string_view cause,
                         Policy& policy);

} // namespace signalbox::model
