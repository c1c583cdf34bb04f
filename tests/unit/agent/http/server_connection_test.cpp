// SPDX-License-Identifier: Apache-2.0
#include "agent/http/server_connection.h"
#include "agent/http/h1_writer.h"
#include "tests/support/loop_driver.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using namespace std::chrono_literals;
using runtime::Fault;
using runtime::Task;
using tests::ConnectedPair;
using tests::LoopDriver;
using tests::RawSocket;

struct Heard {
    std::vector<std::string> requests; // "path|body"
    std::optional<Arrival> last;
};

// Answers every request with its own body, until the connection ends.
Task<void> echo(ServerConnection& connection, Heard& heard)
{
    Request request;
    for (;;) {
        const Arrival arrival = co_await connection.readRequest(request);
        heard.last = arrival;
        if (arrival != Arrival::Request)
            break;
        heard.requests.push_back(std::string(request.head.path()) + "|"
                                 + std::string(request.body));
        std::array<char, kHeadBufferBytes> buffer;
        HeadWriter head(buffer);
        head.response(200);
        if (!connection.keepsAlive())
            head.close();
        head.contentLength(request.body.size());
        (void)co_await connection.sendWhole(head.finish(), request.body);
        if (!connection.keepsAlive())
            break;
    }
    co_await connection.closeGently();
    connection.socket().close();
}

// A connection that echoes, and the client on its other end.
struct Echoing {
    explicit Echoing(LoopDriver& d, ServerLimits limits = {})
        : driver(d), pair(d), connection(d.loop(), std::move(pair.ours),
                                         runtime::Address::loopback(1), limits)
    {
        d.loop().spawn(echo(connection, heard));
    }
    ~Echoing() { driver.loop().endTasks(); }
    RawSocket& client() { return pair.peer; }

    LoopDriver& driver;
    ConnectedPair pair;
    ServerConnection connection;
    Heard heard;
};

