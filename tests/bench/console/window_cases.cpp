// SPDX-License-Identifier: Apache-2.0
#include "console/app/main_window.h"
#include "console/views/overview/overview_screen.h"
#include "tests/bench/console/bench_case.h"
#include "tests/support/gui/console_fleet.h"

#include <QCoreApplication>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

namespace signalbox::console {

namespace {

constexpr int kStarts = 5;
constexpr int kHistorySeconds = 900;

// What is in memory and in no file, in KiB.
long anonymousKib()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("RssAnon:"))
            return std::stol(line.substr(8));
    }
    return 0;
}

// From nothing to a window that can be used; the process itself and its fonts come on top.
std::vector<Timing> measureStart()
{
    Timing start{"window: made, shown, painted", {}, 800};
    for (int i = 0; i < kStarts; ++i)
        start.milliseconds.push_back(millisecondsOf([] {
            app::Settings settings{QString()};
            app::MainWindow window(base::systemClock(), settings, {});
            window.showConnectPage();
            window.show();
            QCoreApplication::processEvents();
        }));
    return {start};
}

std::vector<Timing> measureMemory()
{
    const long before = anonymousKib();
    tests::ConsoleFleet fleet({.gateways = 3, .pools = 10, .instancesPerPool = 100});
    overview::OverviewScreen screen(fleet.session(), nullptr);
    screen.resize(1400, 800);
    screen.show();
    fleet.connect(kHistorySeconds);
    QCoreApplication::processEvents();
    std::printf("%-52s %8.1f MiB anonymous in all, %.1f of it for the fleet  wanted 150\n",
                "1,000 agents with 15 min of history", static_cast<double>(anonymousKib()) / 1024,
                static_cast<double>(anonymousKib() - before) / 1024);
    return {};
}

} // namespace

std::vector<BenchCase> windowCases()
{
    return {{"window-start", measureStart}, {"memory-1k", measureMemory}};
}

} // namespace signalbox::console
