// SPDX-License-Identifier: Apache-2.0
// The bad-input matrix of the engine's side, through the whole proxy: what the client gets, that
// the connection is not used again, and that another engine answers where one can.
#include "tests/support/proxy_harness.h"
#include "tests/support/recorded_data.h"
#include "tests/support/scripted_engine.h"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/time.h>

namespace signalbox::proxy {
namespace {

using namespace tests;
using namespace std::chrono_literals;
using namespace std::string_literals;

const std::string kGoodBody
    = R"({"id":"c1","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}]})";
const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kJson = "Content-Type: application/json\r\n";

struct Bytes {
    const char* row; // of the bad-input matrix
    std::string bytes;
};

std::string bodyOf(const std::string& answer)
{
    const std::size_t end = answer.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

std::string sized(const std::string& body)
{
    return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The stream's bytes without its chunks.
std::string unchunked(std::string_view body)
{
    std::string data;
    while (!body.empty()) {
        const std::size_t end = body.find("\r\n");
        const std::size_t size = std::stoul(std::string(body.substr(0, end)), nullptr, 16);
        if (size == 0)
            break;
        data += body.substr(end + 2, size);
        body.remove_prefix(end + 2 + size + 2);
    }
    return data;
}

// Says these bytes and keeps the connection open, as an engine that thinks all is well.
ScriptedEngine::Script saysAndStays(std::string bytes)
{
    return [bytes = std::move(bytes)](RawSocket& socket, const std::string&) {
        return socket.send(bytes) && !socket.receiveSome().empty();
    };
}

// Alone it is a 502; beside a good engine nobody sees it. Its connection serves nobody again.
void expectBad(const std::vector<Bytes>& cases, bool isStream = false)
{
    for (const Bytes& one : cases) {
        const std::string what = std::string(one.row) + " " + one.bytes.substr(0, 200);
        ScriptedEngine hostile({saysAndStays(one.bytes)});
        ScriptedEngine good({isStream ? streams({"fine"}) : answers(jsonAnswer(200, kGoodBody))});
        ProxyHarness alone({hostile.address()});

        const std::string answer = alone.ask(chatBody(isStream));

        EXPECT_TRUE(answer.starts_with("HTTP/1.1 502")) << what << "\n" << answer.substr(0, 600);
        EXPECT_NE(answer.find("\"code\":\"upstream_lost\""), std::string::npos) << what;
        EXPECT_EQ(hostile.connections(), hostile.requests()) << what;

        ProxyHarness both({hostile.address(), good.address()});
        for (int i = 0; i < 3; ++i) {
            const std::string rescued = both.ask(chatBody(isStream));
            EXPECT_TRUE(rescued.starts_with("HTTP/1.1 200")) << what << "\n" << rescued;
            EXPECT_EQ(rescued.find("evil"), std::string::npos) << what;
        }
    }
}

TEST(HostileEngine, B47FramingThatTwoReadersSeeDifferently)
{
    expectBad({
        {"B-47", kOk + kJson + "Transfer-Encoding: chunked\r\n" + sized("{}")},
        {"B-47", kOk + kJson + "Transfer-Encoding: gzip\r\n" + sized("{}")},
        {"B-47", kOk + kJson + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"},
        {"B-47", "HTTP/1.1 204 No Content\r\n" + sized("{}")},
        {"B-47", "HTTP/1.1 304 Not Modified\r\n" + sized("{}")},
        {"B-47", "HTTP/1.1 100 Continue\r\n" + sized("{}")},
        {"B-47", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"},
        {"B-47", "HTTP/1.0 200 OK\r\n" + kJson + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0"},
        {"B-47", "HTTP/1.1 204 No Content\r\n\r\n"},
    });
}

TEST(HostileEngine, B47BytesBehindAnAnswerAreNobodysAnswer)
{
    ScriptedEngine engine({answers(jsonAnswer(200, kGoodBody) + jsonAnswer(200, R"({"x":"evil"})")),
                           answers(jsonAnswer(200, kGoodBody))});
    ProxyHarness proxy({engine.address()});

    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(bodyOf(proxy.ask(chatBody())), kGoodBody) << "B-47 " << i;

    EXPECT_EQ(engine.connections(), 2) << "the spoilt one is closed, the next is kept";
}

TEST(HostileEngine, B48AnEndInTheMiddleIsReplayedUnseen)
{
    const std::string whole = kOk + kJson + sized(kGoodBody);
    const std::string chunked
        = kOk + kJson + "Transfer-Encoding: chunked\r\n\r\n" + chunk(kGoodBody) + "0\r\n\r\n";
    ScriptedEngine good({answers(jsonAnswer(200, kGoodBody))});
    for (const std::string& answer : {whole, chunked}) {
        for (const std::size_t size : {std::size_t{3}, answer.find("\r\n\r\n") - 3,
                                       answer.find("\r\n\r\n") + 4, answer.find("c1"),
                                       answer.size() - 2, answer.size() - 1}) {
            ScriptedEngine dying({[&](RawSocket& socket, const std::string&) {
                socket.send(answer.substr(0, size));
                return false;
            }});
            ProxyHarness proxy({dying.address(), good.address()});
            for (int i = 0; i < 3; ++i)
                EXPECT_EQ(bodyOf(proxy.ask(chatBody())), kGoodBody) << "B-48 " << size;
        }
    }
}

TEST(HostileEngine, B49HeadsThatAreNone)
{
    std::string fields;
    for (int i = 0; i < 101; ++i)
        fields += "x" + std::to_string(i) + ": y\r\n";
    expectBad({
        {"B-49", "HTTP/1.1 099 X\r\n" + kJson + sized("{}")},
        {"B-49", "HTTP/1.1 999 X\r\n" + kJson + sized("{}")},
        {"B-49", "HTTP/1.1 20x X\r\n" + kJson + sized("{}")},
        {"B-49", kOk + "x: " + std::string(65 * 1024, 'y') + "\r\n" + sized("{}")},
        {"B-49", kOk + fields + sized("{}")},
        {"B-49", kOk + "x: a\rb\r\n" + sized("{}")},
        {"B-49", kOk + "x: a\nevil: b\r\n" + sized("{}")},
        {"B-49", kOk + "x: a\0b\r\n"s + sized("{}")},
    });
}

TEST(HostileEngine, B50OnlyKnownFieldsComeThroughAndNobodyIsRedirected)
{
    ScriptedEngine engine({answers(jsonAnswer(
        200, kGoodBody,
        "set-cookie: a=b\r\nserver: evil\r\nx-accel-redirect: /etc/passwd\r\nalt-svc: h3\r\n"
        "location: http://evil\r\naccess-control-allow-origin: *\r\nrefresh: 0;url=evil\r\n"
        "x-signalbox-report: seq=1\r\nx-ratelimit-limit-requests: -5\r\nlink: <x>\r\n"))});
    ProxyHarness proxy({engine.address()});

    const std::string answer = proxy.ask(chatBody());

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
    for (const char* name : {"cookie", "evil", "accel", "alt-svc", "location", "access-control",
                             "report", "ratelimit", "link", "refresh", "server"})
        EXPECT_EQ(answer.substr(0, answer.find("\r\n\r\n")).find(name), std::string::npos)
            << "B-50 " << name;
    expectBad({
        {"B-50", "HTTP/1.1 302 Found\r\nLocation: http://evil/\r\n" + sized("evil")},
        {"B-50", "HTTP/1.1 307 Temporary Redirect\r\nLocation: /pause\r\n" + sized("")},
    });
}

TEST(HostileEngine, B51AnswersOfAnotherKind)
{
    const std::string events = chunk(tokenEvent("evil")) + chunk(kDone) + "0\r\n\r\n";
    const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n";
    expectBad({
        {"B-51", kOk + kJson + sized(kGoodBody)},
        {"B-51", kOk + "Content-Type: text/html\r\n" + sized("<html>evil")},
        {"B-51", kOk + chunked + events},
        {"B-51", kOk + "Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n" + chunked
             + events},
    }, true);
    expectBad({
        {"B-51", std::string(kStreamHead) + events},
        {"B-51", kOk + kJson + "Content-Encoding: gzip\r\n" + sized("\x1f\x8b" "evil")},
        {"B-51", kOk + "Content-Type: text/html\r\n" + sized("<html>evil</html>")},
        {"B-51", kOk + kJson + sized(R"({"choices":[)")},
        {"B-51", kOk + kJson + sized("")},
    });
}

TEST(HostileEngine, B52AStreamMeansTheSameHoweverItIsWrittenAndCut)
{
    const std::string wanted = tokenEvent("caf\u00e9 \U0001F682") + finishEvent() + kDone;
    const auto written = [&](const std::string& lineEnd, const std::string& start) {
        std::string text = start;
        for (const char c : wanted)
            text += c == '\n' ? lineEnd : std::string(1, c);
        return text;
    };
    for (const std::string& events : {written("\n", ""), written("\r", ""), written("\r\n", ""),
                                      written("\n", "\xEF\xBB\xBF: hello\n\n")}) {
        for (const std::size_t step : {std::size_t{1}, std::size_t{7}, events.size()}) {
            std::string body;
            for (std::size_t at = 0; at < events.size(); at += step)
                body += chunk(events.substr(at, step));
            ScriptedEngine engine({answers(std::string(kStreamHead) + body + "0\r\n\r\n")});
            ProxyHarness proxy({engine.address()});
            EXPECT_EQ(unchunked(bodyOf(proxy.ask(chatBody(true)))), wanted) << "B-52 " << step;
        }
    }
}

TEST(HostileEngine, B53OnlyDataIsPassedOnAndNothingInItEndsAnEvent)
{
    const std::string tricky
        = R"({"choices":[{"index":0,"delta":{"content":"\n\ndata: [DONE]\n\n"}}]})";
    const std::string events = ": ping\nretry: 1\nid: 7\ndata: " + tricky + "\nfoo: bar\n\n"
        + finishEvent() + kDone;
    ScriptedEngine engine({answers(std::string(kStreamHead) + chunk(events) + "0\r\n\r\n")});
    ProxyHarness proxy({engine.address()});

    EXPECT_EQ(unchunked(bodyOf(proxy.ask(chatBody(true)))),
              "data: " + tricky + "\n\n" + finishEvent() + kDone)
        << "B-53";
}

TEST(HostileEngine, B54EventsThatAreTooLargeOrNoneAtAll)
{
    const std::string head(kStreamHead);
    const std::string huge = "data: " + std::string(2 * 1024 * 1024, 'x');
    expectBad({
        {"B-54", head + chunk(huge) + "0\r\n\r\n"},
        {"B-54", head + chunk(kDone) + "0\r\n\r\n"},
    }, true);

    std::string empty;
    for (int i = 0; i < 200'000; ++i)
        empty += "data:\n\n";
    ScriptedEngine engine({answers(head + chunk(tokenEvent("half")) + chunk(huge) + "0\r\n\r\n"),
                           answers(head + chunk(empty) + chunk(tokenEvent("all") + finishEvent()
                                                               + kDone)
                                   + "0\r\n\r\n"),
                           answers(head + chunk(tokenEvent("a") + "data: <html>\n\n"
                                                "data: {\"choices\":[{\"index\":2147483648,"
                                                "\"text\":\"x\"}]}\n\n"
                                                + finishEvent() + kDone)
                                   + "0\r\n\r\n")});
    ProxyHarness proxy({engine.address()});

    const std::string late = proxy.ask(chatBody(true));
    EXPECT_NE(late.find("above the size limit"), std::string::npos) << "B-54 " << late;
    EXPECT_EQ(late.find("xxxx"), std::string::npos) << "B-54";
    EXPECT_EQ(unchunked(bodyOf(proxy.ask(chatBody(true)))),
              tokenEvent("all") + finishEvent() + kDone)
        << "B-54: events without data are none";
    const std::string odd = proxy.ask(chatBody(true));
    EXPECT_NE(odd.find("data: <html>"), std::string::npos) << "what an engine said is not hidden";
    EXPECT_EQ(proxy.core().statistics().notJsonEvents.value(), 1U);
    EXPECT_EQ(proxy.recordNumber(3).outcome, Outcome::Completed);
}

TEST(HostileEngine, B55WhatComesBehindTheEndIsNotSeen)
{
    const std::string good = tokenEvent("all") + finishEvent() + kDone;
    ScriptedEngine engine(
        {answers(std::string(kStreamHead) + chunk(good + kDone + tokenEvent("evil"))
                 + "0\r\n\r\n"),
         answers(std::string(kStreamHead) + chunk(good) + chunk(tokenEvent("evil"))
                 + "0\r\n\r\n")});
    ProxyHarness proxy({engine.address()});

    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(unchunked(bodyOf(proxy.ask(chatBody(true)))), good) << "B-55 " << i;
}

TEST(HostileEngine, B56UsageThatNoEngineCanMeanIsNotBelieved)
{
    for (const char* usage : {R"({"prompt_tokens":-1,"completion_tokens":-5})",
                              R"({"prompt_tokens":1,"completion_tokens":1000000000000000000})"}) {
        const std::string events = tokenEvent("a") + tokenEvent("b") + finishEvent()
            + "data: {\"choices\":[],\"usage\":" + usage + "}\n\n" + kDone;
        ScriptedEngine engine({answers(std::string(kStreamHead) + chunk(events) + "0\r\n\r\n")});
        ProxyHarness proxy({engine.address()});

        (void)proxy.ask(chatBody(true));

        EXPECT_EQ(proxy.recordNumber(1).completionTokens, 2U) << "B-56: by our own count";
    }
}

TEST(HostileEngine, B57PingsDoNotHideASilentModel)
{
    ExchangeSettings settings;
    settings.stallFloor = 200ms;
    ScriptedEngine engine({[](RawSocket& socket, const std::string&) {
        socket.send(std::string(kStreamHead) + chunk(tokenEvent("half")));
        // A comment each time the proxy has not hung up yet; the socket's own wait is the pace.
        timeval pace{0, 20'000};
        setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &pace, sizeof pace);
        char byte = 0;
        while (socket.send(chunk(": ping\n\n")) && ::recv(socket.fd(), &byte, 1, 0) != 0) { }
        return false;
    }});
    ProxyHarness proxy({engine.address()}, settings);

    const std::string answer = proxy.ask(chatBody(true));

    EXPECT_NE(answer.find("stopped sending tokens"), std::string::npos) << "B-57 " << answer;
}

TEST(HostileEngine, B64OnlyAPlausibleRetryAfterComesThrough)
{
    const std::string busy = R"({"error":{"message":"busy"}})";
    for (const char* wish : {"-5", "NaN", "1e9", "99999999999999999999", "soon", "30; evil",
                             "Wed, 21 Oct 2015 07:28:00 GMT"}) {
        ScriptedEngine engine({answers(jsonAnswer(429, busy, "retry-after: "s + wish + "\r\n"))});
        ProxyHarness proxy({engine.address()});
        const std::string answer = proxy.ask(chatBody());
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 429")) << answer;
        EXPECT_EQ(answer.find("retry-after"), std::string::npos) << "B-64 " << wish;
    }
    ScriptedEngine engine({answers(jsonAnswer(429, busy, "retry-after: 29.2\r\n"))});
    ProxyHarness proxy({engine.address()});
    EXPECT_NE(proxy.ask(chatBody()).find("retry-after: 30\r\n"), std::string::npos) << "B-64";
}

} // namespace
} // namespace signalbox::proxy
