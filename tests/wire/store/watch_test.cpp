// SPDX-License-Identifier: Apache-2.0
// Watches: what they tell, when they end, and that nothing is lost on a slow reader.
#include "tests/wire/store/raw_client.h"
#include "tests/wire/store/server_test.h"

#include <gtest/gtest.h>

namespace signalbox::tests {
namespace {

class WatchTest : public ServerTest {
protected:
    std::string at(std::int64_t revision) const { return " (" + std::to_string(revision) + ")"; }
};

TEST_P(WatchTest, TellsWhatHappensFromNowOn)
{
    client().put(key("a"), "before");
    RawWatch watch(client().channel());
    watch.create(watchOf(key(""), end()));
    const auto created = watch.read();
    EXPECT_TRUE(created->created());
    EXPECT_EQ(created->watch_id(), 0);
    EXPECT_EQ(created->header().revision(), client().revision());
    client().put("elsewhere", "x");
    const auto first = client().put(key("a"), "1")->header().revision();
    client().remove(key("a"));
    EXPECT_EQ(picture(watch.readEvents(2)),
              "PUT " + key("a") + "=1" + at(first) + ", DELETE " + key("a") + at(first + 1));
}

TEST_P(WatchTest, ReplaysThePastOfOneKey)
{
    const auto first = client().put(key("a"), "1")->header().revision();
    client().put(key("b"), "x");
    client().put(key("a"), "2");
    RawWatch watch(client().channel());
    watch.create(watchOf(key("a"), "", first));
    EXPECT_TRUE(watch.read()->created());
    EXPECT_EQ(picture(watch.readEvents(2)),
              "PUT " + key("a") + "=1" + at(first) + ", PUT " + key("a") + "=2" + at(first + 2));
}

TEST_P(WatchTest, WaitsForAFutureRevision)
{
    const auto now = client().revision();
    RawWatch watch(client().channel());
    watch.create(watchOf(key(""), end(), now + 3));
    EXPECT_TRUE(watch.read()->created());
    client().put(key("a"), "too early");
    client().put(key("a"), "still");
    client().put(key("a"), "now");
    EXPECT_EQ(picture(watch.readEvents(1)), "PUT " + key("a") + "=now" + at(now + 3));
}

TEST_P(WatchTest, FiltersAndPreviousValues)
{
    RawWatch watch(client().channel());
    pb::WatchCreateRequest deletes = watchOf(key(""), end());
    deletes.add_filters(pb::WatchCreateRequest::NOPUT);
    deletes.set_prev_kv(true);
    watch.create(deletes);
    watch.read();
    client().put(key("a"), "1");
    client().put(key("a"), "2");
    const auto gone = client().remove(key("a"))->header().revision();
    const auto events = watch.readEvents(1);
    EXPECT_EQ(picture(events), "DELETE " + key("a") + at(gone));
    EXPECT_EQ(events[0].prev_kv().value(), "2");
    EXPECT_EQ(events[0].prev_kv().version(), 2);

    pb::WatchCreateRequest puts = watchOf(key(""), end(), gone - 2);
    puts.add_filters(pb::WatchCreateRequest::NODELETE);
    puts.set_prev_kv(true);
    RawWatch replay(client().channel());
    replay.create(puts);
    replay.read();
    const auto replayed = replay.readEvents(2);
    EXPECT_EQ(picture(replayed),
              "PUT " + key("a") + "=1" + at(gone - 2) + ", PUT " + key("a") + "=2" + at(gone - 1));
    EXPECT_FALSE(replayed[0].has_prev_kv());
    EXPECT_EQ(replayed[1].prev_kv().value(), "1");
}

TEST_P(WatchTest, AllEventsOfARevisionComeTogether)
{
    RawWatch watch(client().channel());
    watch.create(watchOf(key(""), end()));
    watch.read();
    pb::TxnRequest txn;
    for (int i = 0; i < 100; ++i)
        *txn.add_success() = putOp(key(std::to_string(i)), "x");
    client().txn(txn);
    const auto message = watch.read();
    EXPECT_EQ(message->events_size(), 100);
    EXPECT_FALSE(message->fragment());
}

TEST_P(WatchTest, ManyWatchesShareAStreamUnderTheirIds)
{
    RawWatch watch(client().channel());
    watch.create(watchOf(key("a")));
    EXPECT_EQ(watch.read()->watch_id(), 0);
    watch.create(watchOf(key("b")));
    EXPECT_EQ(watch.read()->watch_id(), 1);
    pb::WatchCreateRequest named = watchOf(key("c"));
    named.set_watch_id(77);
    watch.create(named);
    EXPECT_EQ(watch.read()->watch_id(), 77);
    client().put(key("c"), "x");
    EXPECT_EQ(watch.read()->watch_id(), 77);
    client().put(key("b"), "x");
    EXPECT_EQ(watch.read()->watch_id(), 1);
}

TEST_P(WatchTest, BadRequestsAreCreatedAndCancelledInOne)
{
    RawWatch watch(client().channel());
    watch.create(watchOf(key("b"), key("a")));
    const auto empty = watch.read();
    EXPECT_TRUE(empty->created());
    EXPECT_TRUE(empty->canceled());
    EXPECT_EQ(empty->watch_id(), -1);
    EXPECT_EQ(empty->cancel_reason(), "mvcc: watcher range is empty");
    pb::WatchCreateRequest named = watchOf(key("c"));
    named.set_watch_id(5);
    watch.create(named);
    EXPECT_EQ(watch.read()->watch_id(), 5);
    watch.create(named);
    const auto twice = watch.read();
    EXPECT_TRUE(twice->created());
    EXPECT_TRUE(twice->canceled());
    EXPECT_EQ(twice->watch_id(), -1);
    EXPECT_EQ(twice->cancel_reason(), "mvcc: duplicate watch ID provided on the WatchStream");
    client().put(key("c"), "still watched");
    EXPECT_EQ(watch.read()->watch_id(), 5);
}

TEST_P(WatchTest, ACancelledWatchIsSilent)
{
    RawWatch watch(client().channel());
    watch.create(watchOf(key("a")));
    watch.read();
    watch.create(watchOf(key("b")));
    watch.read();
    watch.cancel(0);
    const auto canceled = watch.read();
    EXPECT_TRUE(canceled->canceled());
    EXPECT_EQ(canceled->watch_id(), 0);
    client().put(key("a"), "unseen");
    client().put(key("b"), "seen");
    EXPECT_EQ(watch.read()->watch_id(), 1);
    watch.cancel(4711); // nobody's: no answer, no harm
    watch.requestProgress();
    EXPECT_EQ(watch.read()->watch_id(), -1);
}

TEST_P(WatchTest, ProgressSaysThatNothingOlderIsToCome)
{
    const auto first = client().put(key("a"), "0")->header().revision();
    for (int i = 1; i < 50; ++i)
        client().put(key("a"), std::to_string(i));
    RawWatch watch(client().channel());
    watch.create(watchOf(key(""), end(), first));
    watch.read();
    ASSERT_EQ(watch.readEvents(50).size(), 50u);
    watch.requestProgress();
    const auto progress = watch.read();
    EXPECT_EQ(progress->watch_id(), -1);
    EXPECT_EQ(progress->events_size(), 0);
    EXPECT_GE(progress->header().revision(), first + 49);
}

// The reader takes nothing while far more is written than any buffer holds; then it gets all of it.
TEST_P(WatchTest, ASlowReaderMissesNothing)
{
    constexpr int kWrites = 600;
    const std::string value(64 * 1024, 'v');
    RawWatch watch(client().channel());
    watch.create(watchOf(key(""), end()));
    watch.read();
    for (int i = 0; i < kWrites; ++i)
        ASSERT_EQ(client().put(key("big"), value).error(), "OK");
    const auto last = client().put(key("last"), "x")->header().revision();
    const auto events = watch.readEvents(kWrites + 1);
    ASSERT_EQ(events.size(), kWrites + 1u);
    for (std::size_t i = 0; i < events.size(); ++i)
        ASSERT_EQ(events[i].kv().mod_revision(), last - kWrites + static_cast<std::int64_t>(i));
    client().remove(key("big"));
    EXPECT_EQ(watch.readEvents(1).front().type(), mvccpb::Event::DELETE);
}

TEST_P(WatchTest, FragmentsOfOneRevisionArriveWhole)
{
    RawWatch watch(client().channel());
    pb::WatchCreateRequest request = watchOf(key(""), end());
    request.set_fragment(true);
    watch.create(request);
    watch.read();
    const auto before = client().revision();
    // One revision of about 3 MB: deleted together, with their previous values asked for below.
    const std::string value(1'000'000, 'v');
    for (const char* name : {"a", "b", "c"})
        client().put(key(name), value);
    watch.readEvents(3);
    RawWatch previous(client().channel());
    pb::WatchCreateRequest withValues = watchOf(key(""), end(), before + 4);
    withValues.set_fragment(true);
    withValues.set_prev_kv(true);
    previous.create(withValues);
    previous.read();
    client().remove(key(""), end());
    std::size_t events = 0;
    std::size_t messages = 0;
    bool isWhole = false;
    while (!isWhole) {
        const auto message = previous.read();
        ASSERT_TRUE(message);
        events += static_cast<std::size_t>(message->events_size());
        isWhole = !message->fragment();
        ++messages;
    }
    EXPECT_EQ(events, 3u);
    EXPECT_GT(messages, 1u);
}

TEST_P(WatchTest, AClientWithNoMoreToAskIsStillTold)
{
    RawWatch watch(client().channel());
    watch.create(watchOf(key("a")));
    watch.read();
    watch.closeRequests();
    const auto revision = client().put(key("a"), "1")->header().revision();
    EXPECT_EQ(picture(watch.readEvents(1)), "PUT " + key("a") + "=1" + at(revision));
}

SB_ON_BOTH_SERVERS(WatchTest);

TEST(EmbeddedStoreWatches, HaveALimitForEachStream)
{
    const RawClient client(sharedServer(ServerKind::Embedded)->address());
    RawWatch watch(client.channel());
    int created = 0;
    for (bool isRefused = false; !isRefused; ++created) {
        watch.create(watchOf("limit"));
        const auto answer = watch.read();
        ASSERT_TRUE(answer);
        isRefused = answer->canceled();
        EXPECT_EQ(answer->cancel_reason(),
                  isRefused ? "etcdserver: too many watches on one stream" : "");
    }
    EXPECT_EQ(created, 1'025);
}

} // namespace
} // namespace signalbox::tests
