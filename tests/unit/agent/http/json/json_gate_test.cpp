// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/json_gate.h"
#include "shared/base/limits.h"
#include "tests/support/recorded_data.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using namespace std::string_literals;

struct Verdict {
    std::optional<OpenAiError> error;
    RequestFacts facts;
};

Verdict inspect(const std::string& body)
{
    JsonGate gate;
    Verdict verdict;
    verdict.error = gate.inspect(body, verdict.facts);
    return verdict;
}

std::string codeOf(const std::string& body)
{
    const Verdict verdict = inspect(body);
    return verdict.error ? std::string(verdict.error->code) : "";
}

RequestFacts factsOf(const std::string& body)
{
    Verdict verdict = inspect(body);
    EXPECT_FALSE(verdict.error) << body << ": " << (verdict.error ? verdict.error->message : "");
    return verdict.facts;
}

std::string with(const std::string& fields)
{
    return R"({"model":"m","messages":[{"role":"user","content":"hi"}])"
        + (fields.empty() ? "" : "," + fields) + "}";
}

TEST(JsonGate, RefusesWhatIsNoJsonObject)
{
    const std::vector<std::string> bodies{
        "",
        " ",
        "nul",
        "null",
        "[]",
        "3",
        "\"x\"",
        "{",
        "{}{}",
        "{} x",
        "{}\0"s,
        "\xEF\xBB\xBF{}",
        "{\"a\":1,}",
        "{\"a\":1 // x\n}",
        "{\"a\":/* x */1}",
        "{'a':1}",
        "{a:1}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":1e400}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":0x10}",
        "{\"a\":18446744073709551616}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"a\":\"\xC0\xAE\"}",
        "{\"a\":\"\xED\xA0\x80\"}",
        "{\"a\":\"\xF5\x80\x80\x80\"}",
        "{\"a\":\"\xE2\x82\"}",
        "{\"a\":\"x\0y\"}"s,
        "{\"a\":\"x\ny\"}",
        "{\"a\":\"\\x41\"}",
        std::string(1000, '['),
        std::string(4 << 20, '['),
    };
    for (const std::string& body : bodies)
        EXPECT_EQ(codeOf(body), "invalid_json") << "B-34 " << body.substr(0, 80);
}

std::string nested(std::size_t depth)
{
    // The body itself is the first level.
    return "{\"a\":" + std::string(depth - 1, '[') + "1" + std::string(depth - 1, ']') + "}";
}

