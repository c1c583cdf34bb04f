// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/console/bench_case.h"

#include <chrono>
#include <cstdio>
#include <fstream>

namespace signalbox::console {

double millisecondsOf(const std::function<void()>& work)
{
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
        .count();
}

void printFigure(const std::string& what, const Figure& figure)
{
    std::printf("%-52s %8.2f %s  wanted %.1f  %s\n", what.c_str(), figure.value, figure.unit,
                figure.wanted, figure.value <= figure.wanted ? "held" : "MISSED");
    std::fflush(stdout);
}

double anonymousMib()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("RssAnon:"))
            return std::stod(line.substr(8)) / 1'024;
    }
    return 0;
}

} // namespace signalbox::console
