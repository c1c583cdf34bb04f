// SPDX-License-Identifier: Apache-2.0
// The method table over WebSocket: calls, streams, ends, limits, and what makes no sense.
#include "agent/telemetry/tunnel/tunnel_service.h"
#include "shared/base/limits.h"
#include "tests/support/raw_socket.h"
#include "tests/wire/control_thread_world.h"
#include "tests/wire/tunnel_door.h"
#include "tests/wire/ws_client.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace signalbox::tunnel {
namespace {

using Door = tests::TunnelDoor;
using tests::TunnelNews;
using tests::WsClient;

constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kUnknownData = 1003;
constexpr std::uint16_t kTooBig = 1009;

class TunnelTest : public ::testing::Test {
protected:
    TunnelTest()
    {
        table_.add("test.S/Echo", rpc::Role::Viewer,
                   [](const rpc::Caller& caller, const std::string& request, rpc::Reply reply) {
                       reply(caller.name + " says " + request);
                   });
        table_.add("test.S/Fail", rpc::Role::Viewer,
                   [](const rpc::Caller&, const std::string&, rpc::Reply reply) {
                       reply(base::Error(base::Code::FailedPrecondition, "not today"));
                   });
        table_.add("test.S/Act", rpc::Role::Operator,
                   [](const rpc::Caller&, const std::string&, rpc::Reply reply) {
                       reply(std::string("done"));
                   });
        table_.add("test.S/Silent", rpc::Role::Viewer,
                   [this](const rpc::Caller&, const std::string&, rpc::Reply reply) {
                       silent_.push_back(std::move(reply));
                   });
        table_.addStream("test.S/Watch", rpc::Role::Viewer,
                         [this](const rpc::Caller&, const std::string&,
                                std::shared_ptr<rpc::OpenStream> stream) {
                             streams_.push_back(std::move(stream));
                         });
        world_.on([this] { service_ = makeService(); });
        door_ = std::make_unique<Door>(world_, *service_);
    }
    ~TunnelTest() override
    {
        door_.reset();
        world_.on([this] { service_.reset(), silent_.clear(), streams_.clear(); });
    }

    std::unique_ptr<TunnelService> makeService()
    {
        return std::make_unique<TunnelService>(table_, world_.thread(), rpc::Role::Viewer);
    }
    TunnelCounters counters()
    {
        return world_.on([this] { return service_->counters(); });
    }

