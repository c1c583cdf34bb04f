// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/fleet/fleet_options.h"

#include <variant>

namespace signalbox::lab_fleet {

// The options, or the exit status after help or an error was printed.
std::variant<FleetOptions, int> readCommandLine(int argc, char** argv);

} // namespace signalbox::lab_fleet
