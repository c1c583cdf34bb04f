// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/client_fleet.h"
#include "console/ctl/commands/commands.h"
#include "shared/base/log.h"

#include <cstdio>

int main(int argumentCount, char** arguments)
{
    using namespace signalbox;
    const ctl::Parsed parsed = ctl::parseOptions(argumentCount, arguments);
    if (!parsed.options) {
        std::fputs(parsed.words.c_str(), parsed.exitCode == 0 ? stdout : stderr);
        return parsed.exitCode;
    }
    const ctl::Options& options = *parsed.options;
    // The person reads answers, not the client's own notes.
    log::setLevel(log::Level::Error);
    const auto terminal = ctl::systemTerminal();
    client::ClientOptions clientOptions;
    clientOptions.addresses = options.addresses;
    clientOptions.operatorName = options.operatorName;
    clientOptions.callTimeout = options.timeout;
    auto fleet = ctl::ClientFleet::open(std::move(clientOptions));
    if (!fleet) {
        terminal->complain("signalboxctl: " + fleet.error().text());
        return static_cast<int>(ctl::ExitCode::Usage);
    }
    ctl::Desk desk{options, **fleet, *terminal};
    return static_cast<int>(ctl::run(desk));
}
