// SPDX-License-Identifier: Apache-2.0
// Response heads of upstreams that may be broken or hostile.
#include "agent/http/h1_parser.h"
#include "tests/support/recorded_data.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using namespace std::string_literals;

std::string answer(const std::string& line, const std::string& fields)
{
    return line + "\r\n" + fields + "\r\n";
}

ParseState stateOf(const std::string& bytes, Method method = Method::Post)
{
    ResponseHead head;
    const ParseResult result = parseResponseHead(bytes, method, head);
    EXPECT_TRUE(result.state != ParseState::Bad || result.fault.status == 502);
    return result.state;
}

ResponseHead headOf(const std::string& bytes, Method method = Method::Post)
{
    ResponseHead head;
    EXPECT_EQ(parseResponseHead(bytes, method, head).state, ParseState::Done) << bytes;
    return head;
}

TEST(ResponseHeads, FramingThatTwoReadersSeeDifferentlyIsRefused)
{
    const std::string ok = "HTTP/1.1 200 OK";
    const std::vector<std::pair<const char*, std::string>> cases{
        {"B-47", answer(ok, "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
        {"B-47", answer(ok, "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n")},
        {"B-47", answer(ok, "Transfer-Encoding: gzip, chunked\r\n")},
        {"B-47", answer(ok, "Content-Length: 5\r\nContent-Length: 5\r\n")},
        {"B-47", answer(ok, "Content-Length: 05\r\n")},
        {"B-47", answer("HTTP/1.1 204 No Content", "Content-Length: 5\r\n")},
        {"B-47", answer("HTTP/1.1 204 No Content", "Transfer-Encoding: chunked\r\n")},
        {"B-47", answer("HTTP/1.1 304 Not Modified", "Content-Length: 5\r\n")},
        {"B-47", answer("HTTP/1.1 100 Continue", "Content-Length: 5\r\n")},
        {"B-47", answer("HTTP/1.1 101 Switching Protocols", "Upgrade: x\r\n")},
        {"B-47", answer("HTTP/1.0 200 OK", "Transfer-Encoding: chunked\r\n")},
        {"B-47", answer(ok, "Connection: content-length\r\nContent-Length: 5\r\n")},
        {"B-49", answer("HTTP/1.1 099 X", "")},
        {"B-49", answer("HTTP/1.1 999 X", "")},
        {"B-49", answer("HTTP/1.1 600 X", "")},
        {"B-49", answer("HTTP/1.1 20x X", "")},
        {"B-49", answer("HTTP/1.1 2000 X", "")},
        {"B-49", answer("HTTP/1.1  200 X", "")},
        {"B-49", answer("HTTP/2.0 200 OK", "")},
        {"B-49", answer("HTTP/1.1 200 OK\rX", "")},
        {"B-49", answer(ok, "X: a\0b\r\n"s)},
        {"B-49", answer(ok, "X: a\rb\r\n")},
        {"B-49", answer(ok, "X: a\nb: c\r\n")},
        {"B-49", answer(ok, " folded: a\r\n")},
        {"B-49", answer(ok, "x: " + std::string(65 * 1024, 'y') + "\r\n")},
        {"B-49", "ICY 200 OK\r\n\r\n"},
        {"B-49", "\r\nHTTP/1.1 200 OK\r\n\r\n"},
    };
    for (const auto& [row, bytes] : cases)
        EXPECT_EQ(stateOf(bytes), ParseState::Bad) << row << " " << bytes.substr(0, 120);
    std::string many;
    for (int i = 0; i < 101; ++i)
        many += "x" + std::to_string(i) + ": y\r\n";
    EXPECT_EQ(stateOf(answer(ok, many)), ParseState::Bad) << "B-49";
}

TEST(ResponseHeads, TheBodyEndsWhereTheHeadSays)
{
    const std::string ok = "HTTP/1.1 200 OK";
    EXPECT_EQ(headOf(answer(ok, "Content-Length: 5\r\n")).body.length, 5U);
    EXPECT_EQ(headOf(answer(ok, "Content-Length: 0\r\n")).body.kind, BodyKind::None);
    EXPECT_EQ(headOf(answer(ok, "Transfer-Encoding: chunked\r\n")).body.kind, BodyKind::Chunked);
    EXPECT_EQ(headOf(answer("HTTP/1.1 204 No Content", "Content-Length: 0\r\n")).body.kind,
              BodyKind::None);
    EXPECT_EQ(headOf(answer(ok, "Content-Length: 5\r\n"), Method::Head).body.kind, BodyKind::None);

    const ResponseHead open = headOf(answer(ok, "Content-Type: text/event-stream\r\n"));
    EXPECT_EQ(open.body.kind, BodyKind::UntilClose);
    EXPECT_FALSE(open.keepAlive) << "the end of the connection is its body's end";
    EXPECT_EQ(headOf("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\n").status, 200)
        << "no reason phrase";
}

TEST(ResponseHeads, InterimAnswersAreNone)
{
    for (const char* line :
         {"HTTP/1.1 100 Continue", "HTTP/1.1 102 Processing", "HTTP/1.1 103 Early Hints"}) {
        const ResponseHead head = headOf(answer(line, "Link: x\r\n"));
        EXPECT_TRUE(head.isInterim) << line;
        EXPECT_EQ(head.body.kind, BodyKind::None) << line;
    }
    EXPECT_FALSE(headOf(answer("HTTP/1.1 200 OK", "Content-Length: 0\r\n")).isInterim);
}

TEST(ResponseHeads, KeepAliveIsAgreedByBothOrNot)
{
    const std::string length = "Content-Length: 1\r\n";
    EXPECT_TRUE(headOf(answer("HTTP/1.1 200 OK", length)).keepAlive);
    EXPECT_FALSE(headOf(answer("HTTP/1.1 200 OK", length + "Connection: close\r\n")).keepAlive);
    EXPECT_FALSE(headOf(answer("HTTP/1.0 200 OK", length)).keepAlive);
    EXPECT_TRUE(headOf(answer("HTTP/1.0 200 OK", length + "Connection: keep-alive\r\n")).keepAlive);
}

TEST(ResponseHeads, OfEveryRecordedEngineAreUnderstoodAtEverySplit)
{
    SB_NEEDS_RECORDED_DATA("engines-live");
    std::size_t heads = 0;
    const auto root = tests::recordedDataDirectory() / "engines-live";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".sse")
            continue;
        std::string text = tests::headAndBody(tests::wholeFile(entry.path())).first;
        if (text.empty())
            continue;
        std::string bytes;
        for (const char c : text) {
            if (c != '\r')
                bytes += c == '\n' ? "\r\n" : std::string(1, c);
        }
        bytes += "\r\n\r\n";
        const ResponseHead whole = headOf(bytes);
        EXPECT_EQ(whole.status, 200) << entry.path();
        EXPECT_EQ(whole.body.kind, BodyKind::Chunked) << entry.path();
        for (std::size_t split = 1; split < bytes.size(); ++split) {
            ResponseHead head;
            HeadScanner scanner;
            const std::string first = bytes.substr(0, split);
            ASSERT_EQ(parseResponseHead(first, Method::Post, head, scanner).state,
                      ParseState::NeedMore);
            const ParseResult result = parseResponseHead(bytes, Method::Post, head, scanner);
            ASSERT_EQ(result.state, ParseState::Done);
            ASSERT_EQ(result.consumed, bytes.size());
            ASSERT_EQ(head.headers.size(), whole.headers.size());
            ASSERT_EQ(head.headers.get(HeaderName::ContentType),
                      whole.headers.get(HeaderName::ContentType));
        }
        ++heads;
    }
    EXPECT_GT(heads, 20U);
}

} // namespace
} // namespace signalbox::http
