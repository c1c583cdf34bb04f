// SPDX-License-Identifier: Apache-2.0
// signalbox-console-bench [part of a case's name]: what the console's screens cost, off screen.
#include "console/theme/apply_theme.h"
#include "tests/bench/console/bench_case.h"

#include <QApplication>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace {

using signalbox::console::BenchCase;
using signalbox::console::Timing;

double percentile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

void print(const Timing& timing)
{
    const double high = percentile(timing.milliseconds, 0.95);
    std::printf("%-52s p50 %8.2f  p95 %8.2f  max %8.2f ms  wanted %7.1f  %s\n",
                timing.what.c_str(), percentile(timing.milliseconds, 0.5), high,
                percentile(timing.milliseconds, 1), timing.budget,
                high <= timing.budget ? "held" : "MISSED");
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    signalbox::theme::applyTheme(application, signalbox::theme::Scheme::Dark);
    const std::string wanted = argc > 1 ? argv[1] : "";
    std::vector<BenchCase> cases;
    for (const auto& some : {signalbox::console::windowCases, signalbox::console::liveCases,
                             signalbox::console::tableCases,
                             signalbox::console::topologyCases}) {
        for (BenchCase& one : some())
            cases.push_back(std::move(one));
    }
    for (const BenchCase& one : cases) {
        if (one.name.find(wanted) == std::string::npos)
            continue;
        for (const Timing& timing : one.run())
            print(timing);
    }
    return 0;
}
