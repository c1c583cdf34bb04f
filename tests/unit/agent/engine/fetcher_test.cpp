// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/fetcher.h"

#include "agent/runtime/threads/control_thread.h"
#include "tests/support/on_control.h"
#include "tests/support/raw_socket.h"
#include "tests/support/scripted_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::engine {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using tests::answers;
using tests::jsonAnswer;
using tests::RawSocket;
using tests::ScriptedEngine;

constexpr auto kLong = 20'000ms; // a deadline that no test waits for

// A control thread with one fetcher on it, which is made and unmade there.
class Asker {
public:
    explicit Asker(std::uint16_t port, ConnectionLimits limits = {.idle = 60s})
    {
        control_.start();
        tests::runOn(control_, [&] {
            fetcher_ = makeFetcher(control_.ioContext(), EngineUrl{"127.0.0.1", port}, limits);
        });
    }
    ~Asker()
    {
        tests::runOn(control_, [this] { fetcher_.reset(); });
        control_.stop();
    }

    FetchReply ask(FetchRequest request = {})
    {
        if (request.path.empty())
            request.path = "/health";
        if (request.deadline == FetchRequest().deadline)
            request.deadline = kLong;
        const auto reply = tests::await<FetchReply>(control_, [&](const Fetcher::Done& done) {
            fetcher_->fetch(std::move(request), done);
        });
        return reply.value_or(FetchReply());
    }

    runtime::ControlThread& control() { return control_; }
    std::unique_ptr<Fetcher>& fetcher() { return fetcher_; }

private:
    runtime::ControlThread control_;
    std::unique_ptr<Fetcher> fetcher_;
};

TEST(Fetcher, AsksAndReusesTheConnection)
{
    ScriptedEngine engine({answers(jsonAnswer(200, R"({"status":"ok"})"))});
    Asker asker(engine.port());

    const FetchReply first = asker.ask();
    const FetchReply second = asker.ask({.path = "/props?model=a"});

    EXPECT_EQ(first.fault, FetchFault::None);
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(first.body, R"({"status":"ok"})");
    EXPECT_EQ(first.contentType, "application/json");
    EXPECT_TRUE(second.isWhole());
    EXPECT_EQ(engine.connections(), 1);
    EXPECT_THAT(engine.lastRequest(), HasSubstr("GET /props?model=a HTTP/1.1\r\n"));
    EXPECT_THAT(engine.lastRequest(), HasSubstr("host: " + engine.address() + "\r\n"));
}

TEST(Fetcher, PostsABody)
{
    ScriptedEngine engine({answers(jsonAnswer(200, "{}"))});
    Asker asker(engine.port());

    const FetchReply reply = asker.ask(
        {.method = http::Method::Post, .path = "/v1/completions", .body = R"({"a":1})"});

    EXPECT_TRUE(reply.isWhole());
    EXPECT_THAT(engine.lastRequest(), HasSubstr("POST /v1/completions"));
    EXPECT_TRUE(engine.lastRequest().ends_with("\r\n\r\n{\"a\":1}"));
}

TEST(Fetcher, ReadsEveryFraming)
{
    const std::string chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        + tests::chunk("hello ") + tests::chunk("world") + "0\r\n\r\n";
    ScriptedEngine engine(
        {answers(chunked), answers("HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 204 No\r\n\r\n"),
         [](RawSocket& socket, const std::string&) {
             socket.send("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nuntil the end");
             return false;
         }});
    Asker asker(engine.port());

    EXPECT_EQ(asker.ask().body, "hello world");
    EXPECT_EQ(asker.ask().status, 204);
    const FetchReply last = asker.ask();
    EXPECT_TRUE(last.isWhole()) << last.why;
    EXPECT_EQ(last.body, "until the end");
}

