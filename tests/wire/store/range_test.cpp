// SPDX-License-Identifier: Apache-2.0
// Reads with every option.
#include "tests/wire/store/raw_client.h"
#include "tests/wire/store/server_test.h"

#include <gtest/gtest.h>

#include <functional>

namespace signalbox::tests {
namespace {

class RangeTest : public ServerTest {
protected:
    void SetUp() override
    {
        ServerTest::SetUp();
        if (IsSkipped())
            return;
        // b is the oldest, d the most often written, a the last; values run against the keys.
        first_ = client().put(key("b"), "3")->header().revision();
        client().put(key("d"), "9");
        client().put(key("d"), "8");
        client().put(key("d"), "1");
        client().put(key("c"), "2");
        client().put(key("c"), "2");
        last_ = client().put(key("a"), "4")->header().revision();
    }

    // The keys' last letters in the order of the answer.
    std::string letters(const std::function<void(pb::RangeRequest&)>& shape) const
    {
        pb::RangeRequest request;
        request.set_key(key(""));
        request.set_range_end(end());
        shape(request);
        const auto answer = client().range(request);
        EXPECT_EQ(answer.error(), "OK");
        std::string text;
        for (const auto& kv : answer->kvs())
            text += kv.key().back();
        return text;
    }

    std::string sorted(pb::RangeRequest::SortTarget by, pb::RangeRequest::SortOrder order) const
    {
        return letters([&](pb::RangeRequest& request) {
            request.set_sort_target(by);
            request.set_sort_order(order);
        });
    }