std::string post(const std::string& body, const std::string& fields = "")
{
    return "POST /v1/x HTTP/1.1\r\nhost: a\r\n" + fields
        + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string kChunkedPost
    = "POST /v1/x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";

TEST(ServerConnection, ARequestCutAtEveryByteArrivesWhole)
{
    for (const std::string& request : {post("{\"a\":1}"), kChunkedPost}) {
        for (std::size_t cut = 1; cut < request.size(); ++cut) {
            LoopDriver driver;
            Echoing echoing(driver);

            echoing.client().send(std::string_view(request).substr(0, cut));
            driver.until([&] { return !echoing.connection.isIdle(); });
            echoing.client().send(std::string_view(request).substr(cut));

            ASSERT_TRUE(driver.until([&] { return !echoing.heard.requests.empty(); })) << cut;
            const std::string wanted = request == kChunkedPost ? "abcdefg" : "{\"a\":1}";
            EXPECT_EQ(echoing.heard.requests.front(), "/v1/x|" + wanted) << cut;
        }
    }
}

TEST(ServerConnection, PipelinedRequestsAreAnsweredInOrderAndThenNoBufferIsHeld)
{
    LoopDriver driver;
    Echoing echoing(driver);

    echoing.client().send(post("one") + kChunkedPost + post("three") + post("") + post("five"));

    ASSERT_TRUE(driver.until([&] { return echoing.heard.requests.size() == 5; }));
    EXPECT_EQ(echoing.heard.requests,
              (std::vector<std::string>{"/v1/x|one", "/v1/x|abcdefg", "/v1/x|three", "/v1/x|",
                                        "/v1/x|five"}));
    EXPECT_TRUE(echoing.connection.isIdle());
}

TEST(ServerConnection, AFramingErrorIsAnsweredOnceAndNothingBehindItIsParsed)
{
    LoopDriver driver;
    Echoing echoing(driver);

    echoing.client().send("POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n"
                          "transfer-encoding: chunked\r\n\r\nabc"
                          + post("smuggled"));

    ASSERT_TRUE(driver.until([&] { return echoing.heard.last == Arrival::Refused; }));
    driver.settle();
    EXPECT_TRUE(echoing.heard.requests.empty());
    driver.pass(1s); // the patience of the gentle close
    const std::string answer = echoing.client().receiveAll();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_NE(answer.find("connection: close"), std::string::npos);
    EXPECT_NE(answer.find("{\"error\":{"), std::string::npos);
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << "one answer only";
    EXPECT_EQ(echoing.client().end(), RawSocket::End::Closed) << "not a reset that eats the answer";
}

TEST(ServerConnection, TooLargeABodyIsRefusedAtItsAnnouncement)
{
    LoopDriver driver;
    ServerLimits limits;
    limits.bodyBytes = 100;
    Echoing echoing(driver, limits);

    echoing.client().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 101\r\n"
                          "expect: 100-continue\r\n\r\n");

    ASSERT_TRUE(driver.until([&] { return echoing.heard.last == Arrival::Refused; }));
    EXPECT_TRUE(echoing.client().receiveUntil("\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST(ServerConnection, TooLargeAChunkedBodyIsRefusedAtTheByteThatExceeds)
{
    LoopDriver driver;
    ServerLimits limits;
    limits.bodyBytes = 6;
    Echoing echoing(driver, limits);

    echoing.client().send(kChunkedPost);

    ASSERT_TRUE(driver.until([&] { return echoing.heard.last == Arrival::Refused; }));
    EXPECT_TRUE(echoing.client().receiveUntil("\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST(ServerConnection, WhoExpectsContinueIsToldToGoOn)
{
    LoopDriver driver;
    Echoing echoing(driver);

    echoing.client().send("POST /v1/x HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n"
                          "expect: 100-continue\r\n\r\n");
    driver.until([&] { return !echoing.connection.isIdle(); });
    driver.settle();
    const std::string interim = echoing.client().receiveUntil("\r\n\r\n");
    echoing.client().send("ok");

    ASSERT_TRUE(driver.until([&] { return !echoing.heard.requests.empty(); }));
    EXPECT_EQ(interim, "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_TRUE(echoing.client().receiveUntil("ok").ends_with("\r\n\r\nok"));
}

TEST(ServerConnection, WhoSentTheBodyAlreadyIsNotToldToGoOn)
{
    LoopDriver driver;
    Echoing echoing(driver);

    echoing.client().send(post("ok", "expect: 100-continue\r\n"));

    ASSERT_TRUE(driver.until([&] { return !echoing.heard.requests.empty(); }));
    EXPECT_TRUE(echoing.client().receiveUntil("ok").starts_with("HTTP/1.1 200 "));
}

TEST(ServerConnection, AnIdleConnectionIsClosedWithoutAWord)
{
    LoopDriver driver;
    Echoing echoing(driver);
    driver.settle();

    driver.pass(75s - 1ms);
    const bool before = echoing.heard.last.has_value();
    driver.pass(1ms);

    EXPECT_FALSE(before);
    EXPECT_EQ(echoing.heard.last, Arrival::Closed);
    EXPECT_EQ(echoing.client().receiveAll(), "");
    EXPECT_EQ(echoing.client().end(), RawSocket::End::Closed);
}

// One byte each second: every single read is in time, the head as a whole is not.
TEST(ServerConnection, AHeadThatDribblesIsRefusedAtItsDeadline)
{
    LoopDriver driver;
    Echoing echoing(driver);
    const std::string head = post("");
    int seconds = 0;

    while (!echoing.heard.last && seconds < 30) {
        echoing.client().send(head.substr(static_cast<std::size_t>(seconds), 1));
        driver.until([&] { return !echoing.connection.isIdle(); });
        driver.settle();
        driver.pass(1s);
        ++seconds;
    }

    EXPECT_EQ(seconds, 10);
    EXPECT_EQ(echoing.heard.last, Arrival::Refused);
    EXPECT_TRUE(echoing.client().receiveUntil("\r\n\r\n").starts_with("HTTP/1.1 408 "));
}

TEST(ServerConnection, ABodySlowerThanTheLeastRateIsRefused)
{
    for (const bool isChunked : {false, true}) {
        LoopDriver driver;
        Echoing echoing(driver);
        const std::string head = "POST / HTTP/1.1\r\nhost: a\r\n"
            + std::string(isChunked ? "transfer-encoding: chunked" : "content-length: 100000")
            + "\r\n\r\n";
        const std::string quarter(256, 'x');
        const std::string piece = isChunked ? "100\r\n" + quarter + "\r\n" : quarter;
        echoing.client().send(head);
        int seconds = 0;

        // 256 bytes a second: a quarter of the rate, so the grace lasts a third longer.
        while (!echoing.heard.last && seconds < 30) {
            echoing.client().send(piece);
            const auto before = driver.loop().counters().received;
            driver.until([&] { return driver.loop().counters().received > before; });
            driver.settle();
            driver.pass(1s);
            ++seconds;
        }

        EXPECT_EQ(seconds, 7) << isChunked;
        EXPECT_EQ(echoing.heard.last, Arrival::Refused);
        EXPECT_TRUE(echoing.client().receiveUntil("\r\n\r\n").starts_with("HTTP/1.1 408 "));
    }
}

TEST(ServerConnection, ABodyAtTheRateStillHasAWholeDeadline)
{
    LoopDriver driver;
    Echoing echoing(driver);
    const std::string piece(4'096, 'x');
    echoing.client().send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4000000\r\n\r\n");
    int seconds = 0;

    while (!echoing.heard.last && seconds < 100) {
        const auto before = driver.loop().counters().received;
        echoing.client().send(piece);
        driver.until([&] { return driver.loop().counters().received > before; });
        driver.settle();
        driver.pass(1s);
        ++seconds;
    }

    EXPECT_EQ(seconds, 60);
    EXPECT_EQ(echoing.heard.last, Arrival::Refused);
}

// Writes a stream in the ways a relay does.
Task<void> answerStream(ServerConnection& connection, std::optional<Fault>& done, bool isAborted)
{
    Request request;
    (void)co_await connection.readRequest(request);
    connection.beginStream("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    (void)co_await connection.sendChunk("data: one\n\n");
    (void)co_await connection.sendChunk("data: two\n\n");
    if (isAborted) {
        done = co_await connection.flush();
        connection.abort();
        co_return;
    }
    done = co_await connection.finishStream("data: [DONE]\n\n");
}

struct Streaming {
    Streaming(LoopDriver& d, const std::string& request, bool isAborted)
        : driver(d), pair(d), connection(d.loop(), std::move(pair.ours),
                                         runtime::Address::loopback(1), ServerLimits{})
    {
        pair.peer.send(request);
        d.loop().spawn(answerStream(connection, done, isAborted));
        d.until([this] { return done.has_value(); });
        d.settle();
    }
    ~Streaming() { driver.loop().endTasks(); }

    LoopDriver& driver;
    ConnectedPair pair;
    ServerConnection connection;
    std::optional<Fault> done;
};

TEST(ServerConnection, AStreamIsChunkedAndItsHeadGoesWithTheFirstChunk)
{
    LoopDriver driver;
    const std::uint64_t before = driver.loop().counters().sent;

    Streaming streaming(driver, post(""), false);

    EXPECT_EQ(streaming.pair.peer.receiveUntil("0\r\n\r\n"),
              "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
              "b\r\ndata: one\n\n\r\nb\r\ndata: two\n\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
    EXPECT_EQ(driver.loop().counters().sent - before, 3U);
    EXPECT_TRUE(streaming.connection.keepsAlive());
}

TEST(ServerConnection, AnAbortedStreamDeliversWhatWasSentAndLacksItsEnd)
{
    LoopDriver driver;

    Streaming streaming(driver, post(""), true);

    const std::string got = streaming.pair.peer.receiveAll();
    EXPECT_TRUE(got.ends_with("data: two\n\n\r\n")) << got;
    EXPECT_EQ(streaming.pair.peer.end(), RawSocket::End::Closed);
    EXPECT_FALSE(streaming.connection.keepsAlive());
}

TEST(ServerConnection, AnOldClientsStreamEndsWithTheConnectionAndAnAbortWithAReset)
{
    for (const bool isAborted : {false, true}) {
        LoopDriver driver;
        Streaming streaming(driver, "POST / HTTP/1.0\r\ncontent-length: 0\r\n\r\n", isAborted);
        if (!isAborted)
            streaming.connection.socket().close();

        const std::string got = streaming.pair.peer.receiveAll();

        EXPECT_EQ(got.find("b\r\n"), std::string::npos) << "no chunks";
        EXPECT_NE(got.find("data: two"), std::string::npos);
        EXPECT_EQ(streaming.pair.peer.end(),
                  isAborted ? RawSocket::End::Reset : RawSocket::End::Closed);
        EXPECT_FALSE(streaming.connection.keepsAlive());
    }
}

Task<void> answerLarge(ServerConnection& connection, const std::string& body,
                       std::optional<Fault>& done)
{
    Request request;
    (void)co_await connection.readRequest(request);
    const std::string head
        = "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n";
    done = co_await connection.sendWhole(head, body);
}

TEST(ServerConnection, ALargeAnswerIsSentInSlicesThatWaitForTheReader)
{
    LoopDriver driver;
    ConnectedPair pair(driver);
    ServerConnection connection(driver.loop(), std::move(pair.ours), runtime::Address::loopback(1),
                                ServerLimits{});
    const std::string body(8 * 1024 * 1024, 'z');
    std::optional<Fault> done;
    pair.peer.send(post(""));
    driver.loop().spawn(answerLarge(connection, body, done));
    driver.until([&] { return connection.socket().unsentBytes() > 0; });
    driver.settle();
    const std::size_t mostUnsent = connection.socket().unsentBytes();
    const bool wasHeld = !done.has_value();

    std::string got;
    while (!got.ends_with("z") || got.size() < body.size()) {
        const std::string some = pair.peer.receiveSome();
        ASSERT_FALSE(some.empty());
        got += some;
        driver.settle();
    }

    EXPECT_TRUE(wasHeld);
    EXPECT_LE(mostUnsent, limits::kStreamBufferBytes + limits::kSendSliceBytes);
    EXPECT_EQ(done, Fault::None);
    driver.loop().endTasks();
}

} // namespace
} // namespace signalbox::http
