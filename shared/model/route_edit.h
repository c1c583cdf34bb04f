// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/command.h"
#include "shared/model/policy.h"

#include <string_view>

// The RouteEdit's part of policy_edit.h, which is what others include. All pure.
namespace signalbox::model {

base::Result<Policy> applyRouteEdit(const Policy& policy, const RouteEdit& edit,
                                    std::string_view cause);
// Puts back exactly what the edit would change; its verb is the word for that.
RouteEdit inverseOfRouteEdit(const Policy& policy, const RouteEdit& edit);

} // namespace signalbox::model
