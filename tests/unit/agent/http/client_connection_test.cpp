// SPDX-License-Identifier: Apache-2.0
#include "agent/http/client_connection.h"
#include "tests/support/loop_driver.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <optional>
#include <string>

namespace signalbox::http {
namespace {

using namespace std::chrono_literals;
using runtime::Fault;
using runtime::Task;
using tests::ConnectedPair;
using tests::LoopDriver;
using tests::RawSocket;

const std::string kLength = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nabcdefg";
const std::string kChunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                             "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
const std::string kUntilClose = "HTTP/1.1 200 OK\r\n\r\nabcdefg";

struct Answer {
    std::optional<Fault> fault; // None: the message ended in order
    std::string why; // it was no HTTP that we accept
    int status = 0;
    std::string body;
    std::size_t pieces = 0;
};

Task<void> ask(ClientConnection& connection, runtime::Deadline deadline, Answer& answer)
{
    const std::array<std::string_view, 2> request{"GET / HTTP/1.1\r\nhost: a\r\n", "\r\n"};
    Fault fault = co_await connection.send(request);
    const AnswerHead head = co_await connection.readHead(Method::Get, deadline);
    answer.why = head.why;
    fault = head.fault;
    answer.status = connection.head().status;
    bool goesOn = fault == Fault::None && !head.isBad;
    while (goesOn) {
        const BodyPiece piece = co_await connection.readBody(deadline);
        fault = piece.fault;
        answer.why = piece.why;
        answer.body += piece.data;
        ++answer.pieces;
        goesOn = fault == Fault::None && !piece.isBad && !piece.isEnd;
    }
    answer.fault = fault;
}

// An upstream connection, and the engine's side of it as a plain socket.
struct Asking {
    explicit Asking(LoopDriver& d)
        : driver(d), pair(d), connection(d.loop(), std::move(pair.ours))
    {
        begin();
    }
    ~Asking() { driver.loop().endTasks(); }
    void begin()
    {
        answer = Answer{};
        driver.loop().spawn(ask(connection, driver.loop().after(10s), answer));
    }
    RawSocket& engine() { return pair.peer; }
    bool waitForEnd()
    {
        return driver.until([this] { return answer.fault.has_value(); });
    }

