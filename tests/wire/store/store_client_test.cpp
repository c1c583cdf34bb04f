// SPDX-License-Identifier: Apache-2.0
// Our client against both servers: calls, watches, leases, and what becomes of them in trouble.
#include "agent/state/etcd/etcd_store.h"
#include "tests/wire/control_thread_world.h"
#include "tests/wire/store/raw_client.h"
#include "tests/wire/store/store_server.h"

#include <gtest/gtest.h>

namespace signalbox::state {
namespace {

using namespace std::chrono_literals;
using tests::ServerKind;
using tests::StoreServer;

// A client on a control thread of its own; calls wait for their answers.
class Client {
public:
    explicit Client(std::vector<std::string> endpoints)
    {
        EtcdStoreOptions options;
        options.endpoints = std::move(endpoints);
        world_.on([&] {
            store_ = std::make_unique<EtcdStore>(world_.executor(), options);
            return true;
        });
    }
    ~Client()
    {
        world_.on([&] {
            store_.reset();
            return true;
        });
    }

    tests::ControlThreadWorld& world() { return world_; }
    EtcdStore& store() { return *store_; }

    template <typename T, typename Begin>
    base::Result<T> ask(Begin begin)
    {
        auto result = std::make_shared<std::promise<base::Result<T>>>();
        auto answer = result->get_future();
        world_.executor().post([this, begin, result] {
            begin(*store_, [result](base::Result<T> got) { result->set_value(std::move(got)); });
        });
        return answer.get();
    }

    base::Result<PutResult> put(const std::string& key, const std::string& value,
                                Timeout timeout = 20s, LeaseId lease = 0)
    {
        Put put;
        put.key = key;
        put.value = value;
        put.lease = lease;
        return ask<PutResult>([put, timeout](EtcdStore& store, Done<PutResult> done) {
            store.put(put, timeout, std::move(done));
        });
    }

    base::Result<RangeResult> range(const KeyRange& keys, Timeout timeout = 20s)
    {
        Range range;
        range.keys = keys;
        return ask<RangeResult>([range, timeout](EtcdStore& store, Done<RangeResult> done) {
            store.range(range, timeout, std::move(done));
        });
    }

    base::Result<std::unique_ptr<Lease>> grant(LeaseRequest request)
    {
        using LeasePtr = std::unique_ptr<Lease>;
        return ask<LeasePtr>([request](EtcdStore& store, Done<LeasePtr> done) {
            store.grantLease(request, 20s, std::move(done));
        });
    }

private:
    tests::ControlThreadWorld world_;
    std::unique_ptr<EtcdStore> store_;
};

// What a watch has told so far; looked at on the control thread.
struct Told {
    std::vector<Event> events;
    std::vector<Header> progress;
    std::optional<Header> created;
    std::optional<WatchEnd> end;
    std::unique_ptr<Watch> watch;

    WatchHandlers handlers()
    {
        WatchHandlers handlers;
        handlers.onCreated = [this](Header header) { created = header; };
        handlers.onEvents = [this](const WatchBatch& batch) {
            events.insert(events.end(), batch.events.begin(), batch.events.end());
        };
        handlers.onProgress = [this](Header header) { progress.push_back(header); };
        handlers.onEnd = [this](const WatchEnd& why) { end = why; };
        return handlers;
    }
};

class StoreClientTest : public testing::TestWithParam<ServerKind> {
protected:
    void SetUp() override
    {
        SB_NEEDS_SERVER(GetParam());
        server_ = std::make_unique<StoreServer>(GetParam());
        server_->start();
        client_ = std::make_unique<Client>(std::vector{server_->address()});
    }
    void TearDown() override { client_.reset(); }

    void watch(Told& told, const WatchRequest& request)
    {
        client_->world().on([&] {
            told.watch = client_->store().watch(request, told.handlers());
            return true;
        });
    }
    void drop(Told& told)
    {
        client_->world().on([&] {
            told.watch.reset();
            return true;
        });
    }

