// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/command.h"
#include "shared/model/policy.h"

#include <string_view>

// The case of Edit that changes how many instances a pool has. All pure; see policy_edit.h.
namespace signalbox::model {

base::Result<Policy> applyScaleEdit(const Policy& policy, const ScaleEdit& edit,
                                    std::string_view cause);
Edit inverseOfScaleEdit(const Policy& policy, const ScaleEdit& edit);

} // namespace signalbox::model