TEST(JsonGate, DepthAndWidthHaveLimits)
{
    EXPECT_EQ(codeOf(nested(limits::kJsonDepth)), "");
    EXPECT_EQ(codeOf(nested(limits::kJsonDepth + 1)), "invalid_json") << "B-33";
    EXPECT_EQ(codeOf(nested(100'000)), "invalid_json") << "B-33";
    std::string wide = "{\"model\":\"m\"";
    for (std::size_t i = 0; i < limits::kJsonKeysPerObject; ++i)
        wide += ",\"k" + std::to_string(i) + "\":1";
    EXPECT_EQ(codeOf(wide + "}"), "");
    EXPECT_EQ(codeOf(wide + ",\"one_more\":1}"), "invalid_json") << "B-33";
    std::string list = "{\"model\":\"m\",\"prompt\":[1";
    for (std::size_t i = 1; i < limits::kJsonArrayItems; ++i)
        list += ",1";
    EXPECT_EQ(codeOf(list + "]}"), "");
    EXPECT_EQ(codeOf(list + ",1]}"), "invalid_value");
}

TEST(JsonGate, NoTwoKeysThatAnyEngineTakesForOne)
{
    const std::vector<std::string> twins{
        R"({"model":"a","model":"b"})",
        R"({"model":null,"model":"b"})",
        R"({"model":"a","mod\u0065l":"b"})",
        R"({"model":"a","MODEL":"b"})",
        R"({"Model":"a"})",
        R"({"\u004dodel":"a"})",
        R"({"model":"a","Stream":true})",
        "{\"model\":\"a\",\"\xC5\xBFtream\":true}",
        "{\"model\":\"a\",\"max_to\xE2\x84\xAA"
        "ens\":1}",
        R"({"model":"a","x":1,"x":2})",
        R"({"model":"a","x":1,"X":2})",
        R"({"model":"a","x\u0079":1,"xy":2})",
        "{\"model\":\"a\",\"kind\":1,\"\xE2\x84\xAAind\":2}",
        R"({"model":"a","":1,"":2})",
    };
    for (const std::string& body : twins)
        EXPECT_EQ(codeOf(body), "duplicate_key") << "B-31, B-32 " << body;
    std::string many = "{\"model\":\"a\"";
    for (int i = 0; i < 100; ++i)
        many += ",\"key" + std::to_string(i) + "\":1";
    EXPECT_EQ(codeOf(many + "}"), "");
    EXPECT_EQ(codeOf(many + ",\"KEY50\":1}"), "duplicate_key");
    EXPECT_EQ(codeOf("{\"model\":\"a\",\"caf\xC3\xA9\":1,\"cafe\":2,\"Seed2\":3}"), "")
        << "unknown fields pass in any spelling";
}

TEST(JsonGate, ReadsWhatPolicyNeeds)
{
    const RequestFacts facts = factsOf(R"({
        "messages": [{"role":"system","content":"be brief"},
                     {"role":"user","content":[{"type":"text","text":"what is this"},
                        {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAAAAAA"}}]},
                     {"role":"assistant","content":"It is"}],
        "model": "org\/na\u006de", "stream": true, "n": 2, "best_of": 3, "temperature": 0,
        "stream_options": {"include_usage": true, "continuous_usage_stats": true, "other": 1},
        "max_tokens": 10, "max_completion_tokens": 20, "seed": -7, "priority": 3, "user": "u-1",
        "tools": [{"type":"function","function":{"name":"f"}}], "logprobs": true,
        "response_format": {"type":"json_object"}, "continue_final_message": true,
        "add_generation_prompt": false, "return_token_ids": true, "echo": true,
        "cache_prompt": {"anything": ["engines", "like"]}})");
    EXPECT_EQ(facts.model, "org/name");
    EXPECT_EQ(facts.user, "u-1");
    EXPECT_TRUE(facts.stream);
    EXPECT_TRUE(facts.includeUsage);
    EXPECT_TRUE(facts.continuousUsage);
    EXPECT_EQ(facts.maxTokens, 20U) << "the larger: engines differ in which one they obey";
    EXPECT_EQ(facts.choices, 3U);
    EXPECT_EQ(facts.temperature, 0.0);
    EXPECT_EQ(facts.seed, -7);
    EXPECT_EQ(facts.priority, 3);
    EXPECT_TRUE(facts.hasTools);
    EXPECT_TRUE(facts.hasLogprobs);
    EXPECT_TRUE(facts.isGuided);
    EXPECT_TRUE(facts.continuesFinalMessage);
    EXPECT_FALSE(facts.addsGenerationPrompt);
    EXPECT_TRUE(facts.returnsTokenIds);
    EXPECT_TRUE(facts.echoes);
    EXPECT_TRUE(facts.lastMessageIsAssistant);
    EXPECT_EQ(facts.prompt, PromptKind::Messages);
    EXPECT_EQ(facts.messages, 3U);
    EXPECT_EQ(facts.promptBytes, 8U + 12U + 5U) << "pictures are no text";
    EXPECT_EQ(facts.estimatedPromptTokens(), 7U);
}

TEST(JsonGate, NullIsAbsence)
{
    const RequestFacts facts = factsOf(
        R"({"model":null,"messages":null,"stream":null,"stream_options":null,"n":null,)"
        R"("max_tokens":null,"temperature":null,"seed":null,"tools":null,"logprobs":null,)"
        R"("response_format":null,"user":null,"continue_final_message":null,"api_base":null})");
    EXPECT_EQ(facts.model, "");
    EXPECT_FALSE(facts.stream);
    EXPECT_FALSE(facts.maxTokens);
    EXPECT_FALSE(facts.temperature);
    EXPECT_FALSE(facts.hasTools || facts.hasLogprobs || facts.isGuided);
    EXPECT_EQ(facts.prompt, PromptKind::None);
    EXPECT_TRUE(factsOf(R"({"stream":true,"stream_options":{"include_usage":null}})").stream);
}

TEST(JsonGate, PromptsOfEveryKindAreCounted)
{
    const auto kind = [](const std::string& prompt) {
        return factsOf("{\"model\":\"m\",\"prompt\":" + prompt + "}");
    };
    EXPECT_EQ(kind("\"four\"").prompt, PromptKind::Text);
    EXPECT_EQ(kind("\"four\"").estimatedPromptTokens(), 1U);
    EXPECT_EQ(kind(R"(["four","more"])").prompt, PromptKind::TextList);
    EXPECT_EQ(kind(R"(["four","more"])").promptBytes, 8U);
    EXPECT_EQ(kind("[1,2,3]").prompt, PromptKind::Tokens);
    EXPECT_EQ(kind("[1,2,3]").estimatedPromptTokens(), 3U);
    EXPECT_EQ(kind("[[1,2],[3]]").prompt, PromptKind::TokenLists);
    EXPECT_EQ(kind("[[1,2],[3]]").promptTokenIds, 3U);
    const RequestFacts rerank
        = factsOf(R"({"model":"m","query":"which","documents":["one",{"text":"two"}]})");
    EXPECT_EQ(rerank.promptBytes, 11U);
    EXPECT_EQ(factsOf(R"({"model":"m","input":[{"role":"user","content":"hello"}]})").prompt,
              PromptKind::Items);
    EXPECT_FALSE(factsOf(with("")).lastMessageIsAssistant);
}

TEST(JsonGate, FieldsOfTheWrongKindAreRefusedByName)
{
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"("stream":"true")", "stream"},
        {R"("stream":1)", "stream"},
        {R"("stream_options":{"include_usage":true})", "stream_options"},
        {R"("stream":true,"stream_options":[])", "stream_options"},
        {R"("stream":true,"stream_options":{"include_usage":1})", "stream_options.include_usage"},
        {R"("n":0)", "n"},
        {R"("n":-1)", "n"},
        {R"("n":1000000)", "n"},
        {R"("n":1.5)", "n"},
        {R"("n":"2")", "n"},
        {R"("best_of":1000000)", "best_of"},
        {R"("max_tokens":0)", "max_tokens"},
        {R"("max_tokens":-0)", "max_tokens"},
        {R"("max_tokens":-1)", "max_tokens"},
        {R"("max_tokens":2147483648)", "max_tokens"},
        {R"("max_tokens":"5")", "max_tokens"},
        {R"("max_tokens":1e300)", "max_tokens"},
        {R"("max_tokens":18446744073709551615)", "max_tokens"},
        {R"("max_completion_tokens":0)", "max_completion_tokens"},
        {R"("logprobs":1000000)", "logprobs"},
        {R"("top_logprobs":-1)", "top_logprobs"},
        {R"("temperature":1e308)", "temperature"},
        {R"("temperature":-0.5)", "temperature"},
        {R"("temperature":"0")", "temperature"},
        {R"("seed":1.5)", "seed"},
        {R"("priority":"high")", "priority"},
        {R"("user":7)", "user"},
        {R"("user":"a\nb")", "user"},
    };
    for (const auto& [field, param] : cases) {
        const Verdict verdict = inspect(with(field));
        ASSERT_TRUE(verdict.error) << "B-39, B-40 " << field;
        EXPECT_EQ(verdict.error->code, "invalid_value") << field;
        EXPECT_EQ(verdict.error->param, param) << field;
        EXPECT_EQ(verdict.error->status, 400);
        EXPECT_NE(verdict.error->message.find("'" + param + "'"), std::string::npos);
    }
    EXPECT_EQ(factsOf(with(R"("max_tokens":100.0,"temperature":1)")).maxTokens, 100U);
}

TEST(JsonGate, AModelIsANameOfReasonableLength)
{
    const std::vector<std::string> bad{"[]",          "7",
                                       "{}",          "\"\"",
                                       "\"a\\nb\"",   "\"a\\r\\nX: y\"",
                                       "\"\\u0000\"", "\"" + std::string(1 << 20, 'a') + "\""};
    for (const std::string& value : bad) {
        const Verdict verdict = inspect("{\"model\":" + value + "}");
        ASSERT_TRUE(verdict.error) << "B-37 " << value.substr(0, 20);
        EXPECT_EQ(verdict.error->param, "model");
        EXPECT_LT(errorBody(*verdict.error).size(), 300U) << "nothing long is echoed";
    }
    EXPECT_EQ(factsOf(R"({"model":"../../etc"})").model, "../../etc") << "the routes decide";
    EXPECT_EQ(factsOf(R"({"prompt":"x"})").model, "");
}

TEST(JsonGate, ClientsDoNotRoute)
{
    for (const char* key : {"api_base", "base_url", "custom_host", "user_config", "extra_headers",
                            "x-upstream-host", "X-Own-Host"}) {
        const Verdict verdict = inspect(with("\"" + std::string(key) + "\":\"http://evil\""));
        ASSERT_TRUE(verdict.error) << "B-41 " << key;
        EXPECT_EQ(verdict.error->code, "unsupported_parameter");
        EXPECT_EQ(verdict.error->param, key);
    }
    EXPECT_EQ(codeOf(with(R"("API_BASE":"http://evil")")), "duplicate_key") << "B-41";
}

TEST(JsonGate, MessagesAreObjects)
{
    for (const char* value : {"\"x\"", "7", "{}", "[\"x\"]", "[null]", "[[]]"})
        EXPECT_EQ(codeOf("{\"messages\":" + std::string(value) + "}"), "invalid_value") << value;
    EXPECT_EQ(codeOf(R"({"messages":[]})"), "") << "the engine says what it thinks of that";
    EXPECT_EQ(codeOf(R"({"messages":[{"role":7,"content":null}]})"), "");
}

TEST(JsonGate, RefusalsEchoNothingRaw)
{
    const std::string key = "\\u0000\\u001b[31m<script>" + std::string(500, 'x');
    const Verdict verdict = inspect("{\"" + key + "\":1,\"" + key + "\":2}");
    ASSERT_TRUE(verdict.error);
    const std::string body = errorBody(*verdict.error);
    EXPECT_LT(body.size(), 400U);
    for (const char c : body)
        EXPECT_TRUE(c >= 0x20 && c < 0x7f);
}

TEST(JsonGate, TheModelsValueIsFoundWhereverItStands)
{
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"({"model":"a"})", R"("a")"},
        {R"( { "model" :  "a" } )", R"("a")"},
        {R"({"messages":[{"model":"b","content":"\"model\":\"c\" \\"}],)"
         R"("model":"a","x":{"model":1}})",
         R"("a")"},
        {R"({"mod\u0065l":"\u0061"})", R"("\u0061")"},
        {R"({"x":"\\\"","model":"a\"b"})", R"("a\"b")"},
        {R"({"prompt":"x"})", ""},
    };
    for (const auto& [body, value] : cases) {
        EXPECT_EQ(codeOf(body), "") << body;
        const ByteRange range = findModelValue(body);
        EXPECT_EQ(body.substr(range.at, range.length), value) << body;
    }
    EXPECT_EQ(findModelValue("no json").length, 0U);
}

