// SPDX-License-Identifier: Apache-2.0
// Leases: grants, renewals, ends.
#include "tests/wire/store/raw_client.h"
#include "tests/wire/store/server_test.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace signalbox::tests {
namespace {

class LeaseTest : public ServerTest { };

TEST_P(LeaseTest, GrantsPickAnIdOrTakeOne)
{
    const auto picked = client().grant(100);
    EXPECT_GT(picked->id(), 0);
    EXPECT_EQ(picked->ttl(), 100);
    EXPECT_EQ(picked->header().revision(), client().revision()) << "a grant is no revision";
    const auto chosen = client().grant(100, picked->id() + 1);
    EXPECT_EQ(chosen->id(), picked->id() + 1);
    EXPECT_EQ(client().grant(100, chosen->id()).error(), "9 etcdserver: lease already exists");
    client().revoke(picked->id());
    client().revoke(chosen->id());
}

TEST_P(LeaseTest, ShortTimesAreRaisedAndEndlessOnesRefused)
{
    EXPECT_EQ(client().grant(1)->ttl(), 2);
    EXPECT_EQ(client().grant(0)->ttl(), 2);
    EXPECT_EQ(client().grant(-5)->ttl(), 2);
    EXPECT_EQ(client().grant(9'000'000'001).error(), "11 etcdserver: too large lease TTL");
}

TEST_P(LeaseTest, RevokingDeletesTheAttachedKeysInOneRevision)
{
    const auto lease = client().grant(600)->id();
    client().put(key("a"), "1", lease);
    client().put(key("b"), "2", lease);
    client().put(key("moved"), "3", lease);
    const auto before = client().put(key("moved"), "3")->header().revision();
    const auto revoked = client().revoke(lease);
    EXPECT_EQ(revoked->header().revision(), before + 1);
    RawWatch watch(client().channel());
    watch.create(watchOf(key(""), end(), before + 1));
    watch.read();
    const std::string at = " (" + std::to_string(before + 1) + ")";
    EXPECT_EQ(picture(watch.readEvents(2)),
              "DELETE " + key("a") + at + ", DELETE " + key("b") + at);
    EXPECT_EQ(client().get(key("moved"))->count(), 1);
    EXPECT_EQ(client().revoke(lease).error(), "5 etcdserver: requested lease not found");
}

TEST_P(LeaseTest, RevokingALeaseWithoutKeysIsNoRevision)
{
    const auto lease = client().grant(600)->id();
    const auto before = client().revision();
    EXPECT_EQ(client().revoke(lease).error(), "OK");
    EXPECT_EQ(client().revision(), before);
}

TEST_P(LeaseTest, TimeToLiveTellsWhatIsLeftAndWhoHangsOnIt)
{
    const auto lease = client().grant(600)->id();
    client().put(key("b"), "1", lease);
    client().put(key("a"), "1", lease);
    const auto life = client().timeToLive(lease);
    EXPECT_EQ(life->grantedttl(), 600);
    EXPECT_LE(life->ttl(), 600);
    EXPECT_GE(life->ttl(), 500);
    std::vector<std::string> keys(life->keys().begin(), life->keys().end());
    std::sort(keys.begin(), keys.end());
    EXPECT_EQ(keys, (std::vector<std::string>{key("a"), key("b")}));
    client().revoke(lease);
    const auto gone = client().timeToLive(lease);
    EXPECT_EQ(gone.error(), "OK");
    EXPECT_EQ(gone->ttl(), -1);
    EXPECT_EQ(gone->grantedttl(), 0);
    EXPECT_EQ(gone->id(), lease);
}

TEST_P(LeaseTest, RenewalsAnswerTheFullTimeOrZeroForAMissingLease)
{
    const auto lease = client().grant(600)->id();
    const auto answers = client().keepAlive({lease, 424242, lease});
    ASSERT_EQ(answers.size(), 3u);
    EXPECT_EQ(answers[0].ttl(), 600);
    EXPECT_EQ(answers[0].id(), lease);
    EXPECT_EQ(answers[1].ttl(), 0);
    EXPECT_EQ(answers[1].id(), 424242);
    EXPECT_EQ(answers[2].ttl(), 600) << "a missing lease does not end the stream";
    client().revoke(lease);
}

TEST_P(LeaseTest, AllLeasesAreListed)
{
    const auto a = client().grant(600)->id();
    const auto b = client().grant(600)->id();
    const auto list = client().leases();
    const auto has = [&](std::int64_t id) {
        return std::any_of(list->leases().begin(), list->leases().end(),
                           [&](const pb::LeaseStatus& lease) { return lease.id() == id; });
    };
    EXPECT_TRUE(has(a));
    EXPECT_TRUE(has(b));
    client().revoke(a);
    client().revoke(b);
}

// Waits for the event, not for the time; two seconds is the shortest there is.
TEST_P(LeaseTest, AnUnrenewedLeaseEndsAndTakesItsKeysAlong)
{
    const auto lease = client().grant(2)->id();
    client().put(key("a"), "1", lease);
    const auto last = client().put(key("b"), "1", lease)->header().revision();
    RawWatch watch(client().channel());
    watch.create(watchOf(key(""), end(), last + 1));
    watch.read();
    const auto events = watch.readEvents(2);
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].type(), mvccpb::Event::DELETE);
    EXPECT_EQ(events[0].kv().mod_revision(), events[1].kv().mod_revision());
    EXPECT_EQ(client().timeToLive(lease)->ttl(), -1);
    EXPECT_EQ(client().get(key("a"))->count(), 0);
}

SB_ON_BOTH_SERVERS(LeaseTest);

} // namespace
} // namespace signalbox::tests
