// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/bench/routing/traces.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <unordered_map>
#include <vector>

namespace signalbox::routing {

// Seconds that one iteration takes: step + perSequence * decoding + perContext * their context
// + perPrompt * prompt tokens read in it. Fitted to the published measurements of splitwise-sim for
// Llama-2-70B on H100 with tensor parallelism of 8.
struct EngineConstants {
    double step = 0.0299;
    double perSequence = 0.000223;
    double perContext = 1.6e-7;
    double perPrompt = 0.000091;
    std::uint32_t promptChunk = 2'048; // prompt tokens an iteration may read
    std::uint32_t sequencesMost = 128;
    std::uint64_t cacheTokens = 1'200'000; // of running sequences
    std::size_t prefixBlocks = 0; // kept of prompts that were read; 0 = no prefix cache

    double prefillTokensPerSecond() const { return 1 / (perPrompt + step / promptChunk); }
};

// An engine with continuous batching, one event an iteration. Lives on: the benchmark's thread.
class EngineModel {
public:
    EngineModel(const EngineConstants& constants, std::function<void(std::size_t)> onFirstToken,
                std::function<void(std::size_t)> onEnd);

    void submit(std::size_t request, const Arrival& arrival, double now);
    // Ends the iterations that end until then.
    void advanceTo(double now);
    // When the running iteration ends; infinity when idle.
    double nextEnd() const;
    double now() const { return clock_; } // of the newest end of an iteration

    // What the agent beside it counts.
    std::uint64_t pendingPromptTokens() const { return pendingPrompt_; }
    std::uint32_t decoding() const { return static_cast<std::uint32_t>(decoding_.size()); }

    std::uint64_t promptTokensTotal() const { return promptTotal_; }
    std::uint64_t promptTokensCachedTotal() const { return cachedTotal_; }

private:
    struct Sequence {
        std::size_t request = 0;
        const Arrival* arrival = nullptr;
        std::uint32_t promptLeft = 0;
        std::uint32_t produced = 0;
    };
    void begin(double now);
    void end();
    void admit();
    std::uint32_t cachedTokens(const Arrival& arrival);
    void remember(const Arrival& arrival);

    EngineConstants constants_;
    std::function<void(std::size_t)> onFirstToken_;
    std::function<void(std::size_t)> onEnd_;
    std::deque<Sequence> waiting_;
    std::deque<Sequence> reading_; // admitted, prompt not read yet
    std::vector<Sequence> decoding_;
    std::vector<std::uint32_t> chunks_; // of reading_, in the running iteration
    bool isRunning_ = false;
    double endsAt_ = 0;
    double clock_ = 0;
    std::uint64_t used_ = 0; // tokens reserved by admitted sequences
    std::uint64_t pendingPrompt_ = 0;
    std::uint64_t promptTotal_ = 0;
    std::uint64_t cachedTotal_ = 0;
    std::list<std::uint32_t> newestFirst_;
    std::unordered_map<std::uint32_t, std::list<std::uint32_t>::iterator> cached_;
};

} // namespace signalbox::routing
