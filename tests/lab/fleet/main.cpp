// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/fleet/command_line.h"
#include "tests/lab/fleet/fleet_lock.h"
#include "tests/lab/fleet/fleet_plan.h"
#include "tests/lab/fleet/fleet_runner.h"
#include "tests/lab/fleet/stop_signal.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace signalbox;
using lab_fleet::FleetOptions;

constexpr std::chrono::seconds kEngineDeadline{5};

base::Status checkPrograms(const FleetOptions& options)
{
    std::vector<std::string> names{"signalbox-agent", "signalbox-engine-sim", "signalbox-replay",
                                   "signalboxctl"};
    if (options.window == lab_fleet::Window::Console)
        names.push_back("signalbox");
    for (const std::string& name : names) {
        const std::string program = options.programFolder / name;
        if (::access(program.c_str(), X_OK) != 0)
            return base::Error(base::Code::NotFound,
                               fmt::format("{} is missing: build everything first, as ./run does",
                                           program));
    }
    return {};
}

base::Result<std::vector<lab_fleet::KnownEngine>> askEngines(const FleetOptions& options)
{
    std::vector<lab_fleet::KnownEngine> engines;
    for (const lab::HttpUrl& url : options.engines) {
        SB_TRY(auto answer, lab_fleet::askEngine(url, kEngineDeadline));
        engines.push_back({url, std::move(answer)});
    }
    return engines;
}

base::Status runFleet(const FleetOptions& options)
{
    SB_CHECK(checkPrograms(options));
    SB_TRY(const auto lock, lab_fleet::FleetLock::take(options.dataFolder));
    SB_TRY(const auto engines, askEngines(options));
    lab_fleet::PortBook ports;
    SB_TRY(const auto plan, lab_fleet::planFleet(options, engines, ports));
    lab_fleet::countStopSignals();
    lab_fleet::FleetRunner runner(options, plan);
    base::Status status = runner.start();
    if (status)
        status = runner.watch();
    const bool wasAsked = lab_fleet::stopSignals() > 0;
    if (status || wasAsked)
        fmt::print("\nStopping ...\n");
    runner.stop();
    return wasAsked ? base::Status() : status;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        auto options = lab_fleet::readCommandLine(argc, argv);
        if (const int* status = std::get_if<int>(&options))
            return *status;
        const base::Status ran = runFleet(std::get<FleetOptions>(options));
        if (ran)
            return 0;
        fmt::print(stderr, "The fleet cannot run: {}\n", ran.error().text());
    } catch (const std::exception& error) {
        fmt::print(stderr, "The fleet cannot run: {}\n", error.what());
    }
    return 1;
}
