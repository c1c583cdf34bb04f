// SPDX-License-Identifier: Apache-2.0
// The whole fleet through one agent: its service, its relay to the peers, and a client's mirror of
// it, over real gRPC.
#include "agent/recorder/recorder.h"
#include "agent/telemetry/fleet_relay.h"
#include "agent/telemetry/proxy_source.h"
#include "agent/telemetry/telemetry_service.h"
#include "shared/base/limits.h"
#include "shared/client/fleet_client.h"
#include "shared/client/fleet_mirror.h"
#include "shared/rpc/grpc_server.h"
#include "tests/support/raw_socket.h"
#include "tests/wire/control_thread_world.h"
#include "tests/wire/telemetry_agent.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::telemetry {
namespace {

using tests::ControlThreadWorld;
using tests::recordOf;
using Agent = tests::TelemetryAgent;

// A client that watches, with its picture of the fleet. Made and ended on the control thread.
class Watcher {
public:
    Watcher(ControlThreadWorld& world, const std::vector<std::string>& addresses)
        : mirror_(base::systemClock())
    {
        client::ClientOptions options;
        for (const std::string& address : addresses)
            options.addresses.push_back("grpc://" + address);
        client_ = *client::FleetClient::open(std::move(options), world.executor());
        client_->watch(model::TelemetryScope::Fleet, model::SampleWish::All, mirror_);
    }

    const client::FleetMirror& mirror() const { return mirror_; }
    const client::AgentView* find(const std::string& id) const
    {
        const auto found = mirror_.agents().find(id);
        return found == mirror_.agents().end() ? nullptr : &found->second;
    }
    bool isThere(const std::string& id) const { return find(id) != nullptr && !find(id)->gone; }

private:
    client::FleetMirror mirror_;
    std::unique_ptr<client::FleetClient> client_; // last: it calls the mirror
};

// Two agents and who asks the first one about both.
class Telemetry : public ::testing::Test {
protected:
    Telemetry()
    {
        world_.on([this] {
            hub_ = std::make_unique<Agent>(world_, "gw-1");
            peer_ = std::make_unique<Agent>(world_, "chat-1");
        });
        hub_->start();
        peer_->start();
        knowPeerAt(peer_->address());
    }
    ~Telemetry() override
    {
        world_.on([this] { watcher_.reset(); });
        hub_->stop();
        peer_->stop();
        world_.on([this] { hub_.reset(), peer_.reset(); });
    }

    void knowPeerAt(const std::string& address)
    {
        world_.on([&] { hub_->relay().setPeers({recordOf("chat-1", address)}); });
    }
    void watch(std::vector<std::string> addresses = {})
    {
        if (addresses.empty())
            addresses.push_back(hub_->address());
        world_.on([&] { watcher_ = std::make_unique<Watcher>(world_, addresses); });
    }
    bool eventually(std::function<bool()> fact) { return world_.eventually(std::move(fact)); }

