// SPDX-License-Identifier: Apache-2.0
// One story on a fresh store, answer by answer as etcd 3.4.23 gives them.
#include "tests/wire/store/raw_client.h"
#include "tests/wire/store/server_test.h"

#include <gtest/gtest.h>

namespace signalbox::tests {
namespace {

class GoldenTest : public testing::TestWithParam<ServerKind> {
protected:
    void SetUp() override
    {
        SB_NEEDS_SERVER(GetParam());
        server_ = std::make_unique<StoreServer>(GetParam());
        server_->start();
        client_ = std::make_unique<RawClient>(server_->address());
    }

    // Writes everything that the story has written before it comes to compaction and watches.
    void writeStory()
    {
        client().put("a", "1");
        client().put("a", "2");
        pb::TxnRequest first;
        *first.add_compare() = modIs("a", 3);
        *first.add_success() = putOp("t1", "x");
        *first.add_success() = putOp("t2", "y");
        *first.add_success() = deleteOp("a");
        client().txn(first);
        client().put("d", "x");
    }

    const RawClient& client() const { return *client_; }

private:
    std::unique_ptr<StoreServer> server_;
    std::unique_ptr<RawClient> client_;
};

TEST_P(GoldenTest, PutsDeletesAndTransactionsNumberRevisions)
{
    EXPECT_EQ(client().revision(), 1);
    EXPECT_EQ(client().put("a", "1")->header().revision(), 2);
    pb::PutRequest again;
    again.set_key("a");
    again.set_value("2");
    again.set_prev_kv(true);
    const auto put = client().put(again);
    EXPECT_EQ(put->header().revision(), 3);
    EXPECT_EQ(put->prev_kv().create_revision(), 2);
    EXPECT_EQ(put->prev_kv().mod_revision(), 2);
    EXPECT_EQ(put->prev_kv().version(), 1);
    EXPECT_EQ(put->prev_kv().value(), "1");
    const auto missing = client().remove("zz");
    EXPECT_EQ(missing->header().revision(), 3);
    EXPECT_EQ(missing->deleted(), 0);

    pb::TxnRequest txn;
    *txn.add_compare() = modIs("a", 3);
    *txn.add_success() = putOp("t1", "x");
    *txn.add_success() = putOp("t2", "y");
    *txn.add_success() = deleteOp("a");
    const auto done = client().txn(txn);
    EXPECT_EQ(done->header().revision(), 4);
    EXPECT_TRUE(done->succeeded());
    ASSERT_EQ(done->responses_size(), 3);
    EXPECT_EQ(done->responses(0).response_put().header().revision(), 4);
    EXPECT_EQ(done->responses(1).response_put().header().revision(), 4);
    EXPECT_EQ(done->responses(2).response_delete_range().header().revision(), 4);
    EXPECT_EQ(done->responses(2).response_delete_range().deleted(), 1);
    EXPECT_EQ(done->responses(0).response_put().header().cluster_id(), 0u);

    pb::TxnRequest readsItsWrite;
    *readsItsWrite.add_success() = putOp("d", "x");
    *readsItsWrite.add_success() = getOp("d");
    const auto seen = client().txn(readsItsWrite);
    EXPECT_EQ(seen->header().revision(), 5);
    const auto& kv = seen->responses(1).response_range().kvs(0);
    EXPECT_EQ(kv.create_revision(), 5);
    EXPECT_EQ(kv.mod_revision(), 5);
    EXPECT_EQ(kv.version(), 1);
    pb::TxnRequest readOnly;
    *readOnly.add_success() = getOp("d");
    EXPECT_EQ(client().txn(readOnly)->header().revision(), 5);

    pb::RangeRequest range;
    range.set_key("t");
    range.set_range_end("u");
    range.set_limit(1);
    const auto cut = client().range(range);
    ASSERT_EQ(cut->kvs_size(), 1);
    EXPECT_EQ(cut->kvs(0).key(), "t1");
    EXPECT_TRUE(cut->more());
    EXPECT_EQ(cut->count(), 2);
}

TEST_P(GoldenTest, CompactionTellsWhatIsGoneAndWhatIsToCome)
{
    writeStory();
    const auto compacted = client().compact(3);
    EXPECT_EQ(compacted.error(), "OK");
    EXPECT_EQ(compacted->header().revision(), 5);
    EXPECT_EQ(client().compact(3).error(),
              "11 etcdserver: mvcc: required revision has been compacted");
    EXPECT_EQ(client().compact(9999).error(),
              "11 etcdserver: mvcc: required revision is a future revision");
    pb::RangeRequest past;
    past.set_key("a");
    past.set_revision(2);
    EXPECT_EQ(client().range(past).error(),
              "11 etcdserver: mvcc: required revision has been compacted");
    past.set_revision(3);
    const auto kept = client().range(past);
    ASSERT_EQ(kept->kvs_size(), 1);
    EXPECT_EQ(kept->kvs(0).value(), "2");
    EXPECT_EQ(kept->header().revision(), 5);
    past.set_revision(4);
    EXPECT_EQ(client().range(past)->kvs_size(), 0);
    past.set_revision(6);
    EXPECT_EQ(client().range(past).error(),
              "11 etcdserver: mvcc: required revision is a future revision");
}

TEST_P(GoldenTest, AWatchFromBeforeTheCompactionIsToldSoAndEnds)
{
    writeStory();
    client().compact(3);
    RawWatch watch(client().channel());
    watch.create(watchOf("a", "", 2));
    const auto created = watch.read();
    ASSERT_TRUE(created);
    EXPECT_TRUE(created->created());
    EXPECT_FALSE(created->canceled());
    EXPECT_EQ(created->header().revision(), 5);
    const auto ended = watch.read();
    ASSERT_TRUE(ended);
    EXPECT_FALSE(ended->created());
    EXPECT_TRUE(ended->canceled());
    EXPECT_EQ(ended->compact_revision(), 3);
    EXPECT_EQ(ended->cancel_reason(), "");
    EXPECT_EQ(ended->header().revision(), 0);
}

TEST_P(GoldenTest, AWatchOfThePastGetsItInOneAnswerThenProgressAndCancel)
{
    writeStory();
    client().compact(3);
    RawWatch watch(client().channel());
    pb::WatchCreateRequest all = watchOf(std::string(1, '\0'), std::string(1, '\0'), 4);
    all.set_prev_kv(true);
    watch.create(all);
    ASSERT_TRUE(watch.read()->created());
    const auto events = watch.read();
    ASSERT_TRUE(events);
    EXPECT_EQ(events->header().revision(), 5);
    ASSERT_EQ(events->events_size(), 4);
    EXPECT_EQ(picture({events->events().begin(), events->events().end()}),
              "PUT t1=x (4), PUT t2=y (4), DELETE a (4), PUT d=x (5)");
    EXPECT_EQ(events->events(2).prev_kv().version(), 2);
    EXPECT_EQ(events->events(2).kv().create_revision(), 0);
    EXPECT_EQ(events->events(2).kv().version(), 0);
    EXPECT_FALSE(events->events(0).has_prev_kv());
    watch.requestProgress();
    const auto progress = watch.read();
    ASSERT_TRUE(progress);
    EXPECT_EQ(progress->watch_id(), -1);
    EXPECT_EQ(progress->header().revision(), 5);
    EXPECT_EQ(progress->events_size(), 0);
    watch.cancel(0);
    const auto canceled = watch.read();
    ASSERT_TRUE(canceled);
    EXPECT_TRUE(canceled->canceled());
    EXPECT_EQ(canceled->compact_revision(), 0);
    EXPECT_EQ(canceled->watch_id(), 0);
}

SB_ON_BOTH_SERVERS(GoldenTest);

} // namespace
} // namespace signalbox::tests
