// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/commands/commands.h"

namespace signalbox::ctl {

ExitCode run(Desk& desk)
{
    switch (desk.options.command) {
    case Command::Top: return runTop(desk);
    case Command::GetFleet: return runGetFleet(desk);
    case Command::GetPools: return runGetPools(desk);
    case Command::GetAgents: return runGetAgents(desk);
    case Command::GetRequests: return runGetRequests(desk);
    case Command::GetPolicy: return runGetPolicy(desk);
    case Command::GetAudit: return runGetAudit(desk);
    case Command::GetEvents: return runGetEvents(desk);
    case Command::Watch: return runWatch(desk);
    case Command::Version: return runVersion(desk);
    case Command::Preview: return runPreview(desk);
    case Command::Apply: return runApply(desk);
    case Command::Change: return runChange(desk);
    case Command::Probe: return runProbe(desk);
    case Command::Explain: return runExplain(desk);
    case Command::ByHand: return runByHand(desk);
    }
    return ExitCode::Failed;
}

ExitCode fail(Desk& desk, std::string_view whatWasTried, const base::Error& error)
{
    std::string asked;
    for (const std::string& address : desk.options.addresses)
        asked += (asked.empty() ? "" : ", ") + address;
    desk.terminal.complain(explain(whatWasTried, error, asked));
    return exitCodeOf(error);
}

void show(Desk& desk, const Table& table, std::string_view whenEmpty)
{
    if (table.empty()) {
        desk.terminal.print(whenEmpty);
        return;
    }
    for (const std::string& line : table.lines(desk.terminal.columns(), desk.terminal.colour()))
        desk.terminal.print(line);
}

} // namespace signalbox::ctl
