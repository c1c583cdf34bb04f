// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/prefix_index.h"

#include <algorithm>
#include <cstring>

namespace signalbox::upstream {

namespace {

constexpr Ticks kSecond = 1'000'000'000;
// Engines forget what nobody asks for; how soon depends on their load. What is older is no guess.
constexpr std::uint32_t kRememberSeconds = 600;

std::uint32_t secondOf(Ticks now)
{
    return static_cast<std::uint32_t>(now / kSecond);
}

// Two lanes of multiply and mix: about 8 bytes a cycle, good enough to tell prompts apart.
std::uint64_t hashOf(std::string_view block, std::uint64_t seed)
{
    std::uint64_t left = seed ^ 0x9e3779b97f4a7c15ULL;
    std::uint64_t right = ~seed;
    for (std::size_t i = 0; i + 16 <= block.size(); i += 16) {
        std::uint64_t words[2];
        std::memcpy(words, block.data() + i, sizeof words);
        left = (left ^ words[0]) * 0xff51afd7ed558ccdULL;
        right = (right ^ words[1]) * 0xc4ceb9fe1a85ec53ULL;
        left ^= left >> 32U;
        right ^= right >> 29U;
    }
    return mixed(left ^ (right << 1U | right >> 63U));
}

} // namespace

void PrefixChain::take(std::string_view text)
{
    size_ = static_cast<std::uint32_t>(std::min(text.size() / kBlockBytes, hashes_.size()));
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < size_; ++i) {
        hash = hashOf(text.substr(i * kBlockBytes, kBlockBytes), hash);
        hashes_[i] = hash;
    }
}

CachedPrefix PrefixIndex::find(const PrefixChain& chain, Ticks now) const
{
    CachedPrefix found;
    if (rows_ == nullptr || chain.isEmpty())
        return found;
    const std::uint32_t second = secondOf(now);
    for (std::size_t block = 0; block < chain.size(); ++block) {
        const auto before = static_cast<std::uint32_t>(block * PrefixChain::kTokensPerBlock);
        bool isKnown = false;
        for (const Entry& entry : (*rows_)[chain.at(block) % kRows]) {
            if (entry.member == 0 || entry.hash != chain.at(block)
                || second - entry.second > kRememberSeconds)
                continue;
            const auto end = found.shares.begin() + static_cast<std::ptrdiff_t>(found.count);
            const auto share
                = std::find_if(found.shares.begin(), end, [&](const CachedPrefix::Share& one) {
                      return one.member == entry.member;
                  });
            // A prefix has no holes: a member goes on only from the block before.
            if (share != end && share->tokens == before)
                share->tokens += PrefixChain::kTokensPerBlock;
            else if (share == end && block == 0 && found.count < CachedPrefix::kMembers)
                found.shares[found.count++] = {entry.member, PrefixChain::kTokensPerBlock};
            else
                continue;
            isKnown = true;
        }
        if (!isKnown)
            break;
    }
    return found;
}

void PrefixIndex::note(const PrefixChain& chain, std::uint32_t member, Ticks now)
{
    if (chain.isEmpty())
        return;
    if (rows_ == nullptr)
        rows_ = std::make_unique<std::array<Row, kRows>>();
    const std::uint32_t second = secondOf(now);
    for (std::size_t block = 0; block < chain.size(); ++block) {
        Row& row = (*rows_)[chain.at(block) % kRows];
        const auto same = std::find_if(row.begin(), row.end(), [&](const Entry& entry) {
            return entry.hash == chain.at(block) && entry.member == member;
        });
        const auto place = same != row.end()
            ? same
            : std::min_element(row.begin(), row.end(), [](const Entry& a, const Entry& b) {
                  return a.second < b.second;
              });
        *place = {chain.at(block), member, second};
    }
}

} // namespace signalbox::upstream
