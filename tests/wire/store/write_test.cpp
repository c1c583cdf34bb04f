// SPDX-License-Identifier: Apache-2.0
// Puts, deletes and transactions.
#include "shared/base/limits.h"
#include "tests/wire/store/raw_client.h"
#include "tests/wire/store/server_test.h"

#include <gtest/gtest.h>

#include <thread>

namespace signalbox::tests {
namespace {

class WriteTest : public ServerTest { };

TEST_P(WriteTest, VersionsCountWritesOfALifeAndBeginAgain)
{
    client().put(key("k"), "1");
    client().put(key("k"), "2");
    EXPECT_EQ(client().get(key("k"))->kvs(0).version(), 2);
    client().remove(key("k"));
    const auto again = client().put(key("k"), "3")->header().revision();
    const auto reborn = client().get(key("k"))->kvs(0);
    EXPECT_EQ(reborn.version(), 1);
    EXPECT_EQ(reborn.create_revision(), again);
}

TEST_P(WriteTest, AWriteOfTheSameValueIsAWrite)
{
    const auto first = client().put(key("k"), "same")->header().revision();
    EXPECT_EQ(client().put(key("k"), "same")->header().revision(), first + 1);
}

TEST_P(WriteTest, KeepingValueOrLeaseNeedsAKeyAndNothingElse)
{
    pb::PutRequest put;
    put.set_key(key("k"));
    put.set_ignore_value(true);
    EXPECT_EQ(client().put(put).error(), "3 etcdserver: key not found");
    put.set_value("x");
    EXPECT_EQ(client().put(put).error(), "3 etcdserver: value is provided");
    put.clear_value();
    const auto lease = client().grant(600)->id();
    client().put(key("k"), "kept", lease);
    EXPECT_EQ(client().put(put).error(), "OK");
    EXPECT_EQ(client().get(key("k"))->kvs(0).value(), "kept");
    EXPECT_EQ(client().get(key("k"))->kvs(0).lease(), 0) << "a put without lease detaches";

    client().put(key("k"), "kept", lease);
    put.set_ignore_value(false);
    put.set_ignore_lease(true);
    put.set_value("new");
    EXPECT_EQ(client().put(put).error(), "OK");
    EXPECT_EQ(client().get(key("k"))->kvs(0).value(), "new");
    EXPECT_EQ(client().get(key("k"))->kvs(0).lease(), lease);
    put.set_lease(lease);
    EXPECT_EQ(client().put(put).error(), "3 etcdserver: lease is provided");
    client().revoke(lease);
}

TEST_P(WriteTest, RefusedPutsWriteNothing)
{
    const auto before = client().revision();
    EXPECT_EQ(client().put("", "x").error(), "3 etcdserver: key is not provided");
    EXPECT_EQ(client().put(key("k"), "x", 12345).error(),
              "5 etcdserver: requested lease not found");
    EXPECT_EQ(client().remove("").error(), "3 etcdserver: key is not provided");
    EXPECT_EQ(client().revision(), before);
    EXPECT_EQ(client().get(key("k"))->count(), 0);
}

TEST_P(WriteTest, DeletesCountAndReturnWhatWasThere)
{
    client().put(key("a"), "1");
    client().put(key("b"), "2");
    pb::DeleteRangeRequest request;
    request.set_key(key(""));
    request.set_range_end(end());
    request.set_prev_kv(true);
    const auto answer = client().remove(request);
    EXPECT_EQ(answer->deleted(), 2);
    ASSERT_EQ(answer->prev_kvs_size(), 2);
    EXPECT_EQ(answer->prev_kvs(0).value(), "1");
    EXPECT_EQ(answer->prev_kvs(1).key(), key("b"));
    EXPECT_EQ(client().remove(request)->deleted(), 0);
}

TEST_P(WriteTest, AMissingKeyComparesAsZeroAndItsValueNever)
{
    const auto holds = [&](pb::Compare::CompareTarget target, pb::Compare::CompareResult result) {
        pb::TxnRequest txn;
        pb::Compare& compare = *txn.add_compare();
        compare.set_key(key("missing"));
        compare.set_target(target);
        compare.set_result(result);
        if (target == pb::Compare::VALUE)
            compare.set_value("");
        return client().txn(txn)->succeeded();
    };
    for (const auto target :
         {pb::Compare::VERSION, pb::Compare::CREATE, pb::Compare::MOD, pb::Compare::LEASE}) {
        EXPECT_TRUE(holds(target, pb::Compare::EQUAL)) << target;
        EXPECT_FALSE(holds(target, pb::Compare::NOT_EQUAL)) << target;
    }
    EXPECT_FALSE(holds(pb::Compare::VALUE, pb::Compare::EQUAL));
    EXPECT_FALSE(holds(pb::Compare::VALUE, pb::Compare::NOT_EQUAL));
}

TEST_P(WriteTest, ComparesOfARangeMustHoldForEachKey)
{
    client().put(key("r/a"), "x");
    client().put(key("r/b"), "x");
    const auto holds = [&](pb::Compare::CompareResult result, const std::string& value) {
        pb::TxnRequest txn;
        pb::Compare& compare = *txn.add_compare();
        compare.set_key(key("r/"));
        compare.set_range_end(key("r0"));
        compare.set_target(pb::Compare::VALUE);
        compare.set_result(result);
        compare.set_value(value);
        return client().txn(txn)->succeeded();
    };
    EXPECT_TRUE(holds(pb::Compare::EQUAL, "x"));
    EXPECT_TRUE(holds(pb::Compare::LESS, "y"));
    client().put(key("r/b"), "z");
    EXPECT_FALSE(holds(pb::Compare::EQUAL, "x"));
    EXPECT_FALSE(holds(pb::Compare::LESS, "y"));
    EXPECT_TRUE(holds(pb::Compare::GREATER, "w"));
    EXPECT_TRUE(holds(pb::Compare::NOT_EQUAL, "q"));
}

TEST_P(WriteTest, AFailedConditionRunsTheOtherBranch)
{
    client().put(key("k"), "1");
    pb::TxnRequest txn;
    *txn.add_compare() = modIs(key("k"), 1);
    *txn.add_success() = putOp(key("k"), "lost");
    *txn.add_failure() = getOp(key("k"));
    const auto answer = client().txn(txn);
    EXPECT_FALSE(answer->succeeded());
    ASSERT_EQ(answer->responses_size(), 1);
    EXPECT_EQ(answer->responses(0).response_range().kvs(0).value(), "1");
    EXPECT_EQ(answer->header().revision(),
              answer->responses(0).response_range().kvs(0).mod_revision());
}

TEST_P(WriteTest, OperationsSeeTheEarlierOnesOfTheirTransaction)
{
    client().put(key("a"), "old");
    const auto before = client().revision();
    pb::TxnRequest txn;
    *txn.add_success() = getOp(key(""), end());
    *txn.add_success() = putOp(key("b"), "new");
    *txn.add_success() = deleteOp(key("a"));
    *txn.add_success() = getOp(key(""), end());
    const auto answer = client().txn(txn);
    ASSERT_EQ(answer->responses_size(), 4);
    EXPECT_EQ(answer->responses(0).response_range().count(), 1);
    EXPECT_EQ(answer->responses(0).response_range().header().revision(), before);
    EXPECT_EQ(answer->responses(3).response_range().count(), 1);
    EXPECT_EQ(answer->responses(3).response_range().kvs(0).key(), key("b"));
    EXPECT_EQ(answer->responses(3).response_range().header().revision(), before + 1);
    EXPECT_EQ(answer->header().revision(), before + 1);
}

TEST_P(WriteTest, OneBranchMayNotWriteAKeyTwice)
{
    const std::string duplicate = "3 etcdserver: duplicate key given in txn request";
    pb::TxnRequest twice;
    *twice.add_success() = putOp(key("k"), "1");
    *twice.add_success() = putOp(key("k"), "2");
    EXPECT_EQ(client().txn(twice).error(), duplicate);
    pb::TxnRequest overlap;
    *overlap.add_failure() = deleteOp(key(""), end()); // also in the branch that does not run
    *overlap.add_failure() = putOp(key("k"), "1");
    EXPECT_EQ(client().txn(overlap).error(), duplicate);
    pb::TxnRequest deletes;
    *deletes.add_success() = deleteOp(key(""), end());
    *deletes.add_success() = deleteOp(key("k"));
    EXPECT_EQ(client().txn(deletes).error(), "OK");
}

TEST_P(WriteTest, ATransactionWithOneBadOperationDoesNothing)
{
    const auto before = client().revision();
    pb::TxnRequest lease;
    *lease.add_success() = putOp(key("a"), "1");
    *lease.add_success() = putOp(key("b"), "1");
    lease.mutable_success(1)->mutable_request_put()->set_lease(4242);
    EXPECT_EQ(client().txn(lease).error(), "5 etcdserver: requested lease not found");
    pb::TxnRequest future;
    *future.add_success() = putOp(key("a"), "1");
    *future.add_success() = getOp(key("a"));
    future.mutable_success(1)->mutable_request_range()->set_revision(before + 1'000'000);
    EXPECT_EQ(client().txn(future).error(),
              "11 etcdserver: mvcc: required revision is a future revision");
    pb::TxnRequest empty;
    *empty.add_success() = putOp("", "1");
    EXPECT_EQ(client().txn(empty).error(), "3 etcdserver: key is not provided");
    pb::TxnRequest compare;
    *compare.add_compare() = modIs("", 0);
    EXPECT_EQ(client().txn(compare).error(), "3 etcdserver: key is not provided");
    EXPECT_EQ(client().revision(), before);
}

TEST_P(WriteTest, ListsOfATransactionHaveALimit)
{
    pb::TxnRequest txn;
    for (std::size_t i = 0; i < limits::kStoreTxnOperations; ++i)
        *txn.add_success() = putOp(key(std::to_string(i)), "x");
    EXPECT_EQ(client().txn(txn).error(), "OK");
    *txn.add_success() = putOp(key("one more"), "x");
    EXPECT_EQ(client().txn(txn).error(), "3 etcdserver: too many operations in txn request");
    pb::TxnRequest compares;
    for (std::size_t i = 0; i <= limits::kStoreTxnOperations; ++i)
        *compares.add_compare() = modIs(key("k"), 0);
    EXPECT_EQ(client().txn(compares).error(), "3 etcdserver: too many operations in txn request");
}

TEST_P(WriteTest, RequestsHaveALimitOfSize)
{
    EXPECT_EQ(client().put(key("k"), std::string(limits::kStoreRequestBytes - 1'000, 'x')).error(),
              "OK");
    EXPECT_EQ(client().put(key("k"), std::string(limits::kStoreRequestBytes, 'x')).error(),
              "3 etcdserver: request is too large");
    EXPECT_EQ(client().put(key("k"), std::string(5'000'000, 'x')).status.error_code(),
              grpc::StatusCode::RESOURCE_EXHAUSTED);
}

// Compare and swap from many sides: each success is one step, none is lost, none counted twice.
TEST_P(WriteTest, ConcurrentIncrementsAreAllKept)
{
    constexpr int kWriters = 8;
    constexpr int kSteps = 25;
    client().put(key("n"), "0");
    std::vector<std::thread> writers;
    for (int w = 0; w < kWriters; ++w) {
        writers.emplace_back([&] {
            const RawClient own(sharedServer(GetParam())->address());
            for (int done = 0; done < kSteps;) {
                const auto now = own.get(key("n"))->kvs(0);
                pb::TxnRequest txn;
                *txn.add_compare() = modIs(key("n"), now.mod_revision());
                *txn.add_success() = putOp(key("n"), std::to_string(std::stoi(now.value()) + 1));
                done += own.txn(txn)->succeeded() ? 1 : 0;
            }
        });
    }
    for (std::thread& writer : writers)
        writer.join();
    EXPECT_EQ(client().get(key("n"))->kvs(0).value(), std::to_string(kWriters * kSteps));
    EXPECT_EQ(client().get(key("n"))->kvs(0).version(), kWriters * kSteps + 1);
}

SB_ON_BOTH_SERVERS(WriteTest);

// What etcd would do and we refuse, aloud.
TEST(EmbeddedStoreRefuses, NestedTransactionsUnknownFieldsAndOtherServices)
{
    const RawClient client(sharedServer(ServerKind::Embedded)->address());
    pb::TxnRequest nested;
    *nested.add_success()->mutable_request_txn()->add_success() = putOp("refused", "x");
    const auto refused = client.txn(nested);
    EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_NE(refused.error().find("nested transactions"), std::string::npos);

    pb::PutRequest newer;
    newer.set_key("refused");
    newer.GetReflection()->MutableUnknownFields(&newer)->AddVarint(99, 1);
    const auto unknown = client.put(newer);
    EXPECT_EQ(unknown.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_NE(unknown.error().find("field 99 of PutRequest"), std::string::npos);
    EXPECT_EQ(client.get("refused")->count(), 0);
}

} // namespace
} // namespace signalbox::tests
