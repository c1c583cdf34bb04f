// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/kit/step_time.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace signalbox::engine_sim {

using SequenceId = std::uint64_t;

struct BatchLimits {
    std::size_t sequencesMax = 256;      // running at once
    std::size_t batchedTokensMax = 2048; // computed in one iteration
    std::size_t kvTokens = 400'000;      // context held by all running sequences
};

// What a new sequence brings.
struct SequenceStart {
    SequenceId id = 0;
    std::size_t promptTokens = 0;
    std::size_t cachedTokens = 0; // of the prompt, computed by a sibling choice
};

// Continuous batching, first come first served: each iteration gives every running sequence
// its next token and fills the rest of the budget with prompts, in chunks. When the KV memory
// is full the newest sequence loses its place and its computed context.
// Lives on: the engine's one thread; pure, it knows no time.
class BatchScheduler {
public:
    explicit BatchScheduler(const BatchLimits& limits) : limits_(limits) {}

    void add(const SequenceStart& start);
    void remove(SequenceId id);

    // Chooses the next iteration's work; false when there is none.
    bool plan(lab::StepWork& work);
    // The planned iteration is done: these sequences each have one token more.
    std::vector<SequenceId> commit();

    std::size_t running() const { return running_.size(); }
    std::size_t waiting() const { return waiting_.size(); }
    std::size_t kvTokensUsed() const { return kvUsed_; }
    double kvUsage() const;
    std::uint64_t preemptions() const { return preemptions_; }

private:
    struct Sequence {
        SequenceId id = 0;
        std::size_t tokens = 0;   // prompt and generated
        std::size_t computed = 0; // of them, held in KV memory
        std::size_t planned = 0;  // computed by the planned iteration
        bool hasGenerated = false;
    };

    void planRunning(std::size_t& budget);
    void planWaiting(std::size_t& budget);
    bool makeRoom(std::size_t needed, SequenceId keep);
    void preemptNewest();

    BatchLimits limits_;
    std::deque<Sequence> running_; // oldest first
    std::deque<Sequence> waiting_;
    std::size_t kvUsed_ = 0;
    std::uint64_t preemptions_ = 0;
};

} // namespace signalbox::engine_sim
