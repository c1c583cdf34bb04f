// SPDX-License-Identifier: Apache-2.0
#include "agent/http/content_check.h"
#include "agent/http/h1_writer.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace signalbox::http {
namespace {

using namespace std::string_literals;

TEST(HeadWriter, WritesHeadsThatOurParserTakesApartAgain)
{
    std::array<char, kHeadBufferBytes> buffer;
    HeadWriter writer(buffer);
    writer.request(Method::Post, "/v2/models/a b%?\xC3\xA9/infer", "x=1");
    writer.field(HeaderName::Host, "engine:8000");
    writer.field("x-own", "y z");
    writer.contentLength(12);
    const std::string_view text = writer.finish();

    EXPECT_TRUE(text.starts_with("POST /v2/models/a%20b%25%3F%C3%A9/infer?x=1 HTTP/1.1\r\n"))
        << text;
    RequestHead head;
    ASSERT_EQ(parseRequestHead(text, head).state, ParseState::Bad) << "a '%' in a path is refused";

    HeadWriter plain(buffer);
    plain.request(Method::Get, "/v1/models/caf\xC3\xA9");
    plain.field(HeaderName::Host, "engine:8000");
    ASSERT_EQ(parseRequestHead(plain.finish(), head).state, ParseState::Done);
    EXPECT_EQ(head.path(), "/v1/models/caf\xC3\xA9");
}

TEST(HeadWriter, WritesAnswersWithTheirBody)
{
    std::array<char, kHeadBufferBytes> buffer;
    HeadWriter writer(buffer);
    writer.response(503);
    writer.field(HeaderName::RetryAfter, 5U);
    writer.close();
    writer.contentLength(2);
    EXPECT_EQ(writer.finish("{}"),
              "HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n"
              "content-length: 2\r\n\r\n{}");
    EXPECT_TRUE(writer.isGood());
}

TEST(HeadWriter, NeverLetsALineEndThrough)
{
    const std::vector<std::pair<std::string, std::string>> fields{{"x", "a\r\nSet-Cookie: b"},
                                                                  {"x", "a\rb"},
                                                                  {"x", "a\nb"},
                                                                  {"x", "a\0b"s},
                                                                  {"x", "a\x7f"},
                                                                  {"x\r\ny", "a"},
                                                                  {"x y", "a"},
                                                                  {"x:", "a"},
                                                                  {"", "a"},
                                                                  {"x\0"s, "a"}};
    for (const auto& [name, value] : fields) {
        std::array<char, kHeadBufferBytes> buffer;
        HeadWriter writer(buffer);
        writer.response(200);
        writer.field(name, value);
        writer.field("y", "good");
        EXPECT_EQ(writer.finish(), "") << name << ": " << value;
        EXPECT_FALSE(writer.isGood());
    }
    std::array<char, kHeadBufferBytes> buffer;
    HeadWriter query(buffer);
    query.request(Method::Get, "/a", "b c");
    EXPECT_EQ(query.finish(), "");
    HeadWriter status(buffer);
    status.response(99);
    EXPECT_EQ(status.finish(), "");
    HeadWriter nameless(buffer);
    nameless.field(HeaderName::Other, "a");
    EXPECT_EQ(nameless.finish(), "");
}

TEST(HeadWriter, AFullBufferGivesNothingRatherThanHalfAHead)
{
    for (std::size_t size = 0; size < 60; ++size) {
        std::string memory(size, '\0');
        HeadWriter writer(std::span<char>(memory.data(), memory.size()));
        writer.response(200);
        writer.field("x-own", "0123456789");
        const std::string_view text = writer.finish();
        EXPECT_TRUE(text.empty() || text.ends_with("9\r\n\r\n")) << size;
    }
}

TEST(HeaderMap, KnowsEveryNameInAnyCase)
{
    for (std::size_t i = 0; i < static_cast<std::size_t>(HeaderName::kCount); ++i) {
        const auto name = static_cast<HeaderName>(i);
        std::string text(textOf(name));
        if (text.empty())
            continue;
        EXPECT_EQ(headerNameOf(text), name) << text;
        for (char& c : text)
            c = static_cast<char>(std::toupper(c));
        EXPECT_EQ(headerNameOf(text), name) << text;
        text.back() = '~';
        EXPECT_NE(headerNameOf(text), name) << text;
    }
    EXPECT_EQ(headerNameOf("x-signalbox-new"), HeaderName::SignalboxOther);
    EXPECT_EQ(headerNameOf("X-Forwarded-Host"), HeaderName::ForwardedOther);
    EXPECT_EQ(headerNameOf("x-own"), HeaderName::Other);
    EXPECT_EQ(headerNameOf("x_own"), HeaderName::Dropped);
    EXPECT_EQ(headerNameOf("x(own"), HeaderName::NoToken);
    EXPECT_EQ(headerNameOf(""), HeaderName::NoToken);
}

std::string contentFault(const std::string& fields)
{
    RequestHead head;
    const std::string bytes = "POST /a HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    EXPECT_EQ(parseRequestHead(bytes, head).state, ParseState::Done) << fields;
    const auto error = checkJsonContent(head);
    EXPECT_TRUE(!error || error->status == 415);
    return error ? error->message : "";
}

TEST(ContentCheck, OnlyPlainJsonInUtf8Passes)
{
    EXPECT_EQ(contentFault("Content-Type: application/json\r\n"), "");
    EXPECT_EQ(contentFault("Content-Type: Application/JSON ; charset=UTF-8\r\n"), "");
    EXPECT_EQ(contentFault("Content-Type: application/json; a=b; charset=\"utf-8\"\r\n"), "");
    EXPECT_EQ(contentFault("Content-Type: application/json\r\nContent-Encoding: identity\r\n"), "");
    const std::vector<std::string> refused{
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/jsonx\r\n",
        "Content-Type: application/json, text/plain\r\n",
        "Content-Type: application/json\r\nContent-Type: application/json\r\n",
        "Content-Type: application/json; charset=utf-16\r\n",
        "Content-Type: application/json; charset=\r\n",
        "Content-Type: application/json; a=utf-8; charset=latin1\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        "Content-Type: application/json\r\nContent-Encoding: br\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip, gzip\r\n"};
    for (const std::string& fields : refused)
        EXPECT_NE(contentFault(fields), "") << "B-35 " << fields;
}

} // namespace
} // namespace signalbox::http
