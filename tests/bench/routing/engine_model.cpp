// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/routing/engine_model.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace signalbox::routing {

namespace {
constexpr std::uint32_t kBlockTokens = 512;
}

EngineModel::EngineModel(const EngineConstants& constants,
                         std::function<void(std::size_t)> onFirstToken,
                         std::function<void(std::size_t)> onEnd)
    : constants_(constants), onFirstToken_(std::move(onFirstToken)), onEnd_(std::move(onEnd))
{
}

void EngineModel::submit(std::size_t request, const Arrival& arrival, double now)
{
    waiting_.push_back({request, &arrival, arrival.promptTokens, 0});
    pendingPrompt_ += arrival.promptTokens;
    if (!isRunning_)
        begin(now);
}

double EngineModel::nextEnd() const
{
    return isRunning_ ? endsAt_ : std::numeric_limits<double>::infinity();
}

void EngineModel::advanceTo(double now)
{
    while (isRunning_ && endsAt_ <= now)
        end();
}

void EngineModel::admit()
{
    while (!waiting_.empty()
           && reading_.size() + decoding_.size() < constants_.sequencesMost) {
        Sequence& next = waiting_.front();
        const std::uint64_t needs = next.arrival->promptTokens + next.arrival->outputTokens;
        if (used_ + needs > constants_.cacheTokens && used_ > 0)
            return;
        const std::uint32_t cached = cachedTokens(*next.arrival);
        promptTotal_ += next.arrival->promptTokens;
        cachedTotal_ += cached;
        next.promptLeft = next.arrival->promptTokens - cached;
        used_ += needs;
        reading_.push_back(next);
        waiting_.pop_front();
    }
}

void EngineModel::begin(double now)
{
    admit();
    isRunning_ = !reading_.empty() || !decoding_.empty();
    if (!isRunning_)
        return;
    std::uint64_t context = 0;
    for (const Sequence& sequence : decoding_)
        context += sequence.arrival->promptTokens + sequence.produced;
    std::uint32_t budget = constants_.promptChunk;
    std::uint32_t read = 0;
    chunks_.clear();
    for (const Sequence& sequence : reading_) {
        const std::uint32_t chunk = std::min(budget, sequence.promptLeft);
        if (chunk == 0)
            break;
        chunks_.push_back(chunk);
        budget -= chunk;
        read += chunk;
    }
    endsAt_ = now + constants_.step
        + constants_.perSequence * static_cast<double>(decoding_.size())
        + constants_.perContext * static_cast<double>(context) + constants_.perPrompt * read;
}

void EngineModel::end()
{
    clock_ = endsAt_;
    for (Sequence& sequence : decoding_)
        ++sequence.produced;
    std::erase_if(decoding_, [this](const Sequence& sequence) {
        if (sequence.produced < sequence.arrival->outputTokens)
            return false;
        used_ -= sequence.arrival->promptTokens + sequence.arrival->outputTokens;
        onEnd_(sequence.request);
        return true;
    });
    for (std::size_t i = 0; i < chunks_.size(); ++i)
        reading_[i].promptLeft -= chunks_[i];
    while (!reading_.empty() && reading_.front().promptLeft == 0) {
        Sequence sequence = reading_.front();
        reading_.pop_front();
        sequence.produced = 1;
        pendingPrompt_ -= sequence.arrival->promptTokens;
        remember(*sequence.arrival);
        onFirstToken_(sequence.request);
        if (sequence.arrival->outputTokens > 1) {
            decoding_.push_back(sequence);
            continue;
        }
        used_ -= sequence.arrival->promptTokens + sequence.arrival->outputTokens;
        onEnd_(sequence.request);
    }
    begin(clock_);
}

// The last token of a prompt is always read: it gives the first one of the answer.
std::uint32_t EngineModel::cachedTokens(const Arrival& arrival)
{
    std::uint32_t tokens = 0;
    for (const std::uint32_t block : arrival.blocks) {
        const auto known = cached_.find(block);
        if (known == cached_.end())
            break;
        newestFirst_.splice(newestFirst_.begin(), newestFirst_, known->second);
        tokens += kBlockTokens;
    }
    return std::min(tokens, arrival.promptTokens - 1);
}

void EngineModel::remember(const Arrival& arrival)
{
    if (constants_.prefixBlocks == 0)
        return;
    // From the end: the beginnings, which others share, are the newest.
    for (auto block = arrival.blocks.rbegin(); block != arrival.blocks.rend(); ++block) {
        const auto known = cached_.find(*block);
        if (known != cached_.end()) {
            newestFirst_.splice(newestFirst_.begin(), newestFirst_, known->second);
            continue;
        }
        newestFirst_.push_front(*block);
        cached_[*block] = newestFirst_.begin();
        if (cached_.size() > constants_.prefixBlocks) {
            cached_.erase(newestFirst_.back());
            newestFirst_.pop_back();
        }
    }
}

} // namespace signalbox::routing
