// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/meters/local_load.h"
#include "agent/proxy/meters/open_exchanges.h"

#include <gtest/gtest.h>

#include <optional>

namespace signalbox::proxy {
namespace {

TEST(LocalLoad, ARequestIsPendingUntilItsFirstTokenThenDecoding)
{
    LocalLoad load;
    LocalLoad::Running running(load, LocalLoad::Kind::Stream, 300, 100);
    EXPECT_EQ(load.pendingPrefillTokens(), 300U);
    EXPECT_EQ(load.running(), 1U);
    EXPECT_EQ(load.lastProgressAt(), 100) << "an engine that was idle owes nothing yet";

    running.firstToken(500);
    running.firstToken(600);
    EXPECT_EQ(load.pendingPrefillTokens(), 0U);
    EXPECT_EQ(load.decoding(), 1U);
    EXPECT_EQ(load.firstTokens().count, 1U);
    EXPECT_EQ(load.firstTokens().promptTokens, 300U);
    EXPECT_EQ(load.firstTokens().nanoseconds, 400U);

    running.token(700);
    EXPECT_EQ(load.lastProgressAt(), 700);

    LocalLoad::Running moved(std::move(running));
    moved.end();
    moved.end();
    EXPECT_EQ(load.decoding(), 0U);
    EXPECT_EQ(load.running(), 0U);
}

TEST(LocalLoad, ARequestThatEndsWithoutATokenTakesItsPendingTokensAlong)
{
    LocalLoad load;
    {
        const LocalLoad::Running first(load, LocalLoad::Kind::Stream, 10, 1);
        const LocalLoad::Running second(load, LocalLoad::Kind::Plain, 20, 50);
        EXPECT_EQ(load.streams(), 1U) << "the other one is no stream";
        EXPECT_EQ(load.lastProgressAt(), 1) << "a second request is no progress";
    }
    EXPECT_EQ(load.pendingPrefillTokens(), 0U);
    EXPECT_EQ(load.running(), 0U);
}

struct Numbered final : OpenExchanges::Subject {
    explicit Numbered(std::uint32_t given) : number(given) {}
    model::OpenExchange describe(upstream::Ticks now) const override
    {
        model::OpenExchange told;
        told.attempts = number;
        told.ageMs = now;
        return told;
    }
    std::uint32_t number;
};

TEST(OpenExchanges, TellsHowManyAndHowOldTheOldestIs)
{
    OpenExchanges open;
    const Numbered any(1);
    std::optional<OpenExchanges::Entry> oldest(std::in_place, open, 10, any);
    std::optional<OpenExchanges::Entry> middle(std::in_place, open, 20, any);
    OpenExchanges::Entry newest(open, 30, any);
    EXPECT_EQ(open.count(), 3U);
    EXPECT_EQ(open.oldestStartedAt(), 10);

    middle.reset();
    EXPECT_EQ(open.oldestStartedAt(), 10);
    oldest.reset();

    EXPECT_EQ(open.count(), 1U);
    EXPECT_EQ(open.oldestStartedAt(), 30);
}

TEST(OpenExchanges, ListsTheOldestOfThemFirst)
{
    OpenExchanges open;
    const Numbered first(1);
    const Numbered second(2);
    const Numbered third(3);
    EXPECT_TRUE(open.list(5, 2).empty());
    const OpenExchanges::Entry a(open, 10, first);
    const OpenExchanges::Entry b(open, 20, second);
    const OpenExchanges::Entry c(open, 30, third);

    const auto all = open.list(40, 10);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].attempts, 1U);
    EXPECT_EQ(all[2].attempts, 3U);
    EXPECT_EQ(all[2].ageMs, 40) << "told as of now";
    const auto most = open.list(40, 2);
    ASSERT_EQ(most.size(), 2U);
    EXPECT_EQ(most[1].attempts, 2U);
}

TEST(LocalLoad, TellsWhatTheEngineWasAskedFor)
{
    LocalLoad load;
    {
        LocalLoad::Running stream(load, LocalLoad::Kind::Stream, 300, 1);
        LocalLoad::Running plain(load, LocalLoad::Kind::Plain, 200, 1);
        LocalLoad::Running cut(load, LocalLoad::Kind::Stream, 40, 1);
        stream.firstToken(2);
        stream.token(3);
        stream.token(4);
        plain.firstToken(5);
        plain.furtherTokens(9);
    }

    EXPECT_EQ(load.served(), (model::ServedTotals{3, 540, 13}));
    EXPECT_EQ(load.nextReport().served, load.served());
}

} // namespace
} // namespace signalbox::proxy