    std::unique_ptr<StoreServer> server_;
    std::unique_ptr<Client> client_;
};

TEST_P(StoreClientTest, ReadsWhatItWrote)
{
    const auto put = client_->put("a", "1");
    ASSERT_TRUE(put) << put.error().text();
    const auto all = client_->range(KeyRange::prefix("a"));
    ASSERT_TRUE(all);
    ASSERT_EQ(all->keys.size(), 1u);
    EXPECT_EQ(all->keys[0].value, "1");
    EXPECT_EQ(all->keys[0].modRevision, put->header.revision);
    EXPECT_NE(all->header.clusterId, 0u);
    const auto status = client_->ask<StoreStatus>(
        [](EtcdStore& store, auto done) { store.status(20s, std::move(done)); });
    ASSERT_TRUE(status);
    EXPECT_TRUE(status->version.starts_with("3.4.23"));
}

TEST_P(StoreClientTest, TransactionsTellWhichBranchRan)
{
    ASSERT_TRUE(client_->put("a", "1"));
    const auto revision = client_->range(KeyRange::one("a"))->keys[0].modRevision;
    const auto swap = [&](Revision expected) {
        Txn txn;
        txn.compares = {Compare::modRevision("a", expected)};
        txn.success = {Operation(Put{"a", "2"}), Operation(Delete{KeyRange::one("b"), true})};
        Range again;
        again.keys = KeyRange::one("a");
        txn.failure = {Operation(again)};
        return client_->ask<TxnResult>([txn](EtcdStore& store, auto done) {
            store.txn(txn, 20s, std::move(done));
        });
    };
    const auto lost = swap(revision + 7);
    ASSERT_TRUE(lost);
    EXPECT_FALSE(lost->succeeded);
    EXPECT_EQ(std::get<RangeResult>(lost->results.at(0)).keys.at(0).value, "1");
    const auto won = swap(revision);
    EXPECT_TRUE(won->succeeded);
    EXPECT_EQ(std::get<DeleteResult>(won->results.at(1)).deleted, 0);
    EXPECT_EQ(won->header.revision, revision + 1);
}

TEST_P(StoreClientTest, RefusalsAreEtcdsWordsAndNotOpenQuestions)
{
    const auto refused = client_->put("k", "x", 20s, 77);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), base::Code::NotFound);
    EXPECT_EQ(refused.error().message(), "etcdserver: requested lease not found");
    EXPECT_EQ(refused.error().origin(), base::Origin::Store);
    EXPECT_FALSE(outcomeUnknown(refused.error()));
}

TEST_P(StoreClientTest, WatchesTellEventsProgressAndCompaction)
{
    const Revision first = client_->put("w/a", "1")->header.revision;
    Told told;
    WatchRequest request;
    request.keys = KeyRange::prefix("w/");
    request.startRevision = first;
    request.wantsPrevious = true;
    watch(told, request);
    ASSERT_TRUE(client_->put("w/a", "2"));
    ASSERT_TRUE(client_->world().eventually([&] { return told.events.size() == 2; }));
    EXPECT_EQ(told.events[1].previous->value, "1");
    client_->world().on([&] {
        told.watch->requestProgress();
        return true;
    });
    ASSERT_TRUE(client_->world().eventually([&] { return !told.progress.empty(); }));
    EXPECT_EQ(told.progress[0].revision, first + 1);
    drop(told);

    ASSERT_TRUE(client_->put("w/a", "3"));
    ASSERT_TRUE(client_->ask<void>([first](EtcdStore& store, auto done) {
        store.compact(first + 2, 20s, std::move(done));
    }));
    Told late;
    watch(late, request);
    ASSERT_TRUE(client_->world().eventually([&] { return late.end.has_value(); }));
    EXPECT_EQ(late.end->why, WatchEnd::Why::Compacted);
    EXPECT_EQ(late.end->compactRevision, first + 2);
    drop(late);

    Told empty;
    request.keys = KeyRange{"b", "a"};
    watch(empty, request);
    ASSERT_TRUE(client_->world().eventually([&] { return empty.end.has_value(); }));
    EXPECT_EQ(empty.end->why, WatchEnd::Why::Refused);
    drop(empty);
}

TEST_P(StoreClientTest, AWatchOfADeadServerEndsAsBroken)
{
    Told told;
    WatchRequest request;
    request.keys = KeyRange::prefix("w/");
    watch(told, request);
    ASSERT_TRUE(client_->world().eventually([&] { return told.created.has_value(); }));
    server_->kill();
    ASSERT_TRUE(client_->world().eventually([&] { return told.end.has_value(); }));
    EXPECT_EQ(told.end->why, WatchEnd::Why::Broken);
    drop(told);
}

TEST_P(StoreClientTest, ACallToADeadServerProvablyDidNothing)
{
    server_->kill();
    const auto put = client_->put("a", "1", 2s);
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code(), base::Code::Unavailable);
    EXPECT_EQ(put.error().retry(), base::Retry::Safe);
    EXPECT_FALSE(outcomeUnknown(put.error()));
    server_->start();
    ASSERT_TRUE(client_->world().eventually([&] {
        return client_->store().counters().calls > 0;
    }));
    // The client's next connection attempt is at most a second away; each call says how it went.
    base::Result<PutResult> again = client_->put("a", "1", 2s);
    for (int i = 0; i < 100 && !again; ++i) {
        int looks = 0; // paces the tries, so that they outlast the wait before a reconnect
        (void)client_->world().eventually([&] { return ++looks > 10; });
        again = client_->put("a", "1", 2s);
    }
    EXPECT_TRUE(again);
}

