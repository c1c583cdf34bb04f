// SPDX-License-Identifier: Apache-2.0
#include "agent/http/listener.h"
#include "tests/support/raw_socket.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using runtime::Task;
using tests::RawSocket;

Task<void> answerOk(runtime::Core&, ServerConnection& connection, Request&)
{
    const std::string head = std::string("HTTP/1.1 200 OK\r\n")
        + (connection.keepsAlive() ? "" : "connection: close\r\n") + "content-length: 2\r\n\r\n";
    (void)co_await connection.sendWhole(head, "ok");
}

const std::string kGet = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

runtime::CoreSetOptions cores(std::size_t count)
{
    runtime::CoreSetOptions options;
    options.cores = count;
    return options;
}

std::string askOnce(RawSocket& client)
{
    client.send(kGet);
    return client.receiveUntil("\r\n\r\nok");
}

TEST(Listener, EveryCoreServesOneAddress)
{
    runtime::CoreSet set(cores(3));
    std::array<std::atomic<int>, 3> served{};
    Listener listener(set, ListenerLimits{},
                      [&](runtime::Core& core, ServerConnection& connection, Request& request) {
                          ++served[core.index()];
                          return answerOk(core, connection, request);
                      });
    const auto address = listener.start(runtime::Address::loopback(0));
    ASSERT_TRUE(address) << address.error().text();

    int answered = 0;
    for (int i = 0; i < 120; ++i) {
        RawSocket client = RawSocket::connectTo(address->port());
        answered += askOnce(client).ends_with("ok") ? 1 : 0;
    }

    EXPECT_EQ(answered, 120);
    for (const auto& count : served)
        EXPECT_GT(count, 0); // the kernel spreads them
    EXPECT_EQ(listener.connections().acceptedTotal(), 120U);
}

TEST(Listener, ATakenAddressIsAnErrorThatNamesIt)
{
    const tests::RawListener other;
    runtime::CoreSet set(cores(1));
    Listener listener(set, ListenerLimits{}, &answerOk);

    const auto address = listener.start(runtime::Address::loopback(other.port()));

    ASSERT_FALSE(address);
    EXPECT_NE(address.error().text().find(std::to_string(other.port())), std::string::npos);
}

TEST(Listener, StoppingEndsIdleConnectionsAtOnceAndLetsNobodyIn)
{
    runtime::CoreSet set(cores(2));
    Listener listener(set, ListenerLimits{}, &answerOk);
    const auto address = listener.start(runtime::Address::loopback(0));
    std::vector<RawSocket> idle;
    for (int i = 0; i < 10; ++i) {
        idle.push_back(RawSocket::connectTo(address->port()));
        EXPECT_NE(askOnce(idle.back()), "");
    }

    listener.stopAccepting();

    for (RawSocket& client : idle) {
        EXPECT_EQ(client.receiveAll(), "");
        EXPECT_EQ(client.end(), RawSocket::End::Closed);
    }
    for (std::size_t n = 0; n < set.size(); ++n) {
        std::promise<void> isStopped; // each core has taken the stop before it takes this
        set.post(n, [&](runtime::Core&) { isStopped.set_value(); });
        isStopped.get_future().wait();
    }
    EXPECT_FALSE(RawSocket::connectTo(address->port()).isOpen());
}

TEST(Listener, ARequestThatHasBegunIsAnsweredThoughTheListenerStops)
{
    runtime::CoreSet set(cores(1));
    Listener listener(set, ListenerLimits{}, &answerOk);
    const auto address = listener.start(runtime::Address::loopback(0));
    RawSocket client = RawSocket::connectTo(address->port());
    EXPECT_NE(askOnce(client), "");
    client.send(kGet.substr(0, 10));
    RawSocket other = RawSocket::connectTo(address->port()); // what was sent has arrived after this
    EXPECT_NE(askOnce(other), "");

    listener.stopAccepting();
    EXPECT_EQ(other.receiveAll(), "");
    client.send(kGet.substr(10));
    const std::string answer = client.receiveAll();

    EXPECT_NE(answer.find("connection: close"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("ok"));
}

TEST(Listener, AtItsMostItStopsAcceptingUntilAConnectionEnds)
{
    runtime::CoreSet set(cores(1));
    ListenerLimits limits;
    limits.connections = 2;
    Listener listener(set, limits, &answerOk);
    const auto address = listener.start(runtime::Address::loopback(0));
    RawSocket first = RawSocket::connectTo(address->port());
    RawSocket second = RawSocket::connectTo(address->port());
    EXPECT_NE(askOnce(first), "");
    EXPECT_NE(askOnce(second), "");

    RawSocket third = RawSocket::connectTo(address->port()); // waits in the kernel's queue
    third.send(kGet);
    const std::size_t openWhileFull = listener.connections().open();
    first.close();
    const std::string answer = third.receiveUntil("\r\n\r\nok");

    EXPECT_EQ(openWhileFull, 2U);
    EXPECT_TRUE(answer.ends_with("ok")) << answer;
    EXPECT_GE(listener.connections().pausesTotal(), 1U);
    EXPECT_EQ(listener.connections().refusedTotal(), 0U);
}

TEST(ConnectionCount, OneSourceCannotTakeThemAllAndLoopbackIsExempt)
{
    ListenerLimits limits;
    limits.connections = 10;
    limits.connectionsPerSource = 2;
    ConnectionCount count(limits);
    const auto greedy = *runtime::Address::parse("10.0.0.1:1000");
    const auto other = *runtime::Address::parse("10.0.0.2:1000");
    const auto local = runtime::Address::loopback(1);

    const bool first = count.enter(greedy);
    const bool second = count.enter(*runtime::Address::parse("10.0.0.1:2000"));
    const bool third = count.enter(*runtime::Address::parse("10.0.0.1:3000"));
    const bool fromOther = count.enter(other);
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(count.enter(local));
    {
        const ConnectionCount::Entry leaves(count, greedy);
    }
    const bool again = count.enter(greedy);

    EXPECT_TRUE(first && second && fromOther && again);
    EXPECT_FALSE(third);
    EXPECT_EQ(count.refusedTotal(), 1U);
    EXPECT_EQ(count.open(), 8U);
}

TEST(ConnectionCount, TheProcessHasItsMost)
{
    ListenerLimits limits;
    limits.connections = 1;
    ConnectionCount count(limits);
    const auto peer = runtime::Address::loopback(1);

    const bool first = count.enter(peer);
    const bool second = count.enter(peer);

    EXPECT_TRUE(first);
    EXPECT_FALSE(second);
    EXPECT_TRUE(count.isFull());
}

} // namespace
} // namespace signalbox::http
