// SPDX-License-Identifier: Apache-2.0
// A mirror over real connections: kills, restarts, compaction while it was away.
#include "agent/state/etcd/etcd_store.h"
#include "agent/state/prefix_mirror.h"
#include "tests/wire/control_thread_world.h"
#include "tests/wire/store/raw_client.h"
#include "tests/wire/store/store_server.h"

#include <gtest/gtest.h>

namespace signalbox::state {
namespace {

using namespace std::chrono_literals;
using tests::ServerKind;
using tests::StoreServer;

// The mirrored keys in one line: "a=1 b=2".
std::string picture(const PrefixMirror& mirror)
{
    std::string text;
    for (const auto& [name, key] : mirror.keys())
        text += (text.empty() ? "" : " ") + name + "=" + key.value;
    return text;
}

class MirrorOverWiresTest : public testing::TestWithParam<ServerKind> {
protected:
    void SetUp() override
    {
        SB_NEEDS_SERVER(GetParam());
        server_ = std::make_unique<StoreServer>(GetParam());
        server_->start();
        world_.on([&] {
            EtcdStoreOptions options;
            options.endpoints = {server_->address()};
            store_ = std::make_unique<EtcdStore>(world_.executor(), options);
            PrefixMirror::Options mirrorOptions;
            mirrorOptions.prefix = "m/";
            mirrorOptions.timeout = 2s;
            mirror_ = std::make_unique<PrefixMirror>(*store_, world_.executor(),
                                                     base::systemClock(), mirrorOptions,
                                                     PrefixMirror::Handlers{});
            mirror_->start();
            return true;
        });
    }
    void TearDown() override
    {
        world_.on([&] {
            mirror_.reset();
            store_.reset();
            return true;
        });
    }

    bool becomes(MirrorState::Kind kind)
    {
        return world_.eventually([this, kind] { return mirror_->state().kind == kind; });
    }
    bool shows(const std::string& expected)
    {
        return world_.eventually([&] { return picture(*mirror_) == expected; });
    }

    tests::ControlThreadWorld world_;
    std::unique_ptr<StoreServer> server_;
    std::unique_ptr<EtcdStore> store_;
    std::unique_ptr<PrefixMirror> mirror_;
};

TEST_P(MirrorOverWiresTest, FollowsWritesAndDeletes)
{
    const tests::RawClient writer(server_->address());
    ASSERT_TRUE(becomes(MirrorState::Kind::Current));
    writer.put("m/a", "1");
    writer.put("m/b", "2");
    writer.put("other", "x");
    EXPECT_TRUE(shows("m/a=1 m/b=2"));
    writer.remove("m/a");
    EXPECT_TRUE(shows("m/b=2"));
}

TEST_P(MirrorOverWiresTest, KeepsItsPictureWhileTheStoreIsAwayAndCatchesUp)
{
    {
        const tests::RawClient writer(server_->address());
        writer.put("m/a", "1");
        ASSERT_TRUE(shows("m/a=1"));
    }
    server_->kill();
    ASSERT_TRUE(becomes(MirrorState::Kind::Away));
    EXPECT_TRUE(shows("m/a=1"));
    server_->start();
    const tests::RawClient writer(server_->address());
    writer.put("m/a", "2");
    EXPECT_TRUE(shows("m/a=2"));
    EXPECT_TRUE(becomes(MirrorState::Kind::Current));
    EXPECT_EQ(world_.on([&] { return mirror_->counters().refusals; }), 0u);
}

TEST_P(MirrorOverWiresTest, ComesBackAfterACompactionThatItMissed)
{
    tests::RawClient writer(server_->address());
    writer.put("m/a", "1");
    ASSERT_TRUE(shows("m/a=1"));
    // Frozen like a machine that sleeps: history moves on and is compacted under the mirror.
    world_.on([&] {
        mirror_.reset();
        return true;
    });
    writer.put("m/b", "1");
    writer.remove("m/a");
    const auto last = writer.put("m/c", "1")->header().revision();
    ASSERT_EQ(writer.compact(last).error(), "OK");
    world_.on([&] {
        PrefixMirror::Options options;
        options.prefix = "m/";
        options.baseline = MirrorBaseline{writer.get("m/c")->header().cluster_id(), last - 2};
        mirror_ = std::make_unique<PrefixMirror>(*store_, world_.executor(), base::systemClock(),
                                                 options, PrefixMirror::Handlers{});
        mirror_->start();
        return true;
    });
    EXPECT_TRUE(shows("m/b=1 m/c=1"));
    EXPECT_TRUE(becomes(MirrorState::Kind::Current));
}

TEST_P(MirrorOverWiresTest, RefusesAStoreThatWasMadeAnew)
{
    {
        const tests::RawClient writer(server_->address());
        writer.put("m/a", "1");
        writer.put("m/a", "2");
        ASSERT_TRUE(shows("m/a=2"));
    }
    server_->kill();
    ASSERT_TRUE(becomes(MirrorState::Kind::Away));
    server_->forgetData();
    server_->start();
    ASSERT_TRUE(becomes(MirrorState::Kind::Refused));
    EXPECT_TRUE(shows("m/a=2"));
    const tests::RawClient writer(server_->address());
    writer.put("m/new", "1");
    world_.on([&] {
        mirror_->acceptWorld();
        return true;
    });
    EXPECT_TRUE(shows("m/new=1"));
    EXPECT_TRUE(becomes(MirrorState::Kind::Current));
}

TEST_P(MirrorOverWiresTest, NoticesAServerThatSaysNothing)
{
    const tests::RawClient writer(server_->address());
    writer.put("m/a", "1");
    ASSERT_TRUE(shows("m/a=1"));
    ASSERT_TRUE(becomes(MirrorState::Kind::Current));
    server_->freeze();
    world_.on([&] {
        mirror_->reconcileNow();
        return true;
    });
    EXPECT_TRUE(becomes(MirrorState::Kind::Away));
    server_->thaw();
    EXPECT_TRUE(becomes(MirrorState::Kind::Current));
    EXPECT_TRUE(shows("m/a=1"));
}

TEST_P(MirrorOverWiresTest, ListsMoreThanOnePage)
{
    const tests::RawClient writer(server_->address());
    for (int page = 0; page < 20; ++page) {
        tests::pb::TxnRequest txn;
        for (int i = 0; i < 120; ++i)
            *txn.add_success()
                = tests::putOp("m/" + std::to_string(page) + "/" + std::to_string(i), "x");
        ASSERT_EQ(writer.txn(txn).error(), "OK");
    }
    EXPECT_TRUE(world_.eventually([&] { return mirror_->keys().size() == 2'400; }));
    const auto lists = world_.on([&] {
        mirror_->reconcileNow();
        return mirror_->counters().reconciles;
    });
    EXPECT_TRUE(
        world_.eventually([&] { return mirror_->counters().reconciles == lists + 1; }));
    EXPECT_EQ(world_.on([&] { return mirror_->keys().size(); }), 2'400u);
    EXPECT_EQ(world_.on([&] { return mirror_->counters().corrections; }), 0u);
}

SB_ON_BOTH_SERVERS(MirrorOverWiresTest);

} // namespace
} // namespace signalbox::state