TEST(JsonGate, ParsesInPlaceWhereThereIsRoomBehindTheBody)
{
    JsonGate gate;
    RequestFacts facts;
    std::string body = with(R"("max_tokens":5)");
    const std::size_t size = body.size();
    ASSERT_FALSE(gate.inspect(body, facts));
    EXPECT_EQ(gate.counters().copied, 1U);
    body.resize(size + JsonGate::kPadding, '}');
    ASSERT_FALSE(gate.inspect(std::string_view(body).substr(0, size), body.size(), facts));
    EXPECT_EQ(gate.counters().copied, 1U);
    EXPECT_EQ(facts.maxTokens, 5U);
    ASSERT_TRUE(gate.inspect("{", facts));
    EXPECT_EQ(gate.counters().accepted, 2U);
    EXPECT_EQ(gate.counters().refused, 1U);
    EXPECT_EQ(facts.model, "") << "nothing is left of the one before";
}

TEST(JsonGate, ServesSmallBodiesAfterAHugeOne)
{
    JsonGate gate;
    RequestFacts facts;
    const std::string huge = with("\"x\":\"" + std::string(limits::kRequestBodyBytes, 'x') + "\"");
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(gate.inspect(huge, facts));
        EXPECT_FALSE(gate.inspect(with(""), facts));
        EXPECT_EQ(facts.model, "m");
    }
}

TEST(JsonGate, EveryRecordedRequestPasses)
{
    SB_NEEDS_RECORDED_DATA("sse/http_exchanges");
    std::size_t requests = 0;
    const auto folder = tests::recordedDataDirectory() / "sse/http_exchanges";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (!entry.path().string().ends_with(".request.json"))
            continue;
        const std::string body = tests::wholeFile(entry.path());
        const RequestFacts facts = factsOf(body);
        EXPECT_NE(facts.model, "") << entry.path();
        EXPECT_GT(facts.estimatedPromptTokens(), 0U) << entry.path();
        ++requests;
    }
    EXPECT_GT(requests, 8U);
}

} // namespace
} // namespace signalbox::http
