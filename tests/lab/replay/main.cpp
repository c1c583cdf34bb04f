// SPDX-License-Identifier: Apache-2.0
#include "shared/base/log.h"
#include "tests/lab/replay/command_line.h"
#include "tests/lab/replay/replay_run.h"

#include <csignal>
#include <exception>

int main(int argc, char** argv)
{
    using namespace signalbox;
    std::signal(SIGPIPE, SIG_IGN);
    try {
        auto line = replay::readCommandLine(argc, argv);
        if (const int* status = std::get_if<int>(&line))
            return *status;
        auto& command = std::get<replay::CommandLine>(line);
        const auto ran = replay::runReplay(std::move(command.options), command.patience);
        if (ran)
            return *ran;
        log::error("replay", "failed", "why", ran.error().text());
    } catch (const std::exception& error) {
        log::error("replay", "failed", "why", error.what());
    }
    return replay::kExitCannotRun;
}
