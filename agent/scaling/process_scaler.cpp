// SPDX-License-Identifier: Apache-2.0
#include "agent/scaling/process_scaler.h"

#include "shared/base/limits.h"
#include "shared/model/scale_template.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace signalbox::scaling {

ProcessScaler::ProcessScaler(Parts parts)
    : parts_(std::move(parts)),
      pairParts_{parts_.runner, parts_.clock, parts_.settings, parts_.prepare, parts_.tell}
{
}

void ProcessScaler::follow(const std::vector<model::Pool>& pools)
{
    for (auto& [name, kept] : pools_)
        kept.isWanted = false;
    for (const model::Pool& pool : pools) {
        if (pools_.size() >= limits::kScaledPools && !pools_.contains(pool.name))
            continue; // policy that validates never has so many
        Kept& kept = pools_[pool.name];
        kept.pool = pool;
        kept.isWanted = true;
    }
}

void ProcessScaler::look()
{
    for (auto& [name, kept] : pools_)
        lookAt(kept);
    std::erase_if(pools_, [](const auto& entry) {
        return !entry.second.isWanted && entry.second.pairs.empty();
    });
}

std::uint32_t ProcessScaler::wantedOf(const Kept& kept) const
{
    return kept.isWanted && !isStopping_ ? kept.pool.scale->pairs() : 0;
}

void ProcessScaler::lookAt(Kept& kept)
{
    for (auto& [index, pair] : kept.pairs) {
        const std::int64_t before = pair->startMs();
        pair->look(factsOf(*pair));
        if (before == 0 && pair->startMs() > 0)
            kept.lastStartMs = pair->startMs();
    }
    std::erase_if(kept.pairs, [](const auto& entry) { return entry.second->hasEnded(); });
    const auto running = static_cast<std::size_t>(
        std::count_if(kept.pairs.begin(), kept.pairs.end(),
                      [](const auto& entry) { return !entry.second->isStopping(); }));
    const std::size_t wanted = wantedOf(kept);
    kept.problem = wanted > 0 ? whyNot(*kept.pool.scale, parts_.settings) : std::string();
    dismiss(kept, running > wanted ? running - wanted : 0);
    if (running < wanted && kept.problem.empty())
        startOne(kept);
}

// Those that policy drains go first, because somebody chose them; then what serves nobody yet;
// then the youngest, which are the coldest.
void ProcessScaler::dismiss(Kept& kept, std::size_t count)
{
    using Rank = std::tuple<bool, bool, std::int64_t>;
    struct Candidate {
        Rank rank;
        ScaledPair* pair = nullptr;
        PairFacts facts;
    };
    std::vector<Candidate> candidates;
    for (auto& [index, pair] : kept.pairs) {
        if (pair->isStopping())
            continue;
        PairFacts facts = factsOf(*pair);
        const Rank rank{!facts.mustDrain, pair->isReady(), -std::int64_t{index}};
        candidates.push_back({rank, pair.get(), std::move(facts)});
    }
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) { return a.rank < b.rank; });
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (i < count)
            candidates[i].pair->leave(candidates[i].facts);
        else
            candidates[i].pair->stay();
    }
}

// One at a time: each start forks this process, and engines that load together load slowly.
void ProcessScaler::startOne(Kept& kept)
{
    const base::Monotonic now = parts_.clock.monotonic();
    if (now < nextStartAt_)
        return;
    nextStartAt_ = now + limits::kScaledStartGap;
    const std::uint32_t index = freeIndex(kept);
    kept.pairs.emplace(index, std::make_unique<ScaledPair>(pairParts_, kept.pool, index));
}

// The lowest whose name nobody uses and policy does not drain, so that it would serve.
std::uint32_t ProcessScaler::freeIndex(const Kept& kept) const
{
    const std::uint32_t first = kept.pool.scale->others + 1;
    for (std::uint32_t index = first; index < first + 2 * limits::kScaledPairs; ++index) {
        const PairFacts facts = parts_.factsOf(model::pairId(kept.pool.name, index));
        const bool isForeign
            = facts.isRegistered && facts.startedBy != parts_.settings.agentId;
        if (!kept.pairs.contains(index) && !isForeign && !facts.mustDrain)
            return index;
    }
    return kept.pairs.empty() ? first : std::max(first, kept.pairs.rbegin()->first + 1);
}

std::vector<model::ScaleProgress> ProcessScaler::progress() const
{
    std::vector<model::ScaleProgress> all;
    for (const auto& [name, kept] : pools_) {
        model::ScaleProgress progress;
        progress.pool = name;
        progress.desired = kept.isWanted ? kept.pool.scale->desired : 0;
        progress.others = kept.pool.scale->others;
        progress.lastStartMs = kept.lastStartMs;
        progress.problem = kept.problem.substr(0, limits::kReasonBytes);
        for (const auto& [index, pair] : kept.pairs)
            progress.pairs.push_back(pair->progress());
        all.push_back(std::move(progress));
    }
    return all;
}

void ProcessScaler::stopAll()
{
    isStopping_ = true;
    for (auto& [name, kept] : pools_) {
        for (auto& [index, pair] : kept.pairs)
            pair->stop();
    }
}

bool ProcessScaler::hasEnded() const
{
    return std::all_of(pools_.begin(), pools_.end(),
                       [](const auto& entry) { return entry.second.pairs.empty(); });
}

} // namespace signalbox::scaling
