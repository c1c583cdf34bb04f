// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/fleet.h"

#include <string>

namespace signalbox::process {

// One JSON object with this agent's bound addresses and pid, appearing atomically once it serves.
base::Status writeReadyFile(const std::string& path, const std::string& id,
                            const model::Addresses& addresses);

} // namespace signalbox::process
