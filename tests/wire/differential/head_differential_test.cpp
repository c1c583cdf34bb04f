// SPDX-License-Identifier: Apache-2.0
// Never more lenient than servers that have been attacked for twenty years: what our parser takes,
// nginx, HAProxy and Apache take too, on shapes from the bad-input matrix and on damaged ones.
#include "agent/http/h1_parser.h"
#include "tests/support/http_peer.h"
#include "tests/support/seed.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <regex>
#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using tests::HttpPeer;
using tests::PeerKind;

const std::vector<std::string> kHeads{
    "POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
    "Authorization: Bearer sk-1\r\nContent-Length: 4\r\n\r\n",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX-Own: b\r\n\r\n",
    "GET http://a/v1/models?x=%20 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET /b HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
    "POST /a HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 0\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n",
    "OPTIONS /a HTTP/1.1\r\nHost: a.example\r\nConnection: x-own\r\nX-Own: y\r\n\r\n",
};

const std::vector<std::string> kPieces{"Transfer-Encoding: chunked\r\n",
                                       "Content-Length: 4\r\n",
                                       "Content-Length: +4\r\n",
                                       "Transfer-Encoding: identity\r\n",
                                       "Host: b\r\n",
                                       "\r\n",
                                       "\n",
                                       "\r",
                                       " ",
                                       "\t",
                                       ":",
                                       ",",
                                       ";",
                                       "%00",
                                       "%2e",
                                       "..",
                                       "//",
                                       "#",
                                       "\\",
                                       "_",
                                       "\x0b",
                                       "\x7f",
                                       "\x80",
                                       "HTTP/1.0",
                                       "HTTP/1.2",
                                       "@",
                                       "chunked, ",
                                       "0",
                                       "-",
                                       "\"",
                                       "Expect: 100-continue\r\n",
                                       "Upgrade: h2c\r\n",
                                       "X: ",
                                       "x\r\n y"};

std::string damaged(std::string head, std::mt19937& random)
{
    for (unsigned changes = random() % 3; changes > 0; --changes) {
        const std::size_t at = random() % head.size();
        switch (random() % 4) {
        case 0: head.insert(at, kPieces[random() % kPieces.size()]); break;
        case 1: head[at] = static_cast<char>(random() % 256); break;
        case 2: head.erase(at, 1 + random() % 4); break;
        case 3: // a whole line more
            head.insert(head.find("\r\n") + 2, kPieces[random() % kPieces.size()]);
            break;
        }
        if (head.empty())
            return kHeads.front();
    }
    return head;
}

// The head with the body that our parser expects behind it; empty where it refuses the head.
std::string whatWeTake(const std::string& bytes)
{
    RequestHead head;
    const ParseResult result = parseRequestHead(bytes, head);
    if (result.state != ParseState::Done || result.consumed != bytes.size()
        || announcesMoreThan(head.body, 100))
        return "";
    return bytes + std::string(head.body.length, 'x')
        + (head.body.kind == BodyKind::Chunked ? "0\r\n\r\n" : "");
}

std::string shown(std::string_view bytes)
{
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += c == '\n'                 ? "\\n\n"
            : byte < 0x20 || byte >= 0x7f ? "\\" + std::to_string(byte)
                                          : std::string(1, c);
    }
    return text;
}

// What a peer refuses although the standards allow it.
bool isTooStrict(PeerKind kind, const std::string& bytes)
{
    // nginx does not take a tab for the space around a value that it is (RFC 9110 §5.6.3).
    if (kind == PeerKind::Nginx)
        return bytes.find('\t') != std::string::npos;
    // Apache takes a host whose last label begins with a digit for an IPv4 address.
    static const std::regex kDigitLabel(R"(Host:[ \t]*([^\r]*\.)?[0-9][^.\r]*\r)",
                                        std::regex::icase);
    return kind == PeerKind::Apache && std::regex_search(bytes, kDigitLabel);
}

void expectNoMoreLenientThan(PeerKind kind)
{
    ASSERT_TRUE(HttpPeer::isInstalled(kind)) << "installers/packages.txt lists it for tests";
    const HttpPeer peer(kind);
    ASSERT_TRUE(peer.isServing()) << peer.log();
    const unsigned seed = tests::seed();
    SB_SHOW_SEED(seed);
    std::mt19937 random(seed);
    std::size_t taken = 0;
    for (int round = 0; round < 3000; ++round) {
        const std::string bytes = whatWeTake(damaged(kHeads[random() % kHeads.size()], random));
        if (bytes.empty() || isTooStrict(kind, bytes))
            continue;
        ++taken;
        const int status = peer.statusFor(bytes);
        EXPECT_TRUE(status >= 100 && status < 400) << status << " for\n" << shown(bytes);
    }
    EXPECT_GT(taken, 500U);
}

TEST(HeadDifferential, WeTakeNothingThatNginxRefuses)
{
    expectNoMoreLenientThan(PeerKind::Nginx);
}

TEST(HeadDifferential, WeTakeNothingThatHaProxyRefuses)
{
    expectNoMoreLenientThan(PeerKind::HaProxy);
}

TEST(HeadDifferential, WeTakeNothingThatApacheRefuses)
{
    expectNoMoreLenientThan(PeerKind::Apache);
}

} // namespace
} // namespace signalbox::http
