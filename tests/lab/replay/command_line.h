// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/replay/replay_options.h"

#include <chrono>
#include <variant>

namespace signalbox::replay {

struct CommandLine {
    ReplayOptions options;
    std::chrono::milliseconds patience{10'000}; // for a target that is still starting
};

// The options, or the exit status after help or an error was printed.
std::variant<CommandLine, int> readCommandLine(int argc, char** argv);

} // namespace signalbox::replay
