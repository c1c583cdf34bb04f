// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "tests/lab/replay/replay_options.h"

#include <chrono>

namespace signalbox::replay {

// Exit statuses of the program.
inline constexpr int kExitOk = 0;
inline constexpr int kExitCannotRun = 1;
inline constexpr int kExitDishonest = 2; // wrong bytes or a silent truncation were seen

// Asks the target what it is, sends the load, prints and writes the report.
// Errors: an unreadable trace, a target that does not answer within `patience`.
base::Result<int> runReplay(ReplayOptions options, std::chrono::milliseconds patience);

} // namespace signalbox::replay
