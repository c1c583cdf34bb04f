// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace signalbox::console {

// What was measured, in milliseconds, against what is wanted.
struct Timing {
    std::string what;
    std::vector<double> milliseconds;
    double budget = 0; // for the 95th percentile
};

// One thing to measure. A screen adds its own: a file beside this one, and a line in main.cpp.
struct BenchCase {
    std::string name;
    std::function<std::vector<Timing>()> run;
};

double millisecondsOf(const std::function<void()>& work);

std::vector<BenchCase> topologyCases();
std::vector<BenchCase> tableCases();
std::vector<BenchCase> windowCases();

} // namespace signalbox::console
