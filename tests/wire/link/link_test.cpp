// SPDX-License-Identifier: Apache-2.0
// The same stories over gRPC and over WebSocket: what the window sees does not depend on the way.
#include "proto/signalbox/v1/command_service.pb.h"
#include "shared/base/limits.h"
#include "tests/wire/link/link_world.h"

namespace signalbox::link {
namespace {

using fleet::LinkState;
using tests::LinkedAgent;
using tests::LinkWindow;
using tests::Transport;

class Link : public ::testing::TestWithParam<Transport> {
protected:
    Link() : hub_(world_, "gw-1"), peer_(world_, "chat-1") {}

    void startBoth()
    {
        hub_.start();
        peer_.start();
        world_.on([&] {
            hub_.agent().relay().setPeers({tests::recordOf("chat-1", peer_.agent().address())});
            peer_.agent().relay().setPeers({tests::recordOf("gw-1", hub_.agent().address())});
        });
    }
    std::string hubAddress() const { return hub_.address(GetParam()); }

    tests::ControlThreadWorld world_;
    LinkedAgent hub_;
    LinkedAgent peer_;
};

INSTANTIATE_TEST_SUITE_P(Over, Link, ::testing::Values(Transport::Grpc, Transport::WebSocket),
                         [](const auto& given) {
                             return given.param == Transport::Grpc ? "Grpc" : "WebSocket";
                         });

TEST_P(Link, ShowsTheWholeFleetAndFollowsItsNumbers)
{
    startBoth();
    LinkWindow window({hubAddress()});
    ASSERT_TRUE(window.eventually([&] { return window.isConnected(); }));
    EXPECT_EQ(window.store().size(), 2);
    EXPECT_EQ(window.store().link().address, hubAddress());

    peer_.record(7);
    EXPECT_TRUE(window.eventually([&] { return window.inFlight("chat-1") == 7; }));
    hub_.record(9);
    EXPECT_TRUE(window.eventually([&] { return window.inFlight("gw-1") == 9; }));
    EXPECT_TRUE(window.eventually([&] { return window.store().link().fleet == "test"; }));
    EXPECT_GE(window.store().link().roundTripMs, 0);
}

TEST_P(Link, ThatIsLostKeepsWhatItKnewSaysWhyAndComesBack)
{
    hub_.start();
    LinkWindow window({hubAddress()});
    hub_.record(5);
    ASSERT_TRUE(window.eventually([&] { return window.inFlight("gw-1") == 5; }));
    const std::string grpc = hub_.agent().address();

    hub_.stop();
    ASSERT_TRUE(
        window.eventually([&] { return window.store().link().state == LinkState::Lost; }));
    EXPECT_FALSE(window.store().link().problem.empty());
    EXPECT_EQ(window.inFlight("gw-1"), 5); // as of then

    if (GetParam() == Transport::WebSocket)
        return; // its door has another port now; going on elsewhere is the next story
    LinkedAgent again(world_, "gw-1");
    again.start(grpc);
    EXPECT_TRUE(window.eventually([&] { return window.isConnected(); }));
    EXPECT_TRUE(window.store().link().problem.empty());
}

TEST_P(Link, ThatLosesItsAgentGoesOnAtTheNextOneThatWasNamed)
{
    startBoth();
    LinkWindow window({hubAddress(), peer_.address(GetParam())});
    ASSERT_TRUE(window.eventually([&] { return window.isConnected(); }));

    hub_.stop();

    EXPECT_TRUE(window.eventually([&] {
        return window.store().link().address == peer_.address(GetParam())
            && window.store().link().state == LinkState::Connected;
    }));
    peer_.record(3);
    EXPECT_TRUE(window.eventually([&] { return window.inFlight("chat-1") == 3; }));
}

TEST_P(Link, ThatLosesItsOnlyAgentGoesOnAtOneThatItHasLearntOf)
{
    startBoth();
    LinkWindow window({hubAddress()});
    ASSERT_TRUE(window.eventually([&] { return window.isConnected(); }));
    ASSERT_TRUE(window.eventually([&] {
        const int slot = window.store().slotOf("chat-1");
        return slot >= 0 && !window.store().agent(slot).isGone()
            && window.store().agent(slot).record().version == "live";
    }));

    hub_.stop();

    EXPECT_TRUE(window.eventually([&] {
        return window.store().link().address == peer_.address(GetParam())
            && window.store().link().state == LinkState::Connected;
    }));
}

TEST_P(Link, AWindowThatTakesNothingFindsEachAgentOnceAndWhatDidNotFitCounted)
{
    hub_.start();
    LinkWindow window({hubAddress()});
    ASSERT_TRUE(window.eventually([&] { return window.isConnected(); }));
    window.link().setPace(Pace::Hidden);
    const int before = window.taken();

    // Nobody runs the window's event loop while the link hears all of it.
    const int rows = static_cast<int>(limits::kWaitingRows) + 50;
    for (int i = 1; i <= rows; ++i)
        hub_.record(i);
    ASSERT_TRUE(world_.eventually([&] {
        return hub_.agent().service().counters().readers == 1;
    }));
    ASSERT_TRUE(window.eventually(
        [&] { return window.inFlight("gw-1") == static_cast<float>(rows); }));

    EXPECT_GT(window.taken(), before);
    EXPECT_EQ(window.store().size(), 1);
}

TEST_P(Link, ACommandIsAnsweredOnTheWindowsThreadAndARefusalKeepsItsCode)
{
    world_.on([&] {
        hub_.agent().table().add("signalbox.v1.CommandService/GetConvergence", rpc::Role::Viewer,
                                 [](const rpc::Caller&, const std::string&, rpc::Reply reply) {
                                     v1::GetConvergenceResponse response;
                                     response.set_revision(419);
                                     reply(response.SerializeAsString());
                                 });
        hub_.agent().table().add(
            "signalbox.v1.CommandService/Preview", rpc::Role::Viewer,
            [](const rpc::Caller&, const std::string&, rpc::Reply reply) {
                reply(base::Error(base::Code::FailedPrecondition, "the store is away"));
            });
    });
    hub_.start();
    LinkWindow window({hubAddress()});
    base::Revision revision = 0;
    std::optional<base::Error> refusal;

    window.link().convergence(419, {}, [&](base::Result<model::Convergence> answer) {
        revision = answer ? answer->revision : -1;
    });
    window.link().previewUndo(3, [&](base::Result<model::Preview> answer) {
        if (!answer)
            refusal = answer.error();
    });

    ASSERT_TRUE(window.eventually([&] { return revision != 0 && refusal; }));
    EXPECT_EQ(revision, 419);
    EXPECT_EQ(refusal->code(), base::Code::FailedPrecondition);
    EXPECT_NE(refusal->text().find("the store is away"), std::string::npos);
}

TEST_P(Link, ThatEndsWhileItAsksTellsNobody)
{
    std::vector<rpc::Reply> silent;
    world_.on([&] {
        hub_.agent().table().add(
            "signalbox.v1.CommandService/Preview", rpc::Role::Viewer,
            [&](const rpc::Caller&, const std::string&, rpc::Reply reply) {
                silent.push_back(std::move(reply));
            });
    });
    hub_.start();
    bool isTold = false;
    {
        LinkWindow window({hubAddress()});
        window.link().previewUndo(3, [&](const base::Result<model::Preview>&) { isTold = true; });
        ASSERT_TRUE(world_.eventually([&] { return silent.size() == 1; }));
    }
    QCoreApplication::processEvents();
    EXPECT_FALSE(isTold);
    world_.on([&] { silent.clear(); });
}

TEST(LinkAddress, ThatIsNoneOrNeedsACertificateIsSaidAtOnce)
{
    EXPECT_FALSE(LinkWindow({"tcp://192.0.2.1:8801"}).opened());
    EXPECT_FALSE(LinkWindow({"wss://192.0.2.1:8802/tunnel"}).opened());
    const LinkWindow far({"ws://192.0.2.7:8802/tunnel"});
    ASSERT_FALSE(far.opened());
    EXPECT_NE(far.opened().error().text().find("insecure"), std::string::npos);
}

} // namespace
} // namespace signalbox::link