    ControlThreadWorld world_;
    std::unique_ptr<Agent> hub_;
    std::unique_ptr<Agent> peer_;
    std::unique_ptr<Watcher> watcher_;
};

TEST_F(Telemetry, OneAgentAnswersForTheFleetWithWhatThePeersSayThemselves)
{
    world_.on([&] { peer_->recorder().recordRow(1'000, {7}); });
    watch();

    ASSERT_TRUE(eventually([&] { return watcher_->mirror().isComplete(); }));

    world_.on([&] { // nothing in between: the first complete picture shows facts, not a record
        EXPECT_EQ(watcher_->mirror().agents().size(), 2u);
        ASSERT_TRUE(watcher_->isThere("gw-1"));
        ASSERT_TRUE(watcher_->isThere("chat-1"));
        EXPECT_EQ(watcher_->find("chat-1")->state.record.version, "live");
    });
    EXPECT_TRUE(eventually([&] { return watcher_->find("chat-1")->values()["running"] == 7; }));
}

TEST_F(Telemetry, APeerThatRefusesIsShownAsItRegisteredAndWhy)
{
    peer_->stop();
    watch();

    ASSERT_TRUE(eventually([&] { return watcher_->mirror().isComplete(); }));

    world_.on([&] {
        const client::AgentView* peer = watcher_->find("chat-1");
        ASSERT_TRUE(peer != nullptr && peer->gone);
        EXPECT_EQ(peer->state.record.pool, "chat");
        EXPECT_NE(peer->gone->reason.find(peer_->address()), std::string::npos)
            << peer->gone->reason;
        EXPECT_EQ(peer->gone->lastSeenUnixMs, 0);
    });
}

TEST_F(Telemetry, APeerThatSaysNothingIsNotWaitedForLong)
{
    tests::RawListener silent; // takes the connection and never speaks
    knowPeerAt("127.0.0.1:" + std::to_string(silent.port()));
    watch();

    ASSERT_TRUE(eventually([&] { return watcher_->mirror().isComplete(); }));

    world_.on([&] {
        ASSERT_TRUE(watcher_->find("chat-1")->gone);
        EXPECT_EQ(watcher_->find("chat-1")->gone->lastSeenUnixMs, 0);
        EXPECT_EQ(watcher_->find("chat-1")->state.record.pool, "chat");
    });
}

TEST_F(Telemetry, APeerThatDiesStaysAsItWasAndItsNextBootIsTheTruthAgain)
{
    world_.on([&] { peer_->recorder().recordRow(1'000, {7}); });
    watch();
    ASSERT_TRUE(eventually([&] { return watcher_->isThere("chat-1"); }));
    ASSERT_TRUE(eventually([&] { return watcher_->find("chat-1")->values()["running"] == 7; }));
    const std::string address = peer_->address();

    peer_->stop();

    ASSERT_TRUE(eventually([&] { return watcher_->find("chat-1")->gone.has_value(); }));
    world_.on([&] {
        EXPECT_GT(watcher_->find("chat-1")->gone->lastSeenUnixMs, 0);
        EXPECT_EQ(watcher_->find("chat-1")->values()["running"], 7);
        peer_ = std::make_unique<Agent>(world_, "chat-1", "boot-2");
    });
    peer_->start(address);

    ASSERT_TRUE(eventually([&] { return watcher_->isThere("chat-1"); }));
    world_.on([&] {
        EXPECT_EQ(watcher_->find("chat-1")->bootId, "boot-2");
        EXPECT_TRUE(watcher_->find("chat-1")->values().empty()); // of the boot that is gone
    });
}

TEST_F(Telemetry, ASlowReaderIsToldWhatItMissedAndIsThenCurrent)
{
    watch();
    ASSERT_TRUE(eventually([&] { return watcher_->mirror().isComplete(); }));
    world_.on([&] { hub_->recorder().recordRow(1'000, {0}); });
    ASSERT_TRUE(eventually([&] { return watcher_->find("gw-1")->newest.sequence == 1; }));

    // More than is kept, before the reader gets a turn.
    const std::size_t rows = limits::kFeedRows + 100;
    world_.on([&] {
        for (std::size_t i = 1; i <= rows; ++i)
            hub_->recorder().recordRow(1'000, {static_cast<double>(i)});
    });

    ASSERT_TRUE(eventually([&] {
        return watcher_->find("gw-1")->values()["running"] == static_cast<double>(rows);
    }));
    world_.on([&] {
        EXPECT_EQ(watcher_->find("gw-1")->missedSamples, 100u);
        EXPECT_EQ(hub_->service().counters().samplesMissedTotal, 100u);
    });
}

// 1,000 agents at one sample a second within 1 Mbit/s: 125 bytes for each, framing included.
TEST_F(Telemetry, ASampleOfAnAgentAtWorkFitsItsShareOfAMegabit)
{
    constexpr double kBytesEach = 125;
    constexpr int kRows = 8;
    std::vector<model::SeriesKey> series;
    for (const SeriesColumn& column : ProxySource::columns())
        series.push_back({column.name, {}, column.kind});
    world_.on([&] { hub_->setSeries(series); });
    watch();
    ASSERT_TRUE(eventually([&] { return watcher_->mirror().isComplete(); }));
    const auto row = [&](int second) { // 14 requests a second, 1,500 tokens
        std::vector<double> values;
        for (std::size_t i = 0; i < series.size(); ++i)
            values.push_back(series[i].kind == model::SeriesKind::Counter
                                 ? 100'000 + 14.0 * second + static_cast<double>(i % 3)
                                 : 70.5 + (second * 7 + static_cast<int>(i)) % 5);
        return values;
    };
    world_.on([&] { hub_->recorder().recordRow(1'000, row(0)); });
    ASSERT_TRUE(eventually([&] { return watcher_->find("gw-1")->newest.sequence == 1; }));
    const std::uint64_t before = world_.on([&] { return hub_->service().counters().bytesTotal; });

    for (int second = 1; second <= kRows; ++second) {
        world_.on([&] { hub_->recorder().recordRow(1'000 + second * 1'000, row(second)); });
        ASSERT_TRUE(eventually([&] {
            return watcher_->find("gw-1")->newest.sequence
                == static_cast<base::Sequence>(second) + 1;
        }));
    }

    const std::uint64_t after = world_.on([&] { return hub_->service().counters().bytesTotal; });
    EXPECT_LT(static_cast<double>(after - before) / kRows, kBytesEach);
}

TEST_F(Telemetry, AReaderThatLosesItsAgentGoesOnAtTheNextWithNothingTwiceOrMissing)
{
    world_.on([&] { peer_->relay().setPeers({recordOf("gw-1", hub_->address())}); });
    watch({hub_->address(), peer_->address()});
    ASSERT_TRUE(eventually([&] { return watcher_->mirror().isComplete(); }));
    world_.on([&] { peer_->recorder().recordEvent(1'000, {.kind = "one", .object = "chat-1"}); });
    ASSERT_TRUE(eventually([&] { return watcher_->mirror().events().size() == 1; }));

    hub_->stop();
    world_.on([&] { peer_->recorder().recordEvent(2'000, {.kind = "two", .object = "chat-1"}); });

    ASSERT_TRUE(eventually([&] { return watcher_->mirror().events().size() == 2; }));
    EXPECT_TRUE(eventually(
        [&] { return watcher_->mirror().link().address == "grpc://" + peer_->address(); }));
    world_.on([&] {
        EXPECT_EQ(watcher_->mirror().events()[1].kind, "two");
        EXPECT_EQ(watcher_->mirror().duplicates(), 0u);
        EXPECT_EQ(watcher_->mirror().missedSamples(), 0u);
    });
    EXPECT_TRUE(eventually([&] { return watcher_->find("gw-1")->gone.has_value(); }));
}

TEST_F(Telemetry, PeersAreFollowedOnlyWhileSomebodyWatches)
{
    world_.on([&] { EXPECT_EQ(hub_->relay().peersFollowed(), 0u); });
    watch();
    ASSERT_TRUE(eventually([&] { return hub_->relay().peersFollowed() == 1; }));
    ASSERT_TRUE(eventually([&] { return peer_->service().counters().readers == 1; }));

    world_.on([&] { watcher_.reset(); });

    // After limits::kRelayLinger.
    EXPECT_TRUE(eventually([&] { return hub_->relay().peersFollowed() == 0; }));
}

} // namespace
} // namespace signalbox::telemetry