TEST_P(StoreClientTest, AWriteToAFrozenServerIsAnOpenQuestion)
{
    ASSERT_TRUE(client_->put("a", "0"));
    server_->freeze();
    const auto put = client_->put("a", "1", 300ms);
    server_->thaw();
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code(), base::Code::DeadlineExceeded);
    EXPECT_TRUE(outcomeUnknown(put.error()));
    const auto read = client_->range(KeyRange::one("a"));
    EXPECT_TRUE(read) << "the connection is still good";
}

TEST_P(StoreClientTest, TheNextEndpointTakesOver)
{
    StoreServer second(GetParam());
    second.start();
    Client client({server_->address(), second.address()});
    ASSERT_TRUE(client.put("a", "first"));
    server_->kill();
    // The first call may find its connection cut under it; that one is told, not repeated.
    base::Result<PutResult> put = client.put("a", "second");
    for (int i = 0; i < 3 && !put; ++i)
        put = client.put("a", "second");
    ASSERT_TRUE(put) << put.error().text();
    EXPECT_EQ(tests::RawClient(second.address()).get("a")->kvs(0).value(), "second");
    EXPECT_EQ(client.store().endpoint(), second.address());
    EXPECT_GE(client.store().counters().failovers, 1u);
}

TEST_P(StoreClientTest, ALeaseLivesAsLongAsItsHolder)
{
    std::optional<base::Error> lost;
    LeaseRequest request;
    request.ttl = 2s;
    request.onLost = [&](const base::Error& why) { lost = why; };
    auto granted = client_->grant(request);
    ASSERT_TRUE(granted);
    std::unique_ptr<Lease> lease = std::move(*granted);
    const LeaseId id = lease->id();
    ASSERT_TRUE(client_->put("mine", "1", 20s, id));
    // Four renewals are more than its time-to-live; each is a call.
    const auto calls = client_->store().counters().calls;
    ASSERT_TRUE(client_->world().eventually(
        [&] { return client_->store().counters().calls >= calls + 4; }));
    EXPECT_EQ(client_->range(KeyRange::one("mine"))->count, 1);
    EXPECT_FALSE(lost);
    Told told;
    WatchRequest watched;
    watched.keys = KeyRange::one("mine");
    watch(told, watched);
    ASSERT_TRUE(client_->world().eventually([&] { return told.created.has_value(); }));
    client_->world().on([&] {
        lease.reset();
        return true;
    });
    ASSERT_TRUE(client_->world().eventually([&] { return told.events.size() == 1; }));
    EXPECT_EQ(told.events[0].kind, Event::Kind::Delete);
    EXPECT_FALSE(lost);
    drop(told);
}

TEST_P(StoreClientTest, ALeaseRevokedByOthersIsLost)
{
    std::optional<base::Error> lost;
    LeaseRequest request;
    request.ttl = 2s;
    request.onLost = [&](const base::Error& why) { lost = why; };
    auto granted = client_->grant(request);
    ASSERT_TRUE(granted);
    tests::RawClient(server_->address()).revoke((*granted)->id());
    EXPECT_TRUE(client_->world().eventually([&] { return lost.has_value(); }));
    client_->world().on([&] {
        granted->reset();
        return true;
    });
}

TEST_P(StoreClientTest, ALeaseWithoutAStoreIsLostAfterItsTime)
{
    std::optional<base::Error> lost;
    LeaseRequest request;
    request.ttl = 2s;
    request.onLost = [&](const base::Error& why) { lost = why; };
    auto granted = client_->grant(request);
    ASSERT_TRUE(granted);
    server_->kill();
    EXPECT_TRUE(client_->world().eventually([&] { return lost.has_value(); }));
    client_->world().on([&] {
        granted->reset();
        return true;
    });
}

TEST_P(StoreClientTest, NothingRunsAfterTheStoreIsGone)
{
    int answers = 0;
    client_->world().on([&] {
        auto store = std::make_unique<EtcdStore>(client_->world().executor(), EtcdStoreOptions{
                                                     {server_->address()}, {}});
        for (int i = 0; i < 50; ++i)
            store->put(Put{"k", "v"}, 20s, [&](const base::Result<PutResult>&) { ++answers; });
        store.reset();
        return true;
    });
    // What was posted before this has run by now.
    client_->world().on([] { return true; });
    EXPECT_EQ(answers, 0);
}

SB_ON_BOTH_SERVERS(StoreClientTest);

} // namespace
} // namespace signalbox::state
