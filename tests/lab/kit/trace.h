// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::lab {

// One request of a recorded or generated load.
struct Arrival {
    std::chrono::nanoseconds at{0}; // since the start of the load
    std::uint32_t promptTokens = 0;
    std::uint32_t outputTokens = 0;
    std::uint32_t client = 0;
    // Ids of the prompt's 512-token blocks where the trace knows them: equal ids, equal text.
    std::vector<std::uint32_t> blocks;
};

// Arrivals in order of time. Lives on: one thread.
class ArrivalSource {
public:
    virtual ~ArrivalSource() = default;
    // Nothing when the load is over; never again something after that.
    virtual std::optional<Arrival> next() = 0;
    // For people: where the load is from.
    virtual std::string describe() const = 0;
};

// Reads a whole trace; the format is known by the first line:
//   TIMESTAMP,ContextTokens,GeneratedTokens          Azure LLM inference traces (csv)
//   {"timestamp":ms,"input_length":n,"output_length":n,"hash_ids":[..]}   Mooncake (jsonl)
//   t_s,client,prompt_tokens,output_tokens           VTC arena (csv)
// The first arrival is at zero. Errors name file and line.
base::Result<std::unique_ptr<ArrivalSource>> openTrace(const std::filesystem::path& file);

// Statistics of a kind of load, as published for the traces.
struct TrafficProfile {
    std::string_view name;
    double requestsPerSecond = 0;
    double interArrivalVariation = 1; // coefficient of variation, at least 1
    double promptMedian = 0;          // lengths are log-normal, in tokens
    double promptSigma = 0;
    double outputMedian = 0;
    double outputSigma = 0;
};

// Azure's 2023 traces: chat 5.53 req/s, prompts of 1,155 tokens and answers of 211 in the mean;
// code 2.57 req/s in hard bursts, prompts of 2,048 and answers of 28.
inline constexpr TrafficProfile kChatTraffic{"chat", 5.53, 1.09, 1020, 0.50, 181, 0.556};
inline constexpr TrafficProfile kCodeTraffic{"code", 2.57, 13.2, 1470, 0.815, 13, 1.24};

struct GeneratorOptions {
    TrafficProfile profile = kChatTraffic;
    double requestsPerSecond = 0; // 0: the profile's own
    std::uint64_t seed = 1;
};

// An endless load with these statistics; equal options give equal arrivals.
std::unique_ptr<ArrivalSource> generateTraffic(const GeneratorOptions& options);

} // namespace signalbox::lab
