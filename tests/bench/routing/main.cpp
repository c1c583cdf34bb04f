// SPDX-License-Identifier: Apache-2.0
// Replays recorded traffic through the router and through simpler policies, in simulated time, and
// prints the time to the first token of each. Prints, judges nothing.
#include "tests/bench/routing/replay.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string>

namespace {

using namespace signalbox::routing;

constexpr std::uint64_t kSeeds[] = {1, 2, 3};

// Means over the seeds: one run of a policy that draws lots says little.
Outcome meanOf(const Setting& setting, Policy policy)
{
    Outcome sum;
    for (const std::uint64_t seed : kSeeds) {
        const Outcome one = replay(setting, policy, seed);
        sum.mean += one.mean / std::size(kSeeds);
        sum.p50 += one.p50 / std::size(kSeeds);
        sum.p95 += one.p95 / std::size(kSeeds);
        sum.p99 += one.p99 / std::size(kSeeds);
        sum.cachedShare += one.cachedShare / std::size(kSeeds);
        sum.choiceMicroseconds += one.choiceMicroseconds / std::size(kSeeds);
    }
    return sum;
}

void print(const Setting& setting)
{
    if (setting.arrivals->empty()) {
        fmt::print("{}: its trace is not here\n\n", setting.name);
        return;
    }
    fmt::print("{}: {} requests, {} replicas\n", setting.name, setting.arrivals->size(),
               setting.replicas);
    fmt::print("  {:<16}{:>9}{:>9}{:>9}{:>9}{:>9}{:>12}\n", "policy", "mean s", "p50", "p95", "p99",
               "cached", "choice us");
    for (const Policy policy : kPolicies) {
        const Outcome outcome = meanOf(setting, policy);
        fmt::print("  {:<16}{:>9.3f}{:>9.3f}{:>9.3f}{:>9.3f}{:>8.0f}%{:>12.2f}\n", nameOf(policy),
                   outcome.mean, outcome.p50, outcome.p95, outcome.p99, outcome.cachedShare * 100,
                   outcome.choiceMicroseconds);
    }
    fmt::print("\n");
}

} // namespace

// usage: signalbox-routing-bench [FOLDER OF TRACES]
int main(int argumentCount, char** arguments)
{
    const char* given = std::getenv("SIGNALBOX_TRACES");
    const std::string folder = argumentCount > 1 ? arguments[1]
        : given != nullptr                       ? given
                                                 : "../shared/data/traces";
    const auto chat = readAzureTrace(folder + "/azure_llm_2023_conv.csv", 4);
    const auto chatThree = readAzureTrace(folder + "/azure_llm_2023_conv.csv", 3);
    const auto code = readAzureTrace(folder + "/azure_llm_2023_code.csv", 2);
    const auto conversation = readMooncakeTrace(folder + "/mooncake_conversation.jsonl");
    EngineConstants plain;
    EngineConstants caching;
    caching.prefixBlocks = 3'000;
    print({"chat, four times as fast", &chat, plain});
    print({"chat, three times as fast, one replica 2.5 times slower", &chatThree, plain, 8, 2.5});
    print({"code, twice as fast", &code, plain});
    print({"conversation with shared prefixes", &conversation, caching});
    return 0;
}
