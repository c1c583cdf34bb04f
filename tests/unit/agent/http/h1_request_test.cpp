// SPDX-License-Identifier: Apache-2.0
// Request heads: every shape that two readers could understand differently, and what it is
// answered.
#include "agent/http/h1_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using namespace std::string_literals;

constexpr std::string_view kPlain = "POST /v1/chat/completions HTTP/1.1\r\n"
                                    "Host: gateway:8800\r\n"
                                    "content-TYPE:application/json  \r\n"
                                    "Content-Length: 12\r\n\r\n";

struct Case {
    const char* row; // of the bad-input matrix
    std::string head;
    int status;
};

std::string post(const std::string& fields, const std::string& line = "POST /a HTTP/1.1")
{
    return line + "\r\nHost: a\r\n" + fields + "\r\n";
}

std::string get(const std::string& target, const std::string& fields = "")
{
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

int statusOf(std::string_view bytes)
{
    RequestHead head;
    const ParseResult result = parseRequestHead(bytes, head);
    return result.state == ParseState::Bad ? result.fault.status
        : result.state == ParseState::Done ? 0
                                           : -1;
}

std::string shown(std::string_view bytes)
{
    std::string text;
    for (const char c : bytes.substr(0, 200)) {
        if (c >= 0x20 && c < 0x7f)
            text.push_back(c);
        else
            text += "\\" + std::to_string(static_cast<unsigned char>(c));
    }
    return text;
}

void expectStatuses(const std::vector<Case>& cases)
{
    for (const Case& one : cases)
        EXPECT_EQ(statusOf(one.head), one.status) << one.row << ": " << shown(one.head);
}

TEST(RequestHeads, APlainRequestIsTakenApart)
{
    const std::string bytes = std::string(kPlain) + "{\"model\":\"\"}";
    RequestHead head;

    const ParseResult result = parseRequestHead(bytes, head);

    ASSERT_EQ(result.state, ParseState::Done);
    EXPECT_EQ(result.consumed, kPlain.size());
    EXPECT_EQ(head.method, Method::Post);
    EXPECT_EQ(head.path(), "/v1/chat/completions");
    EXPECT_EQ(head.query, "");
    EXPECT_EQ(head.headers.get(HeaderName::Host), "gateway:8800");
    EXPECT_EQ(head.headers.get(HeaderName::ContentType), "application/json");
    EXPECT_EQ(head.body.kind, BodyKind::Length);
    EXPECT_EQ(head.body.length, 12U);
    EXPECT_TRUE(head.keepAlive);
    EXPECT_EQ(head.credential().kind, CredentialKind::None);
}

TEST(RequestHeads, AmbiguousFramingIsRefused)
{
    const std::string body = "Content-Length: 5\r\n";
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    expectStatuses({
        {"B-01", post(body + chunked), 400},
        {"B-01", post(chunked + body), 400},
        {"B-02", post("Transfer-Encoding: gzip\r\n" + body), 400},
        {"B-02", post(body + "Transfer-Encoding: gzip\r\n"), 400},
        {"B-03", post("Transfer-Encoding: xchunked\r\n"), 400},
        {"B-03", post("Transfer-Encoding: identity\r\n" + body), 400},
        {"B-03", post("Transfer-Encoding: identity\r\n"), 400},
        {"B-03", post("Transfer-Encoding: chunked, identity\r\n"), 400},
        {"B-03", post("Transfer-Encoding: gzip, chunked\r\n"), 400},
        {"B-04", post("Transfer-Encoding: ,chunked\r\n"), 400},
        {"B-04", post("Transfer-Encoding: chunked,\r\n"), 400},
        {"B-04", post("Transfer-Encoding:\r\n chunked\r\n"), 400},
        {"B-04", post(chunked + chunked), 400},
        {"B-04",
         post("Transfer-Encoding:\x0b"
              "chunked\r\n"),
         400},
        {"B-04", post("Transfer-Encoding: \"chunked\"\r\n"), 400},
        {"B-04", post("Transfer-Encoding: chunked;q=1\r\n"), 400},
        {"B-04", post("Transfer-Encoding:\r\n"), 400},
        {"B-04", post("Transfer-Encoding: chunked\xA0\r\n"), 400},
        {"B-05", post(chunked, "POST /a HTTP/1.0"), 400},
        {"B-06", post(body + body), 400},
        {"B-06", post("Content-Length: 5, 5\r\n"), 400},
        {"B-07", post(body + "Content-Length: 6\r\n"), 400},
        {"B-08", post("Content-Length: +5\r\n"), 400},
        {"B-08", post("Content-Length: -5\r\n"), 400},
        {"B-08", post("Content-Length: 0x5\r\n"), 400},
        {"B-08", post("Content-Length: 5 5\r\n"), 400},
        {"B-08", post("Content-Length:\r\n"), 400},
        {"B-08", post("Content-Length: 18446744073709551616\r\n"), 400},
        {"B-08", post("Content-Length: 18446744073709551615\r\n"), 413},
        {"B-08", post("Content-Length: 5\x0c\r\n"), 400},
        {"B-09", post("Content-Length: 005\r\n"), 400},
        {"B-09", post("Content-Length: 00\r\n"), 400},
        {"good", post("Content-Length:\t5 \r\n"), 0},
        {"good", post("Transfer-Encoding: Chunked\r\n"), 0},
        {"good", post("Content-Length: 0\r\n"), 0},
        {"good", post(""), 0},
    });
}

TEST(RequestHeads, HostIsOneAndMeansOneServer)
{
    expectStatuses({
        {"B-14", "GET / HTTP/1.1\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: a:8800:1\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: a#b\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: a..b\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: .a\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: -a\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: a.-b\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: [::1..]\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: [x]\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: [:]\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: [1:2]\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: [::1%25eth0]\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: [" + std::string(60, '1') + "]\r\n\r\n", 400},
        {"B-14", "GET / HTTP/1.1\r\nHost: \xC3\xA9\r\n\r\n", 400},
        {"B-14", get("http://b/"), 400},
        {"B-14", get("http://a@b/"), 400},
        {"B-14", get("http:///x"), 400},
        {"B-14", get("http://"), 400},
        {"B-14", get("http://a"), 400},
        {"B-14", get("ftp://a/"), 400},
        {"B-14", get("a:80"), 400},
        {"good", get("http://a/x?y"), 0},
        {"good", get("HTTPS://A/x"), 0},
        {"good", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:8800\r\n\r\n", 0},
        {"good", "GET / HTTP/1.1\r\nHost: my_host-1.example\r\n\r\n", 0},
        {"good", "GET / HTTP/1.0\r\n\r\n", 0},
    });
}

TEST(RequestHeads, FieldsHaveOneSpellingAndOneLine)
{
    expectStatuses({
        {"B-15", post("X: a\r\n b\r\n"), 400},
        {"B-15", post(" X: a\r\n"), 400},
        {"B-15", post("\tX: a\r\n"), 400},
        {"B-16", post("X : a\r\n"), 400},
        {"B-16", post(": a\r\n"), 400},
        {"B-16", post("X\r\n"), 400},
        {"B-16", post("X: a\0b\r\n"s), 400},
        {"B-16", post("X: a\rb\r\n"), 400},
        {"B-16", post("X: a\nb: c\r\n"), 400},
        {"B-16", post("X: a\n\r\n"), 400},
        {"B-16", post("X: \x01\r\n"), 400},
        {"B-16", post("X: \x7f\r\n"), 400},
        {"B-16", post("X\0: a\r\n"s), 400},
        {"B-16", post("X(: a\r\n"), 400},
        {"B-16", "GET / HTTP/1.1\rX: y\r\nHost: a\r\n\r\n", 400},
        {"B-16", "GET / HTTP/1.1\nHost: a\n\n", 400},
        {"B-16", "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n", 400},
        {"B-16", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
        {"B-17", post("Content_Length: 5\r\n"), 400},
        {"B-17", post("content_length: 5\r\n"), 400},
        {"B-17", post("Transfer_Encoding: chunked\r\n"), 400},
        {"B-17", post("X_Signalbox_Tenant: a\r\n"), 400},
        {"B-17", post("x_api-key: a\r\n"), 400},
        {"B-17", post("X_Forwarded_For: a\r\n"), 400},
        {"B-17", post("Cont\xC3\xA9nt-Length: 5\r\n"), 400},
        {"B-17", post("Content\xE2\x80\x90Length: 5\r\n"), 400},
        {"good", post("My_Field: a\r\n"), 0},
        {"good", post("X: caf\xC3\xA9 \t x\r\n"), 0},
        {"good", post("X:\r\n"), 0},
    });
    RequestHead head;
    ASSERT_EQ(parseRequestHead(post("My_Field: a\r\n"), head).state, ParseState::Done);
    EXPECT_EQ(head.headers[1].id, HeaderName::Dropped);
}

TEST(RequestHeads, TheTargetMeansOnePath)
{
    expectStatuses({
        {"B-18", get("/a\0b"s), 400},
        {"B-18", get("/a b"), 400},
        {"B-18", get("/a\tb"), 400},
        {"B-19", get("/a#frag"), 400},
        {"B-19", get("/caf\xC3\xA9"), 400},
        {"B-19", get("/a%00"), 400},
        {"B-19", get("/a%0d%0aX:%20b"), 400},
        {"B-19", get("/%2e%2e/a"), 400},
        {"B-19", get("/a/../b"), 400},
        {"B-19", get("/a/.."), 400},
        {"B-19", get("/./a"), 400},
        {"B-19", get("/a/%2e"), 400},
        {"B-19", get("/a/..;/b"), 400},
        {"B-19", get("/a;x=1"), 400},
        {"B-19", get("/a%3bx"), 400},
        {"B-19", get("/a\\b"), 400},
        {"B-19", get("/a%5cb"), 400},
        {"B-19", get("/a%2fb"), 400},
        {"B-19", get("/%c0%ae%c0%ae/a"), 400},
        {"B-19", get("/%e0%80%af"), 400},
        {"B-19", get("/%ff"), 400},
        {"B-19", get("/%252e%252e/a"), 400},
        {"B-19", get("/a%2"), 400},
        {"B-19", get("/a%"), 400},
        {"B-19", get("/a%zz"), 400},
        {"B-19", get("/a?b=%0d%0a"), 400},
        {"B-19", get("/a?b=%00"), 400},
        {"B-19", get("/a?b=%7f"), 400},
        {"B-19", get("/a?b=%g0"), 400},
        {"B-19", get("/a?b=%4"), 400},
        {"B-19", get("*"), 400},
        {"B-19", get("?a"), 400},
        {"good", get("/v1/mod%65ls?x=%20y&z=%C3%A9"), 0},
        {"good", get("/caf%C3%A9"), 0},
        {"good", get("/a/.hidden/b..c/..."), 0},
        {"good", get("//v1//models"), 0},
        {"good", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    });
    RequestHead head;
    const std::string encoded = get("/v1/mod%65ls?x=%20y");
    ASSERT_EQ(parseRequestHead(encoded, head).state, ParseState::Done);
    EXPECT_EQ(head.path(), "/v1/models");
    EXPECT_EQ(head.query, "x=%20y");
}

TEST(RequestHeads, TheFirstLineHasOneShape)
{
    expectStatuses({
        {"B-20", "GET /\r\n\r\n", 400},
        {"B-20", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
        {"B-20", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"B-20", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
        {"B-20", "GET / hTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-20", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
        {"B-20", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
        {"B-20", "GET / HTTP/11\r\nHost: a\r\n\r\n", 400},
        {"B-20", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-20", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-20", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-20", "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-20", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-20", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-21", "G@ET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-21", std::string(8000, 'G') + " / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"B-21", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
        {"B-21", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
        {"B-21", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
        {"B-28", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"B-28", "\x16\x03\x01\x02", 400},
        {"B-28", "\x80", 400},
        {"B-28", "\0"s, 400},
    });
}

TEST(RequestHeads, MethodsWithoutABodyHaveNone)
{
    for (const char* method : {"GET", "HEAD", "OPTIONS"}) {
        const std::string line = std::string(method) + " /a HTTP/1.1";
        EXPECT_EQ(statusOf(post("Content-Length: 1\r\n", line)), 400) << "B-22";
        EXPECT_EQ(statusOf(post("Transfer-Encoding: chunked\r\n", line)), 400) << "B-22";
        EXPECT_EQ(statusOf(post("Content-Length: 0\r\n", line)), 0);
    }
}

TEST(RequestHeads, ExpectAndConnectionMayNotSurprise)
{
    expectStatuses({
        {"B-23", post("Expect: 200-ok\r\n"), 417},
        {"B-23", post("Expect: 100-continue\r\nExpect: 100-continue\r\n"), 417},
        {"B-23", post("Expect:\r\n"), 417},
        {"B-23", post("Content-Length: 5\r\nExpect: 100-Continue\r\n"), 0},
        {"B-24", post("Connection: Authorization\r\n"), 400},
        {"B-24", post("Connection: close, content-length\r\n"), 400},
        {"B-24", post("Connection: keep-alive\r\nConnection: x-signalbox-hop\r\n"), 400},
        {"B-24", post("Connection: x-api-key\r\n"), 400},
        {"B-24", post("Connection: host\r\n"), 400},
        {"B-24", post("Connection: a b\r\n"), 400},
        {"good", post("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"), 0},
        {"good", post("Connection: , close\r\n"), 0},
        {"good", post("Connection: TE\r\nTE: trailers\r\n"), 0},
    });
    RequestHead head;
    const std::string dropping = post("Connection: X-Own, close\r\nx-own: a\r\n");
    ASSERT_EQ(parseRequestHead(dropping, head).state, ParseState::Done);
    EXPECT_FALSE(head.keepAlive);
    EXPECT_EQ(head.headers.find("x-own"), "a");
    EXPECT_TRUE(head.headers.has(HeaderName::Dropped));
    EXPECT_TRUE(head.headers.has(HeaderName::Host)) << "dropping one name leaves the others";
    ASSERT_EQ(parseRequestHead(post("Content-Length: 5\r\nExpect: 100-continue\r\n"), head).state,
              ParseState::Done);
    EXPECT_TRUE(head.expectsContinue);
    ASSERT_EQ(
        parseRequestHead(get("/", "Connection: upgrade\r\nUpgrade: websocket\r\n"), head).state,
        ParseState::Done);
    EXPECT_TRUE(head.upgrades);
}

TEST(RequestHeads, KeepAliveIsTheVersionsDefault)
{
    const auto keepsAlive = [](const std::string& version, const std::string& fields) {
        RequestHead head;
        EXPECT_EQ(parseRequestHead(post(fields, "GET / HTTP/" + version), head).state,
                  ParseState::Done);
        return head.keepAlive;
    };
    EXPECT_TRUE(keepsAlive("1.1", ""));
    EXPECT_FALSE(keepsAlive("1.1", "Connection: Close\r\n"));
    EXPECT_FALSE(keepsAlive("1.0", ""));
    EXPECT_TRUE(keepsAlive("1.0", "Connection: keep-alive\r\n"));
    EXPECT_FALSE(keepsAlive("1.0", "Connection: keep-alive, close\r\n"));
}

TEST(RequestHeads, HeadsHaveLimits)
{
    std::string fields;
    for (int i = 0; i < 99; ++i)
        fields += "x" + std::to_string(i) + ": y\r\n";
    EXPECT_EQ(statusOf(post(fields)), 0) << "B-25: with Host 100 fields";
    EXPECT_EQ(statusOf(post(fields + "z: y\r\n")), 431) << "B-25: 101 fields";
    EXPECT_EQ(statusOf(post("x: " + std::string(17 * 1024, 'y') + "\r\n")), 431) << "B-25";
    EXPECT_EQ(statusOf(post("x: " + std::string(64 * 1024, 'y') + "\r\n")), 431) << "B-25";
    EXPECT_EQ(statusOf("GET / HTTP/1.1\r\nHost: a\r\nx: " + std::string(20'000, 'y')), 431)
        << "B-25: not even finished";
    EXPECT_EQ(statusOf(post(std::string(257, 'n') + ": y\r\n")), 431);
    EXPECT_EQ(statusOf(post(std::string(256, 'n') + ": y\r\n")), 0);
    EXPECT_EQ(statusOf(get("/" + std::string(9000, 'a'))), 414);
    EXPECT_EQ(statusOf("GET /" + std::string(9000, 'a')), 414) << "not even finished";
    EXPECT_EQ(statusOf(get("/" + std::string(8000, 'a'))), 0);
    const std::string almost = "GET / HTTP/1.1\r\nHost: a\r\nx: ";
    const auto sized = [&](std::size_t bytes) {
        return almost + std::string(bytes - almost.size() - 4, 'y') + "\r\n\r\n";
    };
    EXPECT_EQ(statusOf(sized(limits::kRequestHeadBytes)), 0);
    EXPECT_EQ(statusOf(sized(limits::kRequestHeadBytes + 1)), 431);
}

TEST(RequestHeads, CredentialsAreOneOrNone)
{
    struct Wanted {
        const char* fields;
        CredentialKind kind;
        const char* token;
    };
    const std::vector<Wanted> cases{
        {"", CredentialKind::None, ""},
        {"Authorization: Bearer sk-1\r\n", CredentialKind::Token, "sk-1"},
        {"authorization: bearer sk-1\r\n", CredentialKind::Token, "sk-1"},
        {"x-api-key: sk-1\r\n", CredentialKind::Token, "sk-1"},
        {"Authorization: Bearer sk-1\r\nx-api-key: sk-1\r\n", CredentialKind::Token, "sk-1"},
        {"Authorization: Bearer sk-1\r\nx-api-key: sk-2\r\n", CredentialKind::Ambiguous, ""},
        {"Authorization: Bearer a\r\nAuthorization: Bearer a\r\n", CredentialKind::Ambiguous, ""},
        {"x-api-key: a\r\nx-api-key: a\r\n", CredentialKind::Ambiguous, ""},
        {"Authorization: Basic YTpi\r\nx-api-key: a\r\n", CredentialKind::Ambiguous, ""},
        {"Authorization: Basic YTpi\r\n", CredentialKind::Unsupported, ""},
        {"Authorization: Bearer\r\n", CredentialKind::Unsupported, ""},
        {"Authorization: Bearer  \r\n", CredentialKind::Unsupported, ""},
        {"Authorization:\r\n", CredentialKind::Unsupported, ""},
        {"x-api-key:\r\n", CredentialKind::Unsupported, ""},
    };
    for (const Wanted& wanted : cases) {
        RequestHead head;
        const std::string bytes = post(wanted.fields);
        ASSERT_EQ(parseRequestHead(bytes, head).state, ParseState::Done) << wanted.fields;
        EXPECT_EQ(head.credential().kind, wanted.kind) << "B-27 " << wanted.fields;
        EXPECT_EQ(head.credential().token, wanted.token) << "B-27 " << wanted.fields;
    }
}

TEST(RequestHeads, OnlyASafeRequestIdIsKept)
{
    const auto idOf = [](const std::string& fields) {
        RequestHead head;
        const std::string bytes = post(fields);
        EXPECT_EQ(parseRequestHead(bytes, head).state, ParseState::Done);
        return std::string(head.requestId());
    };
    EXPECT_EQ(idOf("X-Request-Id: abc-1_2.3:4\r\n"), "abc-1_2.3:4");
    EXPECT_EQ(idOf("X-Request-Id: " + std::string(128, 'a') + "\r\n"), std::string(128, 'a'));
    EXPECT_EQ(idOf("X-Request-Id: " + std::string(129, 'a') + "\r\n"), "") << "B-30";
    EXPECT_EQ(idOf("X-Request-Id: a\r\nX-Request-Id: a\r\n"), "") << "B-30";
    EXPECT_EQ(idOf("X-Request-Id: a b\r\n"), "") << "B-30";
    EXPECT_EQ(idOf("X-Request-Id: a\"b\r\n"), "") << "B-30";
    EXPECT_EQ(idOf(""), "");
}

std::string summary(const RequestHead& head)
{
    std::string text = std::string(textOf(head.method)) + " " + std::string(head.path()) + "?"
        + std::string(head.query) + " " + std::to_string(head.body.length);
    for (const HeaderField& field : head.headers)
        text += "|" + std::string(field.name) + "=" + std::string(field.value);
    return text;
}

TEST(RequestHeads, ArriveInPiecesOfAnySizeAndMayMoveMeanwhile)
{
    const std::string bytes = "POST http://a/v1/%63hat?x=1 HTTP/1.1\r\nHost: a\r\nX-Own:  y \r\n"
                              "Content-Length: 3\r\n\r\nabc";
    RequestHead whole;
    ASSERT_EQ(parseRequestHead(bytes, whole).state, ParseState::Done);
    for (std::size_t step = 1; step < bytes.size(); ++step) {
        RequestHead head;
        HeadScanner scanner;
        std::vector<std::string> buffers; // each call sees the bytes at another place
        ParseResult result;
        for (std::size_t have = step; result.state == ParseState::NeedMore; have += step) {
            buffers.push_back(bytes.substr(0, have));
            result = parseRequestHead(buffers.back(), head, scanner);
            ASSERT_EQ(result.state == ParseState::Done, have >= bytes.size() - 3) << have;
        }
        ASSERT_EQ(result.consumed, bytes.size() - 3);
        EXPECT_EQ(summary(head), summary(whole)) << "step " << step;
        const std::string moved = bytes;
        head.rebase(moved.data());
        buffers.clear();
        EXPECT_EQ(summary(head), summary(whole)) << "after a move";
    }
}

TEST(RequestHeads, ABadByteIsFoundInWhateverPieceItComes)
{
    const std::string bytes = "POST /a HTTP/1.1\r\nHost: a\r\nX: y\r\nBad\x01: z\r\n\r\n";
    const std::size_t bad = bytes.find('\x01');
    RequestHead head;
    HeadScanner scanner;
    ParseState state = ParseState::NeedMore;
    std::size_t have = 0;
    while (state == ParseState::NeedMore && have < bytes.size())
        state = parseRequestHead(std::string_view(bytes).substr(0, ++have), head, scanner).state;
    EXPECT_EQ(state, ParseState::Bad);
    EXPECT_LE(have, bytes.find('\n', bad) + 1) << "at the latest with the end of its line";
}

TEST(RequestHeads, EndWhereTheyEndWhateverFollows)
{
    const std::string first = post("Content-Length: 5\r\n");
    const std::string second = get("/secret");
    RequestHead head;
    const std::string bytes = first + "hello" + second;
    const ParseResult result = parseRequestHead(bytes, head);
    ASSERT_EQ(result.state, ParseState::Done);
    EXPECT_EQ(result.consumed, first.size());
    EXPECT_EQ(head.path(), "/a") << "B-26";
}

} // namespace
} // namespace signalbox::http
