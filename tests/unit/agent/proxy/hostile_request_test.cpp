// SPDX-License-Identifier: Apache-2.0
// The bad-input matrix of the client's side, each row as bytes on a socket of the whole proxy: what
// it is answered, that the connection ends, and that nothing of it reaches an engine.
#include "tests/support/proxy_harness.h"
#include "tests/support/scripted_engine.h"

#include <gtest/gtest.h>

namespace signalbox::proxy {
namespace {

using namespace tests;
using namespace std::string_literals;

const std::string kGoodBody
    = R"({"id":"c1","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}]})";
const std::string kLine = "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n"
                          "Content-Type: application/json\r\n";
const std::string kChunked = "Transfer-Encoding: chunked\r\n";

struct Bytes {
    const char* row; // of the bad-input matrix
    std::string bytes;
    int status;
};

std::string post(const std::string& fields, const std::string& body = "")
{
    return kLine + fields + "\r\n" + body;
}

std::string chunks(const std::string& body)
{
    return post(kChunked, body);
}

std::string shown(std::string_view bytes)
{
    std::string text;
    for (const char c : bytes.substr(0, 240)) {
        if (c >= 0x20 && c < 0x7f)
            text.push_back(c);
        else
            text += "\\" + std::to_string(static_cast<unsigned char>(c));
    }
    return text;
}

int statusOf(const std::string& answer)
{
    return answer.size() > 12 ? std::atoi(answer.c_str() + 9) : 0;
}

std::size_t answersIn(const std::string& text)
{
    std::size_t count = 0;
    for (std::size_t at = text.find("\r\ncontent-length: "); at != std::string::npos;
         at = text.find("\r\ncontent-length: ", at + 1))
        ++count;
    return count;
}

struct HostileRequest : testing::Test {
    ScriptedEngine engine{{answers(jsonAnswer(200, kGoodBody))}};
    ProxyHarness proxy{{engine.address()}};

    std::string said(const std::string& bytes)
    {
        RawSocket socket = proxy.connect();
        socket.send(bytes);
        return socket.receiveAll();
    }

    // B-26: a good request stands hidden behind each of them, and must not be seen.
    void expectRefused(const std::vector<Bytes>& cases)
    {
        for (const Bytes& one : cases) {
            const std::string answer = said(one.bytes + chatRequest(chatBody()));
            const std::string what = std::string(one.row) + ": " + shown(one.bytes);
            EXPECT_EQ(statusOf(answer), one.status) << what << "\n" << answer;
            EXPECT_EQ(answersIn(answer), 1U) << what;
            EXPECT_NE(answer.find("connection: close\r\n"), std::string::npos) << what;
            EXPECT_NE(answer.find("x-request-id: "), std::string::npos) << what;
            EXPECT_NE(answer.find("{\"error\":{\"message\":"), std::string::npos) << what;
        }
        EXPECT_EQ(engine.requests(), 0);
        EXPECT_TRUE(proxy.records().empty()) << "none of them was a request";
    }
};

