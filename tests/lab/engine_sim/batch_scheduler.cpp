// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/batch_scheduler.h"

#include <algorithm>

namespace signalbox::engine_sim {

void BatchScheduler::add(const SequenceStart& start)
{
    Sequence sequence;
    sequence.id = start.id;
    sequence.tokens = std::max<std::size_t>(start.promptTokens, 1);
    sequence.computed = std::min(start.cachedTokens, sequence.tokens - 1);
    waiting_.push_back(sequence);
}

void BatchScheduler::remove(SequenceId id)
{
    const auto isIt = [id](const Sequence& sequence) { return sequence.id == id; };
    if (const auto it = std::find_if(running_.begin(), running_.end(), isIt);
        it != running_.end()) {
        kvUsed_ -= it->computed + it->planned;
        running_.erase(it);
        return;
    }
    if (const auto it = std::find_if(waiting_.begin(), waiting_.end(), isIt); it != waiting_.end())
        waiting_.erase(it);
}

double BatchScheduler::kvUsage() const
{
    return static_cast<double>(kvUsed_) / static_cast<double>(limits_.kvTokens);
}

bool BatchScheduler::plan(lab::StepWork& work)
{
    std::size_t budget = limits_.batchedTokensMax;
    planRunning(budget);
    planWaiting(budget);
    work = {};
    for (const Sequence& sequence : running_) {
        if (sequence.planned == 0)
            continue;
        const bool isDecoding = sequence.hasGenerated && sequence.planned == 1
            && sequence.computed + 1 == sequence.tokens;
        if (isDecoding) {
            ++work.decoding;
            work.contextTokens += sequence.tokens;
        } else {
            work.prefillTokens += sequence.planned;
        }
    }
    return work.decoding + work.prefillTokens > 0;
}

void BatchScheduler::planRunning(std::size_t& budget)
{
    for (std::size_t i = 0; i < running_.size() && budget > 0; ++i) {
        const std::size_t needed
            = std::min(running_[i].tokens - running_[i].computed, budget);
        if (!makeRoom(needed, running_[i].id) || i >= running_.size())
            return;
        running_[i].planned = needed;
        kvUsed_ += needed;
        budget -= needed;
    }
}

void BatchScheduler::planWaiting(std::size_t& budget)
{
    while (budget > 0 && !waiting_.empty() && running_.size() < limits_.sequencesMax) {
        Sequence& next = waiting_.front();
        // A sequence alone may exceed the memory: refusing it for ever would serve nobody.
        if (!running_.empty() && kvUsed_ + next.tokens > limits_.kvTokens)
            return;
        next.planned = std::min(next.tokens - next.computed, budget);
        kvUsed_ += next.computed + next.planned;
        budget -= next.planned;
        running_.push_back(next);
        waiting_.pop_front();
    }
}

// False when the sequence that needs the room was itself the newest, and lost its place.
bool BatchScheduler::makeRoom(std::size_t needed, SequenceId keep)
{
    while (kvUsed_ + needed > limits_.kvTokens && running_.size() > 1) {
        const bool wasItself = running_.back().id == keep;
        preemptNewest();
        if (wasItself)
            return false;
    }
    return true;
}

void BatchScheduler::preemptNewest()
{
    Sequence sequence = running_.back();
    running_.pop_back();
    kvUsed_ -= sequence.computed + sequence.planned;
    sequence.computed = 0;
    sequence.planned = 0;
    ++preemptions_;
    waiting_.push_front(sequence);
}

std::vector<SequenceId> BatchScheduler::commit()
{
    std::vector<SequenceId> producing;
    for (Sequence& sequence : running_) {
        if (sequence.planned == 0)
            continue;
        sequence.computed += sequence.planned;
        sequence.planned = 0;
        if (sequence.computed == sequence.tokens) {
            ++sequence.tokens;
            sequence.hasGenerated = true;
            producing.push_back(sequence.id);
        }
    }
    return producing;
}

} // namespace signalbox::engine_sim
