// SPDX-License-Identifier: Apache-2.0
#include "console/app/main_window.h"
#include "console/views/overview/overview_screen.h"
#include "tests/bench/console/bench_case.h"
#include "tests/support/gui/console_fleet.h"

#include <QCoreApplication>

#include <memory>
#include <string>

namespace signalbox::console {

namespace {

constexpr int kStarts = 5;
constexpr int kHistorySeconds = 900;

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
    const double before = anonymousMib();
    tests::ConsoleFleet fleet({.gateways = 3, .pools = 10, .instancesPerPool = 100});
    overview::OverviewScreen screen(fleet.session(), nullptr);
    screen.resize(1400, 800);
    screen.show();
    fleet.connect(kHistorySeconds);
    QCoreApplication::processEvents();
    printFigure("1,000 agents with 15 min of history: anonymous", {anonymousMib(), 150, "MiB"});
    printFigure("  of it for the fleet", {anonymousMib() - before, 150, "MiB"});
    return {};
}

} // namespace

std::vector<BenchCase> windowCases()
{
    return {{"window-start", measureStart}, {"memory-1k", measureMemory}};
}

} // namespace signalbox::console
