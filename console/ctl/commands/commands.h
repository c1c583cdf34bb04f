// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/commands/options.h"
#include "console/ctl/exit_code.h"
#include "console/ctl/fleet.h"
#include "console/ctl/terminal.h"

#include <string_view>

// One function per command; each file holds one of them and reads alone.
namespace signalbox::ctl {

// What a command works with, borrowed for its run.
struct Desk {
    const Options& options;
    Fleet& fleet;
    Terminal& terminal;
};

ExitCode runTop(Desk& desk);
ExitCode runGetFleet(Desk& desk);
ExitCode runGetPools(Desk& desk);
ExitCode runGetAgents(Desk& desk);
ExitCode runGetRequests(Desk& desk);
ExitCode runGetPolicy(Desk& desk);
ExitCode runGetAudit(Desk& desk);
ExitCode runGetEvents(Desk& desk);
ExitCode runWatch(Desk& desk);
ExitCode runVersion(Desk& desk);
ExitCode runPreview(Desk& desk);
ExitCode runApply(Desk& desk);
ExitCode runChange(Desk& desk);
ExitCode runByHand(Desk& desk);
ExitCode runProbe(Desk& desk);
ExitCode runExplain(Desk& desk);

ExitCode run(Desk& desk);

// Says what failed and returns the exit code that belongs to it.
ExitCode fail(Desk& desk, std::string_view whatWasTried, const base::Error& error);
// Prints a table to the width of the terminal, or one sentence in its place when it is empty.
void show(Desk& desk, const Table& table, std::string_view whenEmpty);

} // namespace signalbox::ctl
