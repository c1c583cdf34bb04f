// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/commands/commands.h"

#include <optional>
#include <string>
#include <string_view>

// What a change needs from the operator before it is applied. An exit code ends the command.
namespace signalbox::ctl {

// The cause from the command line, or asked for on a terminal.
std::optional<ExitCode> settleCause(Desk& desk, ChangeOptions& change);
// A yes from the command line, or asked for on a terminal.
std::optional<ExitCode> settleAnswer(Desk& desk, const ChangeOptions& change,
                                     std::string_view question);
// 128 random bits: two operators never share a request.
std::string newRequestId();

} // namespace signalbox::ctl