    std::int64_t first_ = 0;
    std::int64_t last_ = 0;
};

TEST_P(RangeTest, SortsByAnythingBothWays)
{
    using Range = pb::RangeRequest;
    EXPECT_EQ(letters([](Range&) {}), "abcd");
    EXPECT_EQ(sorted(Range::KEY, Range::DESCEND), "dcba");
    EXPECT_EQ(sorted(Range::CREATE, Range::ASCEND), "bdca");
    EXPECT_EQ(sorted(Range::CREATE, Range::DESCEND), "acdb");
    EXPECT_EQ(sorted(Range::MOD, Range::ASCEND), "bdca");
    EXPECT_EQ(sorted(Range::VALUE, Range::ASCEND), "dcba");
    EXPECT_EQ(sorted(Range::VALUE, Range::DESCEND), "abcd");
    EXPECT_EQ(sorted(Range::VERSION, Range::DESCEND).substr(0, 2), "dc");
    // Sorting without saying which way is ascending, except by key, which is sorted anyway.
    EXPECT_EQ(sorted(Range::CREATE, Range::NONE), "bdca");
}

TEST_P(RangeTest, LimitCutsAfterSorting)
{
    pb::RangeRequest request;
    request.set_key(key(""));
    request.set_range_end(end());
    request.set_sort_target(pb::RangeRequest::CREATE);
    request.set_sort_order(pb::RangeRequest::DESCEND);
    request.set_limit(2);
    const auto answer = client().range(request);
    ASSERT_EQ(answer->kvs_size(), 2);
    EXPECT_EQ(answer->kvs(0).key(), key("a"));
    EXPECT_TRUE(answer->more());
    EXPECT_EQ(answer->count(), 4);
    request.set_limit(4);
    EXPECT_FALSE(client().range(request)->more());
    request.set_limit(std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(client().range(request)->kvs_size(), 4);
    request.set_sort_order(pb::RangeRequest::NONE);
    request.set_sort_target(pb::RangeRequest::KEY);
    EXPECT_EQ(client().range(request)->kvs_size(), 4);
}

TEST_P(RangeTest, BoundsOnRevisionsFilterButDoNotChangeTheCount)
{
    EXPECT_EQ(letters([&](pb::RangeRequest& r) { r.set_min_mod_revision(last_ - 1); }), "ac");
    EXPECT_EQ(letters([&](pb::RangeRequest& r) { r.set_max_mod_revision(first_); }), "b");
    EXPECT_EQ(letters([&](pb::RangeRequest& r) { r.set_min_create_revision(first_ + 1); }), "acd");
    EXPECT_EQ(letters([&](pb::RangeRequest& r) { r.set_max_create_revision(first_ + 1); }), "bd");
    pb::RangeRequest request;
    request.set_key(key(""));
    request.set_range_end(end());
    request.set_max_create_revision(first_ + 1);
    request.set_limit(1);
    const auto answer = client().range(request);
    ASSERT_EQ(answer->kvs_size(), 1);
    EXPECT_EQ(answer->kvs(0).key(), key("b"));
    EXPECT_TRUE(answer->more());
    EXPECT_EQ(answer->count(), 4);
}

TEST_P(RangeTest, CountOnlyAndKeysOnlyLeaveOutTheRest)
{
    pb::RangeRequest request;
    request.set_key(key(""));
    request.set_range_end(end());
    request.set_count_only(true);
    const auto count = client().range(request);
    EXPECT_EQ(count->count(), 4);
    EXPECT_EQ(count->kvs_size(), 0);
    EXPECT_FALSE(count->more());
    request.set_count_only(false);
    request.set_keys_only(true);
    const auto keys = client().range(request);
    ASSERT_EQ(keys->kvs_size(), 4);
    EXPECT_EQ(keys->kvs(0).value(), "");
    EXPECT_EQ(keys->kvs(3).version(), 3);
    request.set_key(key("nobody"));
    request.clear_range_end();
    EXPECT_EQ(client().range(request)->count(), 0);
}

TEST_P(RangeTest, OldRevisionsShowTheWorldAsItWas)
{
    client().remove(key("b"));
    const auto at = [&](std::int64_t revision) {
        return letters([&](pb::RangeRequest& request) { request.set_revision(revision); });
    };
    EXPECT_EQ(at(0), "acd");
    EXPECT_EQ(at(last_), "abcd");
    EXPECT_EQ(at(last_ - 1), "bcd");
    EXPECT_EQ(at(first_), "b");
    pb::RangeRequest one;
    one.set_key(key("d"));
    one.set_revision(first_ + 2);
    const auto old = client().range(one);
    ASSERT_EQ(old->kvs_size(), 1);
    EXPECT_EQ(old->kvs(0).value(), "8");
    EXPECT_EQ(old->kvs(0).version(), 2);
    EXPECT_EQ(old->header().revision(), client().revision());
    pb::RangeRequest limited;
    limited.set_key(key(""));
    limited.set_range_end(end());
    limited.set_revision(last_);
    limited.set_limit(3);
    const auto cut = client().range(limited);
    EXPECT_EQ(cut->kvs_size(), 3);
    EXPECT_EQ(cut->count(), 4);
    EXPECT_TRUE(cut->more());
}

TEST_P(RangeTest, EndsOfRangesMeanWhatEtcdMeans)
{
    const auto count = [&](const std::string& from, const std::string& to) {
        pb::RangeRequest request;
        request.set_key(from);
        request.set_range_end(to);
        return client().range(request)->count();
    };
    EXPECT_EQ(count(key("b"), key("d")), 2);
    EXPECT_EQ(count(key("d"), key("b")), 0);
    EXPECT_EQ(count(key("b"), key("b")), 0);
    EXPECT_GE(count(key("a"), std::string(1, '\0')), 4);
    EXPECT_GE(count(std::string(1, '\0'), std::string(1, '\0')), 4);
    EXPECT_EQ(count(key(""), ""), 0);
}

TEST_P(RangeTest, BytesOfAnyKindAreKeysAndValues)
{
    const std::string odd = key(std::string("\x00\xff\x80 '\"%", 7));
    const std::string value("\x00\x01\xfe", 3);
    ASSERT_EQ(client().put(odd, value).error(), "OK");
    const auto read = client().get(odd);
    ASSERT_EQ(read->kvs_size(), 1);
    EXPECT_EQ(read->kvs(0).key(), odd);
    EXPECT_EQ(read->kvs(0).value(), value);
    ASSERT_EQ(client().put(key("empty"), "").error(), "OK");
    EXPECT_EQ(client().get(key("empty"))->kvs(0).value(), "");
}

TEST_P(RangeTest, RefusesInEtcdsWords)
{
    EXPECT_EQ(client().get("").error(), "3 etcdserver: key is not provided");
    pb::RangeRequest future;
    future.set_key(key("a"));
    future.set_revision(client().revision() + 1'000'000);
    EXPECT_EQ(client().range(future).error(),
              "11 etcdserver: mvcc: required revision is a future revision");
}

SB_ON_BOTH_SERVERS(RangeTest);

} // namespace
} // namespace signalbox::tests
