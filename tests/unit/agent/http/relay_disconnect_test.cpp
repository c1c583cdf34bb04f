// SPDX-License-Identifier: Apache-2.0
#include "agent/http/client_connection.h"
#include "agent/http/h1_writer.h"
#include "agent/http/server_connection.h"
#include "tests/support/loop_driver.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <sys/socket.h>

// A relay of both connection classes, left by its client and by its engine at every byte. What is
// shown: whoever goes, the other side is let go at once, nothing is used after it is freed (under
// the address sanitizer), and no descriptor stays.
namespace signalbox::http {
namespace {

using namespace std::chrono_literals;
using runtime::Fault;
using runtime::Task;
using tests::LoopDriver;
using tests::RawListener;
using tests::RawSocket;

const std::string kRequest = "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n"
                             "content-length: 15\r\n\r\n{\"stream\":true}";
const std::string kAnswer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                            "b\r\ndata: one\n\n\r\nb\r\ndata: two\n\n\r\n0\r\n\r\n";

Task<bool> relayBody(ServerConnection& client, ClientConnection& engine, runtime::Loop& loop)
{
    for (;;) {
        const BodyPiece piece = co_await engine.readBody(loop.after(10s));
        if (piece.fault != Fault::None || piece.isBad)
            co_return false;
        if (piece.isEnd)
            co_return co_await client.finishStream(piece.data) == Fault::None;
        const Fault fault = co_await client.sendChunk(piece.data);
        if (fault != Fault::None)
            co_return false;
    }
}

Task<void> exchange(runtime::Loop& loop, ServerConnection& client, Request& request,
                    std::uint16_t enginePort)
{
    runtime::Watch watch(loop, client.socket());
    auto connected = co_await loop.connect(runtime::Address::loopback(enginePort), loop.after(2s),
                                           &client.socket());
    if (connected.fault != Fault::None) {
        client.abort();
        co_return;
    }
    ClientConnection engine(loop, std::move(connected.socket));
    watch.guard(engine.socket());
    const std::array<std::string_view, 2> pieces{
        "POST / HTTP/1.1\r\nhost: e\r\ncontent-length: 15\r\n\r\n", request.body};
    Fault fault = co_await engine.send(pieces);
    const AnswerHead head = co_await engine.readHead(Method::Post, loop.after(10s));
    fault = head.fault;
    client.beginStream("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    const bool isWhole = fault == Fault::None && !head.isBad
        && co_await relayBody(client, engine, loop);
    if (!isWhole)
        client.abort();
}

Task<void> serve(runtime::Loop& loop, runtime::Socket socket, std::uint16_t enginePort,
                 std::size_t& ended)
{
    ServerConnection connection(loop, std::move(socket), runtime::Address::loopback(1),
                                ServerLimits{});
    Request request;
    for (;;) {
        const Arrival arrival = co_await connection.readRequest(request);
        if (arrival != Arrival::Request)
            break;
        co_await exchange(loop, connection, request, enginePort);
        if (!connection.keepsAlive())
            break;
    }
    ++ended;
}

Task<void> acceptAll(runtime::Loop& loop, runtime::Socket listening, std::uint16_t enginePort,
                     std::size_t& ended)
{
    for (;;) {
        runtime::Accepted accepted = co_await loop.accept(listening);
        if (accepted.fault != Fault::None)
            co_return;
        loop.spawn(serve(loop, std::move(accepted.socket), enginePort, ended));
    }
}

// The relay on a loop, its engine's listening socket, and how many client connections have ended.
struct Relay {
    Relay()
    {
        auto listening = driver.loop().listen(runtime::Address::loopback(0));
        port = listening->localPort();
        driver.loop().spawn(acceptAll(driver.loop(), std::move(*listening), engines.port(), ended));
        baseline = driver.loop().openSockets();
    }
    ~Relay() { driver.loop().endTasks(); }

    bool isEmpty() { return driver.loop().openSockets() == baseline; }
    // The engine's end of the connection that the relay makes for a request.
    RawSocket engineSide()
    {
        driver.until([this] { return driver.loop().openSockets() > baseline + 1; });
        return engines.accept();
    }

    LoopDriver driver;
    RawListener engines;
    std::uint16_t port = 0;
    std::size_t ended = 0;
    std::size_t baseline = 0;
};

enum class Leaving { Fin, Rst };
void leave(RawSocket& socket, Leaving how)
{
    if (how == Leaving::Fin)
        socket.close();
    else
        socket.reset();
}

class RelayDisconnect : public testing::TestWithParam<Leaving> {};

TEST_P(RelayDisconnect, AClientThatLeavesAtAnyByteOfItsRequestCostsNothing)
{
    Relay relay;
    for (std::size_t bytes = 0; bytes < kRequest.size(); ++bytes) {
        RawSocket client = RawSocket::connectTo(relay.port);
        client.send(std::string_view(kRequest).substr(0, bytes));
        const auto before = relay.ended;
        leave(client, GetParam());

        ASSERT_TRUE(relay.driver.until([&] { return relay.ended > before; })) << bytes;
        EXPECT_TRUE(relay.isEmpty()) << bytes;
    }
}

TEST_P(RelayDisconnect, AClientThatLeavesAtAnyByteOfTheAnswerFreesTheEngine)
{
    Relay relay;
    for (std::size_t bytes = 0; bytes < kAnswer.size(); ++bytes) {
        RawSocket client = RawSocket::connectTo(relay.port);
        client.send(kRequest);
        RawSocket engine = relay.engineSide();
        engine.send(std::string_view(kAnswer).substr(0, bytes));
        relay.driver.settle();
        const auto before = relay.ended;
        leave(client, GetParam());

        ASSERT_TRUE(relay.driver.until([&] { return relay.ended > before; })) << bytes;
        engine.receiveAll(); // the request, then the relay's goodbye
        EXPECT_NE(engine.end(), RawSocket::End::TimedOut) << bytes;
        EXPECT_TRUE(relay.isEmpty()) << bytes;
    }
}

TEST_P(RelayDisconnect, AnEngineThatDiesAtAnyByteOfItsAnswerNeverMakesAWholeOne)
{
    Relay relay;
    for (std::size_t bytes = 0; bytes < kAnswer.size(); ++bytes) {
        RawSocket client = RawSocket::connectTo(relay.port);
        client.send(kRequest);
        RawSocket engine = relay.engineSide();
        engine.send(std::string_view(kAnswer).substr(0, bytes));
        relay.driver.settle();
        const auto before = relay.ended;
        leave(engine, GetParam());

        ASSERT_TRUE(relay.driver.until([&] { return relay.ended > before; })) << bytes;
        const std::string got = client.receiveAll();
        EXPECT_FALSE(got.ends_with("0\r\n\r\n")) << bytes;
        EXPECT_TRUE(relay.isEmpty()) << bytes;
    }
}

INSTANTIATE_TEST_SUITE_P(Ends, RelayDisconnect, testing::Values(Leaving::Fin, Leaving::Rst),
                         [](const auto& leaving) {
                             return leaving.param == Leaving::Fin ? "Fin" : "Rst";
                         });

TEST(Relay, AWholeExchangeArrivesAndTheConnectionServesTheNext)
{
    Relay relay;
    RawSocket client = RawSocket::connectTo(relay.port);
    for (int i = 0; i < 3; ++i) {
        client.send(kRequest);
        RawSocket engine = relay.engineSide();
        relay.driver.settle();
        EXPECT_TRUE(engine.receiveUntil("true}").ends_with("{\"stream\":true}"));
        engine.send(kAnswer);
        ASSERT_TRUE(relay.driver.until(
            [&] { return relay.driver.loop().openSockets() == relay.baseline + 1; }));

        const std::string got = client.receiveUntil("0\r\n\r\n");

        EXPECT_NE(got.find("data: one\n\ndata: two\n\n"), std::string::npos) << got;
    }
}

// Engines take a half-closed connection for a client that left, so ours stays whole.
TEST(Relay, TheEnginesSideIsNeverHalfClosed)
{
    Relay relay;
    RawSocket client = RawSocket::connectTo(relay.port);
    client.send(kRequest);
    RawSocket engine = relay.engineSide();
    relay.driver.settle();
    engine.receiveUntil("true}");
    engine.send(kAnswer.substr(0, 70));
    relay.driver.settle();

    char byte = 0;
    const auto count = recv(engine.fd(), &byte, 1, MSG_DONTWAIT);

    EXPECT_EQ(count, -1) << "0 would be our FIN";
}

TEST(Relay, NoDescriptorStays)
{
    const std::size_t before = tests::openDescriptors();
    {
        Relay relay;
        for (int i = 0; i < 50; ++i) {
            {
                RawSocket client = RawSocket::connectTo(relay.port);
                client.send(kRequest);
                const RawSocket engine = relay.engineSide();
            }
            ASSERT_TRUE(relay.driver.until([&] { return relay.isEmpty(); }));
        }
    }
    EXPECT_EQ(tests::openDescriptors(), before);
}

} // namespace
} // namespace signalbox::http
