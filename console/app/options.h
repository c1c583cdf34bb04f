// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/fleet_link.h"
#include "console/theme/tokens.h"

#include <optional>
#include <string>

namespace signalbox::app {

struct ConsoleOptions {
    link::LinkOptions link; // no addresses: the connect page
    std::string label; // PROD
    std::string deepLink; // signalbox://...
    std::optional<theme::Scheme> scheme; // else as it was last
};

// What the command line came to: options, or words for the user and an exit code.
struct ParsedOptions {
    std::optional<ConsoleOptions> options;
    int exitCode = 0;
    std::string words;
};

// Environment: SIGNALBOX_FLEET for addresses, SIGNALBOX_OPERATOR (else the login name).
ParsedOptions parseOptions(int argumentCount, const char* const* arguments);

} // namespace signalbox::app
