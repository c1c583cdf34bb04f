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

TEST(OpenExchanges, TellsHowManyAndHowOldTheOldestIs)
{
    OpenExchanges open;
    std::optional<OpenExchanges::Entry> oldest(std::in_place, open, 10);
    std::optional<OpenExchanges::Entry> middle(std::in_place, open, 20);
    OpenExchanges::Entry newest(open, 30);
    EXPECT_EQ(open.count(), 3U);
    EXPECT_EQ(open.oldestStartedAt(), 10);

    middle.reset();
    EXPECT_EQ(open.oldestStartedAt(), 10);
    oldest.reset();

    EXPECT_EQ(open.count(), 1U);
    EXPECT_EQ(open.oldestStartedAt(), 30);
}

} // namespace
} // namespace signalbox::proxy
