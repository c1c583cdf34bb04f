// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/upstream/load_balancer.h"
#include "shared/base/limits.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace signalbox::upstream {

// A prompt as hashes of its blocks, each over all text before it: equal hashes, equal beginnings.
// Lives on: core; a value of the exchange.
class PrefixChain {
public:
    static constexpr std::size_t kBlockBytes = 2'048;
    static constexpr std::uint32_t kTokensPerBlock = kBlockBytes / 4;

    // Whole blocks of the text only, at most limits::kPrefixBlocks; prompts shorter than one have
    // no prefix worth a thought.
    void take(std::string_view text);
    std::size_t size() const { return size_; }
    bool isEmpty() const { return size_ == 0; }
    std::uint64_t at(std::size_t block) const { return hashes_[block]; }

private:
    std::array<std::uint64_t, limits::kPrefixBlocks> hashes_;
    std::uint32_t size_ = 0;
};

// Which member was asked which prefixes, as this core saw it: a guess at what their engines have
// cached, never a promise. Of fixed size; a new block takes the place of the oldest of its row.
// Lives on: core; one per core. Its memory is taken with the first long prompt.
class PrefixIndex {
public:
    // Members that were asked for the beginning of this prompt, with the tokens they share with it.
    CachedPrefix find(const PrefixChain& chain, Ticks now) const;
    void note(const PrefixChain& chain, std::uint32_t member, Ticks now);

private:
    static constexpr std::size_t kWays = 8; // of one row
    static constexpr std::size_t kRows = limits::kPrefixEntries / kWays;

    struct Entry {
        std::uint64_t hash = 0;
        std::uint32_t member = 0; // 0 = empty
        std::uint32_t second = 0; // when it was asked, seconds of the monotonic clock
    };
    using Row = std::array<Entry, kWays>;

    std::unique_ptr<std::array<Row, kRows>> rows_;
};

} // namespace signalbox::upstream
