// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/routing/traces.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

namespace signalbox::routing {

namespace {

// "2023-11-16 18:15:46.6805900": seconds of the day are enough for a trace of an hour.
double secondOfDay(const std::string& stamp)
{
    int hour = 0;
    int minute = 0;
    double second = 0;
    if (std::sscanf(stamp.c_str() + stamp.find(' '), " %d:%d:%lf", &hour, &minute, &second) != 3)
        return 0;
    return hour * 3'600.0 + minute * 60.0 + second;
}

// The number behind "name": of one line of JSON that the trace's own writer made.
double numberOf(const std::string& line, std::string_view name)
{
    const std::size_t at = line.find(name);
    return at == std::string::npos ? 0 : std::strtod(line.c_str() + at + name.size(), nullptr);
}

std::vector<std::uint32_t> listOf(const std::string& line, std::string_view name)
{
    std::vector<std::uint32_t> numbers;
    const std::size_t at = line.find(name);
    if (at == std::string::npos)
        return numbers;
    const char* read = line.c_str() + at + name.size();
    while (*read != '\0' && *read != ']') {
        char* end = nullptr;
        const unsigned long number = std::strtoul(read, &end, 10);
        if (end == read) {
            ++read;
            continue;
        }
        numbers.push_back(static_cast<std::uint32_t>(number));
        read = end;
    }
    return numbers;
}

} // namespace

std::vector<Arrival> readAzureTrace(const std::string& path, double speed)
{
    std::vector<Arrival> arrivals;
    std::ifstream file(path);
    std::string line;
    std::getline(file, line); // the names of the columns
    double first = -1;
    while (std::getline(file, line)) {
        const std::size_t comma = line.find(',');
        if (comma == std::string::npos)
            continue;
        Arrival arrival;
        const double at = secondOfDay(line.substr(0, comma));
        first = first < 0 ? at : first;
        arrival.second = (at - first) / speed;
        char* next = nullptr;
        const char* numbers = line.c_str() + comma + 1;
        arrival.promptTokens
            = static_cast<std::uint32_t>(std::max(1L, std::strtol(numbers, &next, 10)));
        arrival.outputTokens
            = static_cast<std::uint32_t>(std::max(1L, std::strtol(next + 1, nullptr, 10)));
        arrivals.push_back(std::move(arrival));
    }
    return arrivals;
}

std::vector<Arrival> readMooncakeTrace(const std::string& path)
{
    std::vector<Arrival> arrivals;
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        Arrival arrival;
        arrival.second = numberOf(line, "\"timestamp\":") / 1'000;
        arrival.promptTokens = static_cast<std::uint32_t>(
            std::max(1.0, numberOf(line, "\"input_length\":")));
        arrival.outputTokens = static_cast<std::uint32_t>(
            std::max(1.0, numberOf(line, "\"output_length\":")));
        arrival.blocks = listOf(line, "\"hash_ids\":");
        arrivals.push_back(std::move(arrival));
    }
    std::stable_sort(arrivals.begin(), arrivals.end(), [](const Arrival& a, const Arrival& b) {
        return a.second < b.second;
    });
    return arrivals;
}

} // namespace signalbox::routing
