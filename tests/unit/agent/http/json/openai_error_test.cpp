// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/openai_error.h"
#include "tests/support/seed.h"

#include <simdjson.h>

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace signalbox::http {
namespace {

using namespace std::string_literals;

std::string asJson(std::string_view text)
{
    std::string out;
    appendJsonString(out, text);
    return out;
}

TEST(OpenAiErrors, HaveTheShapeThatClientsRead)
{
    OpenAiError error;
    error.status = 404;
    error.type = errorTypeOf(404);
    error.code = "model_not_found";
    error.param = "model";
    error.message = "No model 'a'.";
    EXPECT_EQ(errorBody(error),
              R"({"error":{"message":"No model 'a'.","type":"not_found_error",)"
              R"("code":"model_not_found","param":"model"}})");
    EXPECT_EQ(
        errorBody(OpenAiError{}),
        R"({"error":{"message":"","type":"invalid_request_error","code":null,"param":null}})");
    EXPECT_EQ(errorTypeOf(400), "invalid_request_error");
    EXPECT_EQ(errorTypeOf(429), "rate_limit_error");
    EXPECT_EQ(errorTypeOf(503), "server_error");
}

TEST(OpenAiErrors, StringsAreEscapedAndAlwaysUtf8)
{
    EXPECT_EQ(asJson("a\"\\\n\r\t\x01\x7f\0"s), R"("a\"\\\n\r\t\u0001\u007f\u0000")");
    EXPECT_EQ(asJson("caf\xC3\xA9 \xF0\x9F\x98\x80"), "\"caf\xC3\xA9 \xF0\x9F\x98\x80\"");
    EXPECT_EQ(asJson("\xC3"), "\"\xEF\xBF\xBD\"");
    EXPECT_EQ(asJson("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    EXPECT_EQ(asJson("\xFFx"), "\"\xEF\xBF\xBDx\"");
}

TEST(OpenAiErrors, AnyBytesMakeAValidBody)
{
    const unsigned seed = tests::seed();
    SB_SHOW_SEED(seed);
    std::mt19937 random(seed);
    simdjson::dom::parser parser;
    for (int round = 0; round < 5000; ++round) {
        OpenAiError error;
        for (unsigned i = random() % 60; i > 0; --i)
            error.message.push_back(static_cast<char>(random()));
        error.param = excerptOf(error.message);
        const std::string body = errorBody(error);
        std::string_view param;
        ASSERT_EQ(parser.parse(body)["error"]["message"].error(), simdjson::SUCCESS) << body;
        if (!error.param.empty()) {
            ASSERT_EQ(parser.parse(body)["error"]["param"].get(param), simdjson::SUCCESS);
            ASSERT_EQ(param, error.param);
        }
    }
}

TEST(OpenAiErrors, ExcerptsAreShortAndHarmless)
{
    EXPECT_EQ(excerptOf("plain"), "plain");
    EXPECT_EQ(excerptOf("a\x1b[31m\xC3\xA9\n"), "a?[31m???");
    EXPECT_EQ(excerptOf(std::string(65, 'x')), std::string(64, 'x') + "...");
}

} // namespace
} // namespace signalbox::http
