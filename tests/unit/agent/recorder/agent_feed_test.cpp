// SPDX-License-Identifier: Apache-2.0
#include "agent/recorder/feed_book.h"
#include "agent/recorder/recorder.h"
#include "shared/base/limits.h"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::recorder {
namespace {

AgentFeed feedOf(FeedLimits limits)
{
    AgentFeed feed(base::AgentId("gpu-01"), "boot-1", limits);
    feed.setDictionary({{"in_flight", {}, model::SeriesKind::Gauge}});
    return feed;
}

// "r1 r2 e3": rows and events with their sequences, "gap 1-2" in front where there is one.
std::string picture(const AgentFeed::Page& page)
{
    std::string text;
    if (page.gap)
        text = "gap " + std::to_string(page.gap->from) + "-" + std::to_string(page.gap->to) + " ";
    for (const AgentFeed::Entry& entry : page.entries) {
        if (const auto* row = std::get_if<const model::SampleRow*>(&entry))
            text += "r" + std::to_string((*row)->sequence) + " ";
        else
            text += "e" + std::to_string(std::get<const model::Event*>(entry)->sequence) + " ";
    }
    return text + "next " + std::to_string(page.next) + (page.hasMore ? " more" : "");
}

TEST(AgentFeed, ReadersGoOnFromTheirOwnPlaces)
{
    AgentFeed feed = feedOf({10, 10});
    Recorder recorder(feed);
    recorder.recordRow(1'000, {1});
    recorder.recordRow(2'000, {2});
    recorder.recordEvent(2'500, {.kind = "health_changed"});
    recorder.recordRow(3'000, {3});

    EXPECT_EQ(picture(feed.readAfter(0, 100)), "r1 r2 e3 r4 next 4");
    EXPECT_EQ(picture(feed.readAfter(2, 100)), "e3 r4 next 4");
    EXPECT_EQ(picture(feed.readAfter(0, 2)), "r1 r2 next 2 more");
    EXPECT_EQ(picture(feed.readAfter(4, 100)), "next 4");
    EXPECT_EQ(feed.startForNewReader(), 3u);
    EXPECT_EQ(feed.eventsUpTo(3, 10).size(), 1u);
}

TEST(AgentFeed, WhoIsTooLateIsToldWhatItMissed)
{
    AgentFeed feed = feedOf({3, 10});
    Recorder recorder(feed);
    recorder.recordEvent(500, {.kind = "started"});
    for (int i = 0; i < 6; ++i)
        recorder.recordRow(1'000 * i, {1});

    // Samples 2 to 4 are gone; the event before them is not.
    EXPECT_EQ(picture(feed.readAfter(0, 100)), "gap 2-4 e1 r5 r6 r7 next 7");
    EXPECT_EQ(picture(feed.readAfter(2, 100)), "gap 3-4 r5 r6 r7 next 7");
    EXPECT_EQ(picture(feed.readAfter(4, 100)), "r5 r6 r7 next 7");
}

TEST(AgentFeed, ASourcesOwnGapIsPassedOn)
{
    AgentFeed feed = feedOf({10, 10});
    feed.addRow({4, 1'000, {1}});
    feed.addGap({5, 9});
    feed.addRow({10, 2'000, {1}});

    EXPECT_EQ(picture(feed.readAfter(4, 100)), "gap 5-9 r10 next 10");
    EXPECT_EQ(picture(feed.readAfter(9, 100)), "r10 next 10");
}

TEST(AgentFeed, FactsThatAreNotNewerAreDropped)
{
    AgentFeed feed = feedOf({10, 10});
    feed.addRow({4, 1'000, {1}});
    feed.addRow({4, 1'000, {1}});
    feed.addRow({3, 1'000, {1}});

    EXPECT_EQ(picture(feed.readAfter(0, 100)), "r4 next 4");
    EXPECT_EQ(feed.duplicates(), 2u);
}

TEST(AgentFeed, AnotherBootStartsAnew)
{
    AgentFeed feed = feedOf({10, 10});
    feed.addRow({400, 1'000, {1}});

    feed.restart("boot-2");
    feed.addRow({1, 2'000, {1}});

    EXPECT_EQ(picture(feed.readAfter(0, 100)), "r1 next 1");
}

TEST(AgentFeed, AnotherDictionaryDropsTheRowsOfTheOld)
{
    AgentFeed feed = feedOf({10, 10});
    feed.addRow({1, 1'000, {1}});
    const auto generation = feed.generation();

    feed.setDictionary({{"in_flight", {}, model::SeriesKind::Gauge}});
    EXPECT_EQ(feed.generation(), generation);
    feed.setDictionary({{"queued", {}, model::SeriesKind::Gauge}});

    EXPECT_EQ(feed.generation(), generation + 1);
    EXPECT_EQ(picture(feed.readAfter(0, 100)), "gap 1-1 next 1");
}

TEST(Recorder, LongTextsAreCutBetweenCharacters)
{
    AgentFeed feed = feedOf({10, 10});
    Recorder recorder(feed);
    std::string text = "x";
    while (text.size() < 2 * limits::kFactTextBytes)
        text += "ü";

    recorder.recordEvent(1'000, {.kind = "long", .text = text});

    const auto events = feed.eventsUpTo(1, 1);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0]->text.size(), limits::kFactTextBytes - 1);
    EXPECT_EQ(events[0]->agent, "gpu-01");
}

TEST(FeedBook, IsBoundedAndKeepsItsOwn)
{
    FeedBook book(base::AgentId("self"), "boot-1");

    EXPECT_EQ(book.addPeer(base::AgentId("self"), "x"), nullptr);
    EXPECT_EQ(book.findPeer("self"), nullptr);
    for (std::size_t i = 1; i < limits::kFleetAgents; ++i)
        ASSERT_NE(book.addPeer(base::AgentId("peer-" + std::to_string(i)), "b"), nullptr);
    EXPECT_EQ(book.addPeer(base::AgentId("one-too-many"), "b"), nullptr);
    book.removePeer("self");
    EXPECT_EQ(book.feeds().size(), limits::kFleetAgents);
}

} // namespace
} // namespace signalbox::recorder