TEST(Fetcher, HandsABodyOnInPiecesInsteadOfHoldingIt)
{
    ScriptedEngine engine({answers(jsonAnswer(200, std::string(100'000, 'x')))});
    Asker asker(engine.port());
    std::size_t bytes = 0;

    const FetchReply reply = asker.ask(
        {.path = "/metrics", .bodyBytesMax = 100'000, .onBody = [&](std::string_view part) {
             bytes += part.size();
         }});

    EXPECT_TRUE(reply.isWhole());
    EXPECT_EQ(bytes, 100'000U);
    EXPECT_TRUE(reply.body.empty());
}

TEST(Fetcher, SaysWhyNothingCame)
{
    Asker refused(tests::refusedPort());
    const FetchReply nobody = refused.ask();
    EXPECT_EQ(nobody.fault, FetchFault::Refused);
    EXPECT_EQ(nobody.status, 0);

    ScriptedEngine engine({tests::closesWithoutAnswer(), tests::resetsWithoutAnswer(),
                           answers("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
                           answers("SSH-2.0-OpenSSH\r\n\r\n"),
                           [](RawSocket& socket, const std::string&) {
                               socket.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
                               return false;
                           }});
    Asker asker(engine.port());
    EXPECT_EQ(asker.ask().fault, FetchFault::Lost);
    EXPECT_EQ(asker.ask().fault, FetchFault::Lost);
    EXPECT_EQ(asker.ask().fault, FetchFault::NotHttp);
    EXPECT_EQ(asker.ask().fault, FetchFault::NotHttp);
    const FetchReply half = asker.ask();
    EXPECT_EQ(half.fault, FetchFault::Lost);
    EXPECT_EQ(half.why, "closed before the end of its answer");
    EXPECT_EQ(half.body, "half");
}

TEST(Fetcher, GivesUpAtItsDeadlineWhereverTheEngineHangs)
{
    const auto waitsForUs = [](RawSocket& socket) { return !socket.receiveAll().empty(); };
    ScriptedEngine engine(
        {[&](RawSocket& socket, const std::string&) { return waitsForUs(socket); },
         [&](RawSocket& socket, const std::string&) {
             socket.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n12");
             return waitsForUs(socket);
         }});
    Asker asker(engine.port());

    const FetchReply silent = asker.ask({.deadline = 100ms});
    EXPECT_EQ(silent.fault, FetchFault::Deadline);
    EXPECT_EQ(silent.why, "no answer within 100 ms");
    const FetchReply hanging = asker.ask({.deadline = 100ms});
    EXPECT_EQ(hanging.fault, FetchFault::Deadline);
    EXPECT_EQ(hanging.why, "no end of its answer within 100 ms");
    EXPECT_EQ(hanging.status, 200);
}

TEST(Fetcher, StopsReadingABodyThatIsTooLarge)
{
    // Without end: it stops when we hang up, so only a reader with a limit comes back.
    ScriptedEngine engine({[](RawSocket& socket, const std::string&) {
        socket.send("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n");
        const std::string part(64 * 1024, 'x');
        while (socket.send(part)) {
        }
        return false;
    }});
    Asker asker(engine.port());

    const FetchReply reply = asker.ask();

    EXPECT_EQ(reply.fault, FetchFault::TooLarge);
    EXPECT_LE(reply.body.size(), limits::kProbeBodyBytes);
}

TEST(Fetcher, DoesNotFollowRedirects)
{
    ScriptedEngine engine({answers(jsonAnswer(302, "", "location: http://127.0.0.1:1/\r\n"))});
    Asker asker(engine.port());

    EXPECT_EQ(asker.ask().status, 302);
    EXPECT_EQ(engine.requests(), 1);
}

TEST(Fetcher, AsksAgainWhenAPooledConnectionWasClosedMeanwhile)
{
    // The first connection is closed at its second request, without a byte.
    ScriptedEngine engine({answers(jsonAnswer(200, "1")), tests::closesWithoutAnswer(),
                           answers(jsonAnswer(200, "2"))});
    Asker asker(engine.port());

    EXPECT_EQ(asker.ask().body, "1");
    EXPECT_EQ(asker.ask().body, "2");
    EXPECT_EQ(engine.connections(), 2);
    EXPECT_EQ(engine.requests(), 3);
}

TEST(Fetcher, KeepsWithinTheEnginesLimitsOfAConnection)
{
    ScriptedEngine engine({answers(jsonAnswer(200, "{}"))});
    Asker twice(engine.port(), {.idle = 60s, .requests = 2});
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(twice.ask().isWhole());
    EXPECT_EQ(engine.connections(), 2);

    ScriptedEngine other({answers(jsonAnswer(200, "{}"))});
    Asker never(other.port(), {.idle = 0s});
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(never.ask().isWhole());
    EXPECT_EQ(other.connections(), 3);
}

TEST(Fetcher, DoesNotReuseAConnectionThatSaidMoreThanItsAnswer)
{
    ScriptedEngine engine({answers(jsonAnswer(200, "{}") + "HTTP/1.1 200 OK\r\n")});
    Asker asker(engine.port());

    EXPECT_TRUE(asker.ask().isWhole());
    EXPECT_TRUE(asker.ask().isWhole());
    EXPECT_EQ(engine.connections(), 2);
}

TEST(Fetcher, AsksABoundedNumberOfQuestionsAtOnceAndNoneWhenItIsGone)
{
    tests::RawListener listener; // accepts by the system alone: nobody answers
    Asker asker(listener.port());
    auto faults = std::make_shared<std::vector<FetchFault>>();

    const auto busy = tests::await<FetchFault>(asker.control(), [&](auto done) {
        for (std::size_t i = 0; i <= limits::kFetchesPerEngine; ++i) {
            FetchRequest request;
            request.path = "/health";
            request.deadline = kLong;
            asker.fetcher()->fetch(std::move(request), [faults, done](FetchReply reply) {
                faults->push_back(reply.fault);
                done(reply.fault);
            });
        }
    });
    EXPECT_EQ(busy, FetchFault::Busy);

    tests::runOn(asker.control(), [&] { asker.fetcher().reset(); });
    tests::runOn(asker.control(), [] {});
    EXPECT_EQ(faults->size(), 1U) << "the others end with the fetcher, without a word";
}

} // namespace
} // namespace signalbox::engine
