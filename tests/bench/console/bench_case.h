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

// One number against what is wanted at most, printed as it is known.
struct Figure {
    double value = 0;
    double wanted = 0;
    const char* unit = "";
};
void printFigure(const std::string& what, const Figure& figure);

// What is in memory and in no file, of this process.
double anonymousMib();

std::vector<BenchCase> topologyCases();
std::vector<BenchCase> tableCases();
std::vector<BenchCase> windowCases();
std::vector<BenchCase> liveCases();

} // namespace signalbox::console