TEST_F(HostileRequest, B01ToB09AmbiguousFramingEndsTheConnection)
{
    const std::string body = "Content-Length: 5\r\n";
    expectRefused({
        {"B-01", post(body + kChunked, "0\r\n\r\n"), 400},
        {"B-01", post(kChunked + body, "0\r\n\r\n"), 400},
        {"B-02", post("Transfer-Encoding: gzip\r\n" + body, "hello"), 400},
        {"B-02", post(body + "Transfer-Encoding: gzip\r\n", "hello"), 400},
        {"B-03", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400},
        {"B-03", post("Transfer-Encoding: identity\r\n" + body, "hello"), 400},
        {"B-03", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400},
        {"B-04", post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n"), 400},
        {"B-04", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400},
        {"B-04", post(kChunked + kChunked, "0\r\n\r\n"), 400},
        {"B-04", post("Transfer-Encoding:\x0b" "chunked\r\n", "0\r\n\r\n"), 400},
        {"B-05", "POST /v1/chat/completions HTTP/1.0\r\n" + kChunked + "\r\n0\r\n\r\n", 400},
        {"B-06", post(body + body, "hello"), 400},
        {"B-06", post("Content-Length: 5, 5\r\n", "hello"), 400},
        {"B-07", post(body + "Content-Length: 6\r\n", "hello"), 400},
        {"B-08", post("Content-Length: +5\r\n", "hello"), 400},
        {"B-08", post("Content-Length: -5\r\n", "hello"), 400},
        {"B-08", post("Content-Length: 0x5\r\n", "hello"), 400},
        {"B-08", post("Content-Length: 5 5\r\n", "hello"), 400},
        {"B-08", post("Content-Length:\r\n", "hello"), 400},
        {"B-08", post("Content-Length: 18446744073709551616\r\n", "hello"), 400},
        {"B-08", post("Content-Length: 18446744073709551615\r\n", "hello"), 413},
        {"B-09", post("Content-Length: 005\r\n", "hello"), 400},
    });
}

TEST_F(HostileRequest, B10ToB12ChunksHaveOneShape)
{
    std::string tiny;
    for (int i = 0; i < 200'000; ++i)
        tiny += "1\r\nx\r\n";
    expectRefused({
        {"B-10", chunks("+5\r\nhello\r\n0\r\n\r\n"), 400},
        {"B-10", chunks("0x5\r\nhello\r\n0\r\n\r\n"), 400},
        {"B-10", chunks("5_\r\nhello\r\n0\r\n\r\n"), 400},
        {"B-10", chunks(" 5\r\nhello\r\n0\r\n\r\n"), 400},
        {"B-10", chunks("5 \r\nhello\r\n0\r\n\r\n"), 400},
        {"B-10", chunks("5;\r\nhello\r\n0\r\n\r\n"), 400},
        {"B-10", chunks("10000000000000000\r\nhello\r\n0\r\n\r\n"), 400},
        {"B-10", chunks("5\nhello\r\n0\r\n\r\n"), 400},
        {"B-10", chunks("5\r\nhello0\r\n\r\n"), 400},
        {"B-10", chunks("5\r\nhello!\r\n0\r\n\r\n"), 400},
        {"B-10", chunks("5\r\nhello\n0\r\n\r\n"), 400},
        {"B-10", chunks("\r\n0\r\n\r\n"), 400},
        {"B-11", chunks("5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"), 400},
        {"B-11", chunks("5;a=b\r\nhello\r\n0\r\n\r\n"), 400},
        {"B-11", chunks("0;a=b\r\n\r\n"), 400},
        {"B-12", chunks(tiny + "0\r\n\r\n"), 400},
    });
}

TEST_F(HostileRequest, B13TrailersAreReadAndMeanNothing)
{
    const std::string body = chatBody();
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", body.size());
    const std::string request = chunks(size + body
                                       + "\r\n0\r\nAuthorization: Bearer abc\r\nHost: evil\r\n"
                                         "Content-Length: 3\r\nx-signalbox-hop: gw\r\n\r\n");

    RawSocket socket = proxy.connect();
    socket.send(request + chatRequest(body, "connection: close\r\n"));
    const std::string answer = socket.receiveAll();

    EXPECT_EQ(answersIn(answer), 2U) << "B-13: both are understood\n" << answer;
    EXPECT_EQ(engine.requests(), 2);
    EXPECT_EQ(engine.lastRequest().find("evil"), std::string::npos);
    proxy.edit([](ProxySnapshot& view) { view.access = model::AccessMode::Keys; });
    EXPECT_EQ(statusOf(said(request + "\1")), 401) << "B-13: a trailer is no credential";
}

TEST_F(HostileRequest, B14ToB22HeadsMeanOneThing)
{
    const auto get = [](const std::string& target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    expectRefused({
        {"B-14", "GET /v1/models HTTP/1.1\r\n\r\n", 400},
        {"B-14", "GET /v1/models HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"B-14", "GET /v1/models HTTP/1.1\r\nHost: a/b@c\r\n\r\n", 400},
        {"B-14", "GET http://b/v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-15", post("X: a\r\n b\r\nContent-Length: 0\r\n"), 400},
        {"B-16", post("X : a\r\n"), 400},
        {"B-16", post(": a\r\n"), 400},
        {"B-16", post("X\r\n"), 400},
        {"B-16", post("X: a\0b\r\n"s), 400},
        {"B-16", post("X: a\rb\r\n"), 400},
        {"B-16", post("X: a\nContent-Length: 5\r\n", "hello"), 400},
        {"B-16", post("X: \x01\r\n"), 400},
        {"B-17", post("Content_Length: 5\r\n", "hello"), 400},
        {"B-17", post("X_Signalbox_Tenant: a\r\n"), 400},
        {"B-17", post("Cont\xC3\xA9nt-Length: 5\r\n", "hello"), 400},
        {"B-18", get("/v1/models\0"s), 400},
        {"B-18", get("/v1/ models"), 400},
        {"B-18", get("/v1/\tmodels"), 400},
        {"B-19", get("/v1/models#frag"), 400},
        {"B-19", get("/v1/caf\xC3\xA9"), 400},
        {"B-19", get("/v1/models%00"), 400},
        {"B-19", get("/v1/models%0d%0aX:%20y"), 400},
        {"B-19", get("/%2e%2e/pause"), 400},
        {"B-19", get("/v1/..;/pause"), 400},
        {"B-19", get("/v1\\models"), 400},
        {"B-19", get("/%c0%ae%c0%ae/pause"), 400},
        {"B-19", get("/%252e%252e/pause"), 400},
        {"B-20", "GET /v1/models\r\n\r\n", 400},
        {"B-20", "GET /v1/models HTTP/1.2\r\nHost: a\r\n\r\n", 505},
        {"B-20", "GET /v1/models HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"B-20", "GET /v1/models hTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-20", "GET  /v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-20", "GET\t/v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-20", "\r\nGET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-21", "G@ET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-21", std::string(8'000, 'G') + " /v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-21", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
        {"B-21", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
        {"B-22", "GET /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 400},
        {"B-22", "HEAD /healthz HTTP/1.1\r\nHost: a\r\n" + kChunked + "\r\n0\r\n\r\n", 400},
        {"B-22", "OPTIONS /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 400},
    });
}

TEST_F(HostileRequest, B23ToB25ExpectationsUpgradesAndSizesHaveLimits)
{
    std::string fields;
    for (int i = 0; i < 101; ++i)
        fields += "x" + std::to_string(i) + ": y\r\n";
    expectRefused({
        {"B-23", post("Content-Length: 999999999\r\nExpect: 100-continue\r\n"), 413},
        {"B-23", post("Content-Length: 5\r\nExpect: 200-ok\r\n", "hello"), 417},
        {"B-24", post("Connection: authorization\r\nContent-Length: 5\r\n", "hello"), 400},
        {"B-24", post("Connection: content-length\r\nContent-Length: 5\r\n", "hello"), 400},
        {"B-25", post(fields), 431},
        {"B-25", post("x: " + std::string(17 * 1024, 'y') + "\r\n"), 431},
        {"B-25", post("x: " + std::string(64 * 1024, 'y') + "\r\n"), 431},
    });
}

TEST_F(HostileRequest, B24AnUpgradeOnTheDataPlaneIsIgnored)
{
    for (const char* what : {"h2c", "websocket"}) {
        const std::string answer
            = proxy.ask(chatBody(), "upgrade: "s + what + "\r\nhttp2-settings: AAMAAABk\r\n");
        EXPECT_EQ(statusOf(answer), 200) << "B-24 " << what << "\n" << answer;
        EXPECT_EQ(engine.lastRequest().find("upgrade"), std::string::npos);
    }
}

TEST_F(HostileRequest, B27ACredentialIsOneOrNone)
{
    proxy.edit([](ProxySnapshot& view) { view.access = model::AccessMode::Keys; });
    for (const char* fields : {"authorization: Bearer a\r\nauthorization: Bearer b\r\n",
                               "authorization: Bearer a\r\nx-api-key: b\r\n"}) {
        const std::string answer = proxy.ask(chatBody(), fields);
        EXPECT_EQ(statusOf(answer), 401) << "B-27";
        EXPECT_NE(answer.find("ambiguous_credentials"), std::string::npos) << "B-27 " << answer;
    }
    EXPECT_EQ(engine.requests(), 0);
}

TEST_F(HostileRequest, B28WhatIsNoHttpIsRefusedAtItsFirstBytes)
{
    expectRefused({
        {"B-28", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"s, 505},
        {"B-28", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
        {"B-28", "\x80\x9e\x01\x03\x01\x00\x75"s, 400},
        {"B-28", "\0\0\0\0"s, 400},
    });
}

TEST_F(HostileRequest, B30IdsAndForwardedFieldsAreOurs)
{
    const auto idAt = [this] {
        const std::string request = engine.lastRequest();
        const std::size_t at = request.find("x-request-id: ") + 14;
        return request.substr(at, request.find('\r', at) - at);
    };
    (void)proxy.ask(chatBody(), "x-request-id: mine\r\nx-request-id: mine\r\n");
    EXPECT_EQ(idAt().find("mine"), std::string::npos) << "B-30: which of the two?";
    (void)proxy.ask(chatBody(), "x-request-id: a b\r\n");
    EXPECT_EQ(idAt().find("a b"), std::string::npos) << "B-30";
    (void)proxy.ask(chatBody(), "x-request-id: " + std::string(200, 'i') + "\r\n");
    EXPECT_LT(idAt().size(), 100U) << "B-30";
    const std::string forged = proxy.ask(
        chatBody(),
        "x-forwarded-for: 10.0.0.1\r\nforwarded: for=10.0.0.1\r\nx-real-ip: 10.0.0.1\r\n"
        "x-signalbox-attempt: 9\r\nx-signalbox-report: seq=1\r\nvia: 1.1 evil\r\n"
        "cookie: a=b\r\nx-data-parallel-rank: 1\r\nx-conversation-id: c\r\n");
    EXPECT_EQ(statusOf(forged), 200);
    for (const char* name : {"10.0.0.1", "x-signalbox", "evil", "cookie", "rank", "conversation"})
        EXPECT_EQ(engine.lastRequest().find(name), std::string::npos) << "B-30 " << name;
    const int before = engine.requests();
    EXPECT_EQ(statusOf(said(post("x-request-id: " + std::string(1024 * 1024, 'i') + "\r\n"))), 431)
        << "B-30";
    EXPECT_EQ(engine.requests(), before);
}

} // namespace
} // namespace signalbox::proxy
