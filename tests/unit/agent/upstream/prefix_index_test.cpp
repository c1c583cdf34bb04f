// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/prefix_index.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace signalbox::upstream {
namespace {

constexpr Ticks kSecond = 1'000'000'000;
constexpr Ticks kNow = 1'000 * kSecond;
constexpr std::size_t kBlock = PrefixChain::kBlockBytes;

std::string textOf(std::initializer_list<char> blocks)
{
    std::string text;
    for (const char block : blocks)
        text.append(kBlock, block);
    return text;
}

PrefixChain chainOf(const std::string& text)
{
    PrefixChain chain;
    chain.take(text);
    return chain;
}

TEST(PrefixChain, NamesWholeBlocksByAllTextBeforeThem)
{
    const PrefixChain one = chainOf(textOf({'a', 'b', 'c'}) + "tail");
    const PrefixChain other = chainOf(textOf({'a', 'x', 'c'}));
    ASSERT_EQ(one.size(), 3U);
    EXPECT_EQ(one.at(0), other.at(0));
    EXPECT_NE(one.at(1), other.at(1));
    EXPECT_NE(one.at(2), other.at(2)) << "the same block behind another one is another prefix";
    EXPECT_TRUE(chainOf(std::string(kBlock - 1, 'a')).isEmpty());
}

TEST(PrefixChain, ReadsNoMoreThanItsLimit)
{
    EXPECT_EQ(chainOf(std::string(kBlock * (limits::kPrefixBlocks + 5), 'a')).size(),
              limits::kPrefixBlocks);
}

TEST(PrefixIndex, KnowsHowMuchOfAPromptAMemberWasAsked)
{
    const auto index = std::make_unique<PrefixIndex>();
    index->note(chainOf(textOf({'a', 'b', 'c'})), 1, kNow);
    index->note(chainOf(textOf({'a', 'x'})), 2, kNow);

    const CachedPrefix found = index->find(chainOf(textOf({'a', 'b', 'z'})), kNow);

    EXPECT_EQ(found.tokensAt(1), 2 * PrefixChain::kTokensPerBlock);
    EXPECT_EQ(found.tokensAt(2), PrefixChain::kTokensPerBlock);
    EXPECT_EQ(found.tokensAt(3), 0U);
}

TEST(PrefixIndex, ForgetsAfterTenMinutes)
{
    const auto index = std::make_unique<PrefixIndex>();
    const PrefixChain chain = chainOf(textOf({'a'}));
    index->note(chain, 1, kNow);
    EXPECT_GT(index->find(chain, kNow + 600 * kSecond).tokensAt(1), 0U);
    EXPECT_EQ(index->find(chain, kNow + 601 * kSecond).tokensAt(1), 0U);
}

TEST(PrefixIndex, IsBoundedWhateverIsAsked)
{
    const auto index = std::make_unique<PrefixIndex>();
    for (std::size_t i = 0; i < 2'000; ++i) {
        std::string text(kBlock * 64, 'a');
        text.replace(0, 8, std::to_string(10'000'000 + i));
        index->note(chainOf(text), 1, kNow + static_cast<Ticks>(i) * kSecond / 100);
    }
    std::string newest(kBlock * 64, 'a');
    newest.replace(0, 8, std::to_string(10'000'000 + 1'999));
    EXPECT_GT(index->find(chainOf(newest), kNow + 20 * kSecond).tokensAt(1), 0U)
        << "the newest is known, the oldest made room";
}

} // namespace
} // namespace signalbox::upstream
