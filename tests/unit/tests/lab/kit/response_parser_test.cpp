// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/response_parser.h"

#include "tests/lab/kit/http_fetch.h"

#include <gtest/gtest.h>

namespace signalbox::lab {
namespace {

const std::string kChunked = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                             "transfer-encoding: chunked\r\n\r\n"
                             "4\r\nsign\r\n3;x=y\r\nal\n\r\n0\r\ntrailer: 1\r\n\r\n";

TEST(ResponseParser, ReadsEachKindOfBodyCutAnywhere)
{
    const std::pair<std::string, std::string> answers[] = {
        {kChunked, "signal\n"},
        {"HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nlater", "later"},
        {"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", ""},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "ok"},
        {"HTTP/1.1 204 No Content\r\n\r\n", ""},
    };
    for (const auto& [bytes, body] : answers) {
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            ResponseParser parser;
            ASSERT_TRUE(parser.feed(std::string_view(bytes).substr(0, cut))) << bytes;
            ASSERT_EQ(parser.isComplete(), cut == bytes.size()) << bytes << cut;
            ASSERT_TRUE(parser.feed(std::string_view(bytes).substr(cut))) << bytes;
            ASSERT_TRUE(parser.isComplete()) << bytes << cut;
            ASSERT_EQ(parser.takeBody(), body);
            ASSERT_TRUE(parser.keepsAlive());
        }
    }
}

TEST(ResponseParser, ABodyWithoutLengthEndsWithTheConnection)
{
    ResponseParser parser;
    ASSERT_TRUE(parser.feed("HTTP/1.1 200 OK\r\n\r\nsome"));
    EXPECT_FALSE(parser.isComplete());

    parser.endOfInput();

    EXPECT_TRUE(parser.isComplete());
    EXPECT_FALSE(parser.keepsAlive());
}

TEST(ResponseParser, AChunkedBodyIsCutUnlessItsLastChunkCame)
{
    for (std::size_t cut = 0; cut < kChunked.size(); ++cut) {
        ResponseParser parser;
        ASSERT_TRUE(parser.feed(std::string_view(kChunked).substr(0, cut)));
        parser.endOfInput();
        EXPECT_FALSE(parser.isComplete()) << cut;
    }
}

TEST(ResponseParser, TakesOnlyWhatBelongsToItsResponse)
{
    ResponseParser parser;

    const auto used = parser.feed("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200");

    ASSERT_TRUE(used);
    EXPECT_EQ(*used, std::string_view("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").size());
}

TEST(ResponseParser, RefusesWhatIsNotHttp)
{
    for (const char* bytes :
         {"ICY 200 OK\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 200 OK\nx", "HTTP/1.1 200 OK\r\n:\r\n",
          "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
          "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
          "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n"})
        EXPECT_FALSE(ResponseParser().feed(bytes)) << bytes;
}

TEST(ResponseParser, ConnectionCloseAndHttp10DoNotKeepAlive)
{
    ResponseParser closes;
    ASSERT_TRUE(closes.feed("HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 0\r\n\r\n"));
    ResponseParser old;
    ASSERT_TRUE(old.feed("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n"));

    EXPECT_FALSE(closes.keepsAlive());
    EXPECT_FALSE(old.keepsAlive());
    EXPECT_EQ(closes.header("connection"), "Close");
    EXPECT_EQ(closes.header("none"), "");
}

TEST(HttpUrl, IsReadAndRefusedWithReasons)
{
    const auto url = parseHttpUrl("http://[::1]:8000/base/");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, "::1");
    EXPECT_EQ(url->port, 8000);
    EXPECT_EQ(url->basePath, "/base");
    EXPECT_EQ(url->authority(), "[::1]:8000");
    EXPECT_EQ(parseHttpUrl("http://example")->port, 80);

    for (const auto& [text, why] : {std::pair{"https://x", "TLS"}, {"x:1", "not an http URL"},
                                    {"http://:1", "names no host"}, {"http://x:0", "port"},
                                    {"http://x:99999", "port"}, {"http://[::1", "unfinished"}}) {
        const auto refused = parseHttpUrl(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_NE(refused.error().message().find(why), std::string::npos)
            << refused.error().message();
    }
}

} // namespace
} // namespace signalbox::lab
