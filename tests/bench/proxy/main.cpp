// SPDX-License-Identifier: Apache-2.0
// The gateway beside HAProxy and nginx: the same work in the same run, one core for each, load and
// upstream on another. Prints costs and ratios; judges nothing.
#include "tests/bench/proxy/contender.h"
#include "tests/bench/proxy/load.h"
#include "tests/bench/proxy/static_upstream.h"

#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace signalbox::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr int kRounds = 3;
constexpr milliseconds kWarmUp{500};
constexpr milliseconds kMeasured{3'000};
constexpr LoadShape kPlain{.connections = 32};
constexpr LoadShape kStreams{.connections = 64, .streams = true, .events = 200, .pauseMs = 10};
constexpr LoadShape kOpenStreams{
    .connections = 1'000, .streams = true, .events = 1'000, .pauseMs = 1'000};

struct Sample {
    double perSecond = 0;
    double cpuUs = 0; // of one request or event
};

struct Row {
    std::vector<Sample> plain;
    std::vector<Sample> events;
    double idleKiB = 0;
    double openKiB = 0;
    std::uint64_t failures = 0;
};

Sample measure(const Contender& contender, const LoadShape& shape, Row& row)
{
    Load load(contender.port(), shape);
    row.failures += load.runFor(kWarmUp).failures;
    const double before = contender.cost().cpuUs;
    const LoadResult result = load.runFor(kMeasured);
    const double used = contender.cost().cpuUs - before;
    row.failures += result.failures;
    const auto count = static_cast<double>(shape.streams ? result.events : result.answers);
    return {count / std::chrono::duration<double>(kMeasured).count(), used / std::max(1.0, count)};
}

// A gateway answers 503 until it has read its policy and probed the upstream.
void awaitService(const Contender& contender)
{
    for (int i = 0; i < 100; ++i) {
        const LoadResult result = Load(contender.port(), {.connections = 1}).runFor(100ms);
        if (result.answers > 0 && result.failures == 0)
            return;
    }
    throw std::runtime_error(contender.name() + " serves nothing within 10 s");
}

void measureMemory(const Contender& contender, Row& row)
{
    row.idleKiB = contender.cost().anonymousKiB;
    Load open(contender.port(), kOpenStreams);
    row.failures += open.runFor(kMeasured).failures;
    row.openKiB = contender.cost().anonymousKiB;
}

Sample median(std::vector<Sample> samples)
{
    std::sort(samples.begin(), samples.end(),
              [](const Sample& a, const Sample& b) { return a.cpuUs < b.cpuUs; });
    return samples[samples.size() / 2];
}

void print(const std::map<std::string, Row>& rows)
{
    const Sample plainBase = median(rows.at("haproxy").plain);
    const Sample eventBase = median(rows.at("haproxy").events);
    fmt::print("\n160-byte POST, 560-byte answer, {} connections; {} streams of {} events {} ms "
               "apart; medians of {} rounds\n",
               kPlain.connections, kStreams.connections, kStreams.events, kStreams.pauseMs,
               kRounds);
    fmt::print("{:<10} {:>9} {:>11} {:>9}   {:>9} {:>11} {:>9}   {:>10} {:>14} {:>9}\n", "",
               "requests/s", "CPU us/req", "x haproxy", "events/s", "CPU us/event", "x haproxy",
               "idle MiB", "1000 streams", "failures");
    for (const auto& [name, row] : rows) {
        const Sample plain = median(row.plain);
        const Sample events = median(row.events);
        fmt::print("{:<10} {:>10.0f} {:>11.2f} {:>9.2f}   {:>9.0f} {:>12.2f} {:>9.2f}   {:>8.1f} "
                   "{:>10.1f} MiB {:>9}\n",
                   name, plain.perSecond, plain.cpuUs, plain.cpuUs / plainBase.cpuUs,
                   events.perSecond, events.cpuUs, events.cpuUs / eventBase.cpuUs,
                   row.idleKiB / 1'024, row.openKiB / 1'024, row.failures);
    }
}

int run(const std::filesystem::path& folder)
{
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    const StaticUpstream upstream;
    std::map<std::string, Row> rows;
    for (int round = 0; round < kRounds; ++round) {
        for (const char* name : {"haproxy", "nginx", "signalbox"}) {
            const Contender contender(name, upstream.port(), folder / name);
            awaitService(contender);
            Row& row = rows[name];
            if (round == 0)
                measureMemory(contender, row);
            row.plain.push_back(measure(contender, kPlain, row));
            row.events.push_back(measure(contender, kStreams, row));
            fmt::print("round {} of {}  {:<10} {:.2f} us a request, {:.2f} us an event\n",
                       round + 1, kRounds, name, row.plain.back().cpuUs, row.events.back().cpuUs);
            std::fflush(stdout);
        }
    }
    print(rows);
    return 0;
}

} // namespace
} // namespace signalbox::bench

int main(int argc, char** argv)
{
    if (argc != 2) {
        fmt::print(stderr, "usage: {} FOLDER   (for configurations and logs)\n", argv[0]);
        return 2;
    }
    try {
        return signalbox::bench::run(std::filesystem::absolute(argv[1]));
    } catch (const std::exception& error) {
        fmt::print(stderr, "proxy bench: {}\n", error.what());
        return 1;
    }
}