    LoopDriver& driver;
    ConnectedPair pair;
    ClientConnection connection;
    Answer answer;
};

TEST(ClientConnection, AnAnswerCutAtEveryByteArrivesWhole)
{
    for (const std::string& wire : {kLength, kChunked, kUntilClose}) {
        for (std::size_t cut = 1; cut < wire.size(); ++cut) {
            LoopDriver driver;
            Asking asking(driver);
            asking.engine().receiveUntil("\r\n\r\n"); // or its close would be a reset

            const auto before = driver.loop().counters().received;
            asking.engine().send(std::string_view(wire).substr(0, cut));
            driver.until([&] { return driver.loop().counters().received > before; });
            asking.engine().send(std::string_view(wire).substr(cut));
            if (wire == kUntilClose)
                asking.engine().close();

            ASSERT_TRUE(asking.waitForEnd()) << cut;
            EXPECT_EQ(*asking.answer.fault, Fault::None) << cut;
            EXPECT_EQ(asking.answer.body, "abcdefg") << cut;
            EXPECT_EQ(asking.connection.isReusable(), wire != kUntilClose) << cut;
        }
    }
}

TEST(ClientConnection, AnAnswerThatEndsAtAnyEarlierByteIsNotWhole)
{
    for (const std::string& wire : {kLength, kChunked}) {
        for (const bool isReset : {false, true}) {
            for (std::size_t cut = 0; cut < wire.size(); ++cut) {
                LoopDriver driver;
                Asking asking(driver);

                asking.engine().receiveUntil("\r\n\r\n"); // or its close would be a reset
                asking.engine().send(std::string_view(wire).substr(0, cut));
                driver.settle();
                if (isReset)
                    asking.engine().reset();
                else
                    asking.engine().close();

                ASSERT_TRUE(asking.waitForEnd()) << cut;
                EXPECT_EQ(*asking.answer.fault, isReset ? Fault::Reset : Fault::Closed) << cut;
                EXPECT_FALSE(asking.connection.isReusable()) << cut;
                EXPECT_FALSE(asking.connection.isAtEnd()) << cut;
                EXPECT_EQ(asking.connection.hasReceived(), cut > 0) << cut;
            }
        }
    }
}

TEST(ClientConnection, ChunksThatCameTogetherAreOnePiece)
{
    LoopDriver driver;
    Asking asking(driver);

    asking.engine().send(kChunked);

    ASSERT_TRUE(asking.waitForEnd());
    EXPECT_EQ(asking.answer.pieces, 1U);
}

TEST(ClientConnection, BytesBehindTheEndSpoilTheConnection)
{
    for (const std::string& wire : {kLength, kChunked}) {
        LoopDriver driver;
        Asking asking(driver);

        asking.engine().send(wire + "HTTP/1.1 200 OK\r\n");

        ASSERT_TRUE(asking.waitForEnd());
        EXPECT_EQ(asking.answer.body, "abcdefg");
        EXPECT_FALSE(asking.connection.isReusable());
    }
}

TEST(ClientConnection, BytesThatComeWhileItIsIdleSpoilTheConnection)
{
    LoopDriver driver;
    Asking asking(driver);
    asking.engine().send(kLength);
    ASSERT_TRUE(asking.waitForEnd());
    ASSERT_TRUE(asking.connection.isReusable());

    asking.engine().send("x");

    EXPECT_TRUE(driver.until([&] { return !asking.connection.isReusable(); }));
}

TEST(ClientConnection, AnEngineThatHangsUpWhileItIsIdleSpoilsTheConnection)
{
    LoopDriver driver;
    Asking asking(driver);
    asking.engine().send(kLength);
    ASSERT_TRUE(asking.waitForEnd());

    asking.engine().close();

    EXPECT_TRUE(driver.until([&] { return !asking.connection.isReusable(); }));
}

TEST(ClientConnection, AskedToCloseItIsNotUsedAgain)
{
    LoopDriver driver;
    Asking asking(driver);

    asking.engine().send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");

    ASSERT_TRUE(asking.waitForEnd());
    EXPECT_EQ(*asking.answer.fault, Fault::None);
    EXPECT_FALSE(asking.connection.isReusable());
}

TEST(ClientConnection, ServesOneRequestAfterTheOther)
{
    LoopDriver driver;
    Asking asking(driver);
    for (std::uint32_t i = 1; i <= 20; ++i) {
        asking.engine().send(i % 2 == 0 ? kLength : kChunked);
        ASSERT_TRUE(asking.waitForEnd()) << i;
        EXPECT_EQ(asking.answer.body, "abcdefg");
        ASSERT_TRUE(asking.connection.isReusable());
        EXPECT_EQ(asking.connection.requests(), i);
        asking.begin();
    }
}

TEST(ClientConnection, InterimAnswersAreSkippedUpToALimit)
{
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
    LoopDriver driver;
    Asking few(driver);
    Asking many(driver);

    few.engine().send(interim + interim + kLength);
    std::string flood;
    for (int i = 0; i < 100; ++i)
        flood += interim;
    many.engine().send(flood + kLength);

    ASSERT_TRUE(few.waitForEnd());
    ASSERT_TRUE(many.waitForEnd());
    EXPECT_EQ(few.answer.body, "abcdefg");
    EXPECT_EQ(few.answer.status, 200);
    EXPECT_NE(many.answer.why, "");
    EXPECT_FALSE(many.connection.isReusable());
}

TEST(ClientConnection, WhatIsNoHttpIsRefused)
{
    for (const std::string wire : {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 099 x\r\n\r\n",
                                   "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"}) {
        LoopDriver driver;
        Asking asking(driver);

        asking.engine().send(wire);

        ASSERT_TRUE(asking.waitForEnd());
        EXPECT_NE(asking.answer.why, "") << wire;
        EXPECT_FALSE(asking.connection.isReusable());
    }
}

TEST(ClientConnection, ADeadlineEndsTheWaiting)
{
    LoopDriver driver;
    Asking asking(driver);
    asking.engine().send(kChunked.substr(0, 60));
    driver.settle();

    driver.pass(10s);

    ASSERT_TRUE(asking.waitForEnd());
    EXPECT_EQ(*asking.answer.fault, Fault::Deadline);
}

TEST(ClientConnection, AnEventStreamOfManyChunksArrivesInOrderHoweverItIsCut)
{
    std::string wire = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    std::string wanted;
    for (int i = 0; i < 2'000; ++i) {
        const std::string event = "data: {\"n\":" + std::to_string(i) + "}\n\n";
        std::array<char, 8> size{};
        std::snprintf(size.data(), size.size(), "%zx\r\n", event.size());
        wire += size.data() + event + "\r\n";
        wanted += event;
    }
    wire += "0\r\n\r\n";
    for (const std::size_t step : {7U, 1'000U, 16'411U}) {
        LoopDriver driver;
        Asking asking(driver);

        for (std::size_t at = 0; at < wire.size(); at += step) {
            asking.engine().send(std::string_view(wire).substr(at, step));
            driver.settle();
        }

        ASSERT_TRUE(asking.waitForEnd());
        EXPECT_EQ(*asking.answer.fault, Fault::None);
        EXPECT_TRUE(asking.answer.body == wanted) << step;
    }
}

} // namespace
} // namespace signalbox::http
