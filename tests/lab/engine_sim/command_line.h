// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/engine_sim/sim_options.h"

#include <variant>

namespace signalbox::engine_sim {

// The options, or the exit status after help or an error was printed.
std::variant<SimOptions, int> readCommandLine(int argc, char** argv);

} // namespace signalbox::engine_sim