    rpc::MethodTable table_;
    std::vector<rpc::Reply> silent_;
    std::vector<std::shared_ptr<rpc::OpenStream>> streams_;
    tests::ControlThreadWorld world_;
    std::unique_ptr<TunnelService> service_;
    std::unique_ptr<Door> door_;
};

TEST_F(TunnelTest, AnswersUnaryCallsUnderTheCallersName)
{
    WsClient client(door_->port(), "alice");
    client.open(7, "test.S/Echo", "hello");

    const auto item = client.receive();
    ASSERT_TRUE(item && item->item);
    EXPECT_EQ(item->call, 7u);
    EXPECT_EQ(*item->item, "alice says hello");
    const auto end = client.receive();
    ASSERT_TRUE(end && !end->item);
    EXPECT_EQ(end->endCode, 0u);
}

TEST_F(TunnelTest, ErrorsAreEndsWithTheirCode)
{
    WsClient client(door_->port());
    client.open(1, "test.S/Fail", "");
    client.open(2, "test.S/Nothing", "");

    const auto failed = client.receive();
    EXPECT_EQ(failed->endCode, static_cast<std::uint32_t>(base::Code::FailedPrecondition));
    EXPECT_NE(failed->endMessage.find("not today"), std::string::npos);
    EXPECT_EQ(client.receive()->endCode, static_cast<std::uint32_t>(base::Code::Unimplemented));
    EXPECT_EQ(counters().callsRefusedTotal, 1u);
}

TEST_F(TunnelTest, WhoIsOnAnotherMachineMayLookAndNotAct)
{
    WsClient here(door_->port());
    here.open(1, "test.S/Act", "");
    EXPECT_EQ(*here.receive()->item, "done");

    const Door elsewhere(world_, *service_, "192.0.2.7:4711");
    WsClient stranger(elsewhere.port());
    stranger.open(1, "test.S/Act", "");
    EXPECT_EQ(stranger.receive()->endCode,
              static_cast<std::uint32_t>(base::Code::PermissionDenied));
    stranger.open(2, "test.S/Echo", "hello");
    EXPECT_TRUE(stranger.receive()->item);
}

TEST_F(TunnelTest, ADeadlineEndsACallAndALateAnswerHarmsNothing)
{
    WsClient client(door_->port());
    client.open(1, "test.S/Silent", "", 20);

    EXPECT_EQ(client.receive()->endCode, static_cast<std::uint32_t>(base::Code::DeadlineExceeded));

    world_.on([this] { silent_.at(0)(std::string("late")); });
    client.open(2, "test.S/Echo", "still there");
    EXPECT_EQ(client.receive()->call, 2u);
}

TEST_F(TunnelTest, AStreamIsIdleAgainWhenItsItemIsWritten)
{
    WsClient client(door_->port());
    client.open(1, "test.S/Watch", "");
    ASSERT_TRUE(world_.eventually([this] { return streams_.size() == 1; }));

    world_.on([this] {
        streams_[0]->write("one");
        EXPECT_FALSE(streams_[0]->isIdle());
        streams_[0]->write("never: it is not idle");
    });
    EXPECT_EQ(*client.receive()->item, "one");
    ASSERT_TRUE(world_.eventually([this] { return streams_[0]->isIdle(); }));
    world_.on([this] { streams_[0]->write("two"), streams_[0]->end({}); });
    EXPECT_EQ(*client.receive()->item, "two");
    EXPECT_FALSE(client.receive()->item);
    world_.on([this] { EXPECT_FALSE(streams_[0]->isOpen()); });
}

TEST_F(TunnelTest, CancellingAndLeavingCloseStreams)
{
    auto client = std::make_unique<WsClient>(door_->port());
    client->open(1, "test.S/Watch", "");
    client->open(2, "test.S/Watch", "");
    ASSERT_TRUE(world_.eventually([this] { return streams_.size() == 2; }));

    client->cancel(1);
    EXPECT_EQ(client->receive()->endCode, static_cast<std::uint32_t>(base::Code::Cancelled));
    world_.on([this] {
        EXPECT_FALSE(streams_[0]->isOpen());
        EXPECT_TRUE(streams_[1]->isOpen());
    });

    client.reset();
    EXPECT_TRUE(world_.eventually([this] { return !streams_[1]->isOpen(); }));
    EXPECT_TRUE(
        world_.eventually([this] { return service_->counters().connections == 0; }));
}

TEST_F(TunnelTest, WhatMakesNoSenseClosesTheConnectionWithItsCode)
{
    const auto closeCodeAfter = [this](const auto& act) {
        WsClient client(door_->port());
        act(client);
        while (client.receive())
            ;
        return client.closeCode();
    };

    EXPECT_EQ(closeCodeAfter([](WsClient& c) { c.sendText("hello"); }), kUnknownData);
    EXPECT_EQ(closeCodeAfter([](WsClient& c) { c.sendBytes("\xff\xff\xff"); }), kProtocolError);
    EXPECT_EQ(closeCodeAfter([](WsClient& c) { c.open(0, "test.S/Echo", ""); }), kProtocolError);
    EXPECT_EQ(closeCodeAfter([](WsClient& c) {
                  c.open(1, "test.S/Silent", "");
                  c.open(1, "test.S/Silent", "");
              }),
              kProtocolError);
    EXPECT_EQ(closeCodeAfter([](WsClient& c) {
                  c.sendBytes(std::string(limits::kTunnelMessageBytes + 1, 'x'));
              }),
              kTooBig);
    EXPECT_EQ(counters().violationsTotal, 4u);
}

TEST_F(TunnelTest, CallsOfOneConnectionHaveAMost)
{
    WsClient client(door_->port());
    for (std::uint32_t call = 1; call <= limits::kTunnelCallsOpen; ++call)
        client.open(call, "test.S/Silent", "");
    client.open(1'000, "test.S/Echo", "one too many");

    const auto refused = client.receive();
    EXPECT_EQ(refused->call, 1'000u);
    EXPECT_EQ(refused->endCode, static_cast<std::uint32_t>(base::Code::ResourceExhausted));
}

TEST_F(TunnelTest, ConnectionsHaveAMost)
{
    std::vector<std::unique_ptr<WsClient>> clients;
    for (std::size_t i = 0; i < limits::kTunnelConnections; ++i)
        clients.push_back(std::make_unique<WsClient>(door_->port()));

    EXPECT_ANY_THROW(WsClient(door_->port()));
    EXPECT_EQ(counters().connectionsRefusedTotal, 1u);
}

// It asks and asks and reads nothing: what waits for it has an end, and it alone waits.
TEST_F(TunnelTest, APeerThatReadsNothingIsNotReadEither)
{
    WsClient frozen(door_->port());
    const std::string large(256 * 1024, 'x');
    std::thread asking([&] {
        try {
            for (std::uint32_t call = 1; call <= 400; ++call)
                frozen.open(call, "test.S/Echo", large);
        } catch (const std::exception&) { // closed under it at the end: as it must be
        }
    });

    WsClient other(door_->port());
    other.open(1, "test.S/Echo", "hello");
    EXPECT_EQ(*other.receive()->item, "alice says hello");
    EXPECT_LT(counters().callsTotal, 400u);

    world_.on([this] { service_.reset(); });
    asking.join();
    world_.on([this] { service_ = makeService(); });
}

} // namespace
} // namespace signalbox::tunnel
