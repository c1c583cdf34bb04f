// SPDX-License-Identifier: Apache-2.0
// The bad-input matrix of request bodies and keys, through the whole proxy: what each is answered,
// that nothing raw is echoed, and that no engine sees any of it.
#include "tests/support/proxy_harness.h"
#include "tests/support/scripted_engine.h"

#include <gtest/gtest.h>

namespace signalbox::proxy {
namespace {

using namespace tests;
using namespace std::string_literals;

struct Body {
    const char* row; // of the bad-input matrix
    std::string body;
    int status;
    const char* code;
};

std::string with(const std::string& field)
{
    return R"({"model":"tiny","messages":[],)" + field + "}";
}

std::string nested(std::size_t depth)
{
    return R"({"model":"tiny","x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

std::string bodyOf(const std::string& answer)
{
    const std::size_t end = answer.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

int statusOf(const std::string& answer)
{
    return answer.size() > 12 ? std::atoi(answer.c_str() + 9) : 0;
}

struct HostileBody : testing::Test {
    ScriptedEngine engine{{answers(jsonAnswer(200, R"({"choices":[]})"))}};
    ProxyHarness proxy{{engine.address()}};

    std::string said(const std::string& bytes)
    {
        RawSocket socket = proxy.connect();
        socket.send(bytes);
        return socket.receiveAll();
    }

    void expectRefused(const std::vector<Body>& cases)
    {
        for (const Body& one : cases) {
            const std::string answer = proxy.ask(one.body);
            const std::string what = std::string(one.row) + ": " + one.body.substr(0, 120);
            EXPECT_EQ(statusOf(answer), one.status) << what << "\n" << answer;
            EXPECT_NE(answer.find("\"code\":\""s + one.code + "\""), std::string::npos)
                << what << "\n" << answer;
            EXPECT_LT(bodyOf(answer).size(), 600U) << what;
            EXPECT_NE(answer.find("x-request-id: "), std::string::npos) << what;
            for (const char c : bodyOf(answer))
                EXPECT_GE(static_cast<unsigned char>(c), 0x20) << what;
        }
        EXPECT_EQ(engine.requests(), 0);
    }
};

TEST_F(HostileBody, B31ToB32NoKeyIsThereTwice)
{
    expectRefused({
        {"B-31", R"({"model":"tiny","model":"huge","messages":[]})", 400, "duplicate_key"},
        {"B-31", R"({"model":"tiny","messages":[],"x":1,"x":2})", 400, "duplicate_key"},
        {"B-32", R"({"model":"tiny","MODEL":"huge"})", 400, "duplicate_key"},
        {"B-32", R"({"model":"tiny","mod\u0065l":"huge"})", 400, "duplicate_key"},
        {"B-32", R"({"Model":"tiny","messages":[]})", 400, "duplicate_key"},
        {"B-32", with("\"\u017Ftream\":true,\"stream\":false"), 400, "duplicate_key"},
    });
}

TEST_F(HostileBody, B33ToB34OnlyJsonOfReasonableShape)
{
    std::string wide = R"({"model":"tiny")";
    for (int i = 0; i < 2'000; ++i)
        wide += ",\"k" + std::to_string(i) + "\":1";
    expectRefused({
        {"B-33", nested(33), 400, "invalid_json"},
        {"B-33", nested(100'000), 400, "invalid_json"},
        {"B-33", wide + "}", 400, "invalid_json"},
        {"B-33", std::string(4 * 1024 * 1024, '['), 400, "invalid_json"},
        {"B-33", std::string(4 * 1024 * 1024 + 1, ' '), 413, "body_too_large"},
        {"B-34", with(R"("temperature":NaN)"), 400, "invalid_json"},
        {"B-34", with(R"("temperature":Infinity)"), 400, "invalid_json"},
        {"B-34", with(R"("temperature":1e400)"), 400, "invalid_json"},
        {"B-34", with(R"("max_tokens":18446744073709551616)"), 400, "invalid_json"},
        {"B-34", with(R"("max_tokens":-0)"), 400, "invalid_value"},
        {"B-34", with(R"("max_tokens":01)"), 400, "invalid_json"},
        {"B-34", with(R"("user":"\ud800")"), 400, "invalid_json"},
        {"B-34", with("\"user\":\"\xff\""), 400, "invalid_json"},
        {"B-34", with("\"user\":\"\xc0\xae\""), 400, "invalid_json"},
        {"B-34", with("\"user\":\"a\0b\""s), 400, "invalid_json"},
        {"B-34", "\xEF\xBB\xBF" + chatBody(), 400, "invalid_json"},
        {"B-34", "/* x */" + chatBody(), 400, "invalid_json"},
        {"B-34", R"({"model":"tiny","messages":[],})", 400, "invalid_json"},
        {"B-34", chatBody() + "{}", 400, "invalid_json"},
        {"B-34", chatBody() + "x", 400, "invalid_json"},
        {"B-34", "", 400, "invalid_json"},
        {"B-34", "[]", 400, "invalid_json"},
        {"B-34", "null", 400, "invalid_json"},
    });
}

TEST_F(HostileBody, B35OnlyPlainJsonIsRead)
{
    const std::string body = chatBody();
    const std::string start = "POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\n"
                              "connection: close\r\ncontent-length: "
        + std::to_string(body.size()) + "\r\n";
    const std::string json = "content-type: application/json\r\n";
    for (const std::string& fields :
         {""s, "content-type: text/plain\r\n"s, json + json,
          "content-type: application/json; charset=utf-16\r\n"s,
          json + "content-encoding: gzip\r\n", json + "content-encoding: br\r\n",
          json + "content-encoding: gzip, gzip\r\n"}) {
        const std::string answer = said(start + fields + "\r\n" + body);
        EXPECT_EQ(statusOf(answer), 415) << "B-35 " << fields << "\n" << answer;
    }
    EXPECT_EQ(engine.requests(), 0) << "nothing is unpacked, so no bomb can go off";
}

TEST_F(HostileBody, B36KeysThatAreWrongAreAllAnsweredAlike)
{
    proxy.edit([](ProxySnapshot& view) {
        model::ApiKey key;
        key.id = "k1";
        key.tenant = "acme";
        // SHA-256 of "abc"
        key.secretSha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        view.access = model::AccessMode::Keys;
        view.keys = std::make_shared<admission::ApiKeyTable>(
            std::map<std::string, model::ApiKey>{{"k1", key}});
    });
    const std::string wrong = bodyOf(proxy.ask(chatBody(), "authorization: Bearer no\r\n"));
    for (const std::string& token : {"' OR 1=1 --"s, "abcd"s, "ab"s, "ABC"s,
                                     std::string(8'000, 'a'), "abc,"s, "k1"s, "%61%62%63"s}) {
        const std::string answer = proxy.ask(chatBody(), "authorization: Bearer " + token + "\r\n");
        EXPECT_EQ(statusOf(answer), 401) << "B-36 " << token.substr(0, 20);
        EXPECT_EQ(bodyOf(answer), wrong) << "B-36 " << token.substr(0, 20);
    }
    for (const char* fields : {"authorization: Bearer\r\n", "authorization: Bearer  \r\n",
                               "authorization: Basic YWJj\r\n", "x-api-key:\r\n"})
        EXPECT_EQ(statusOf(proxy.ask(chatBody(), fields)), 401) << "B-36 " << fields;
    EXPECT_EQ(statusOf(proxy.ask(chatBody(), "authorization: Bearer a\0bc\r\n"s)), 400) << "B-36";
    EXPECT_EQ(statusOf(proxy.ask(chatBody(), "authorization: Bearer "s
                                     + std::string(1024 * 1024, 'a') + "\r\n")),
              431)
        << "B-36";
    EXPECT_EQ(engine.requests(), 0);
}

TEST_F(HostileBody, B37AModelIsANameThatTheFleetKnows)
{
    expectRefused({
        {"B-37", R"({"messages":[]})", 400, "model_missing"},
        {"B-37", R"({"model":null,"messages":[]})", 400, "model_missing"},
        {"B-37", R"({"model":["tiny"],"messages":[]})", 400, "invalid_value"},
        {"B-37", R"({"model":")" + std::string(1024 * 1024, 'm') + R"("})", 400, "invalid_value"},
        {"B-37", R"({"model":"../../etc/passwd"})", 404, "model_not_found"},
        {"B-37", R"({"model":"tiny\r\nx: y"})", 400, "invalid_value"},
        {"B-37", R"({"model":""})", 400, "invalid_value"},
        {"B-37", "{\"model\":\"t\u0456ny\"}", 404, "model_not_found"}, // a Cyrillic letter
        {"B-37", R"({"model":"tiny "})", 404, "model_not_found"},
        {"B-37", R"({"model":"TINY"})", 404, "model_not_found"},
    });
}

TEST_F(HostileBody, B38OtherPathsOfAnEngineAreNotReached)
{
    for (const char* path :
         {"/pause", "/update_weights", "/collective_rpc", "/invocations", "/api/pull",
          "/api/create", "/slots/0", "/v2/repository/index", "/flush_cache", "/metrics",
          "/v1/load_lora_adapter", "/v2/models/tiny/load", "//v1//chat/completions"}) {
        for (const char* method : {"GET", "POST"}) {
            const std::string answer = said(std::string(method) + " " + path
                                            + " HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n");
            EXPECT_EQ(statusOf(answer), 404) << "B-38 " << method << " " << path << "\n" << answer;
        }
    }
    for (const char* path : {"/%2e%2e/pause", "/v1/chat/completions/../../pause",
                             "/v1/chat/completions/%2e%2e/%2e%2e/pause", "/./pause"})
        EXPECT_EQ(statusOf(said("POST "s + path + " HTTP/1.1\r\nhost: t\r\n\r\n")), 400)
            << "B-38 " << path;
    EXPECT_EQ(engine.requests(), 0);
}

TEST_F(HostileBody, B39ToB41FieldsThatPolicyReadsAreOfTheirKind)
{
    expectRefused({
        {"B-39", with(R"("stream":"true")"), 400, "invalid_value"},
        {"B-39", with(R"("stream":1)"), 400, "invalid_value"},
        {"B-39", with(R"("stream_options":{"include_usage":true})"), 400, "invalid_value"},
        {"B-40", with(R"("n":0)"), 400, "invalid_value"},
        {"B-40", with(R"("n":-1)"), 400, "invalid_value"},
        {"B-40", with(R"("n":1000000)"), 400, "invalid_value"},
        {"B-40", with(R"("best_of":1000000)"), 400, "invalid_value"},
        {"B-40", with(R"("max_tokens":0)"), 400, "invalid_value"},
        {"B-40", with(R"("max_tokens":-1)"), 400, "invalid_value"},
        {"B-40", with(R"("max_tokens":2147483648)"), 400, "invalid_value"},
        {"B-40", with(R"("parameters":{"max_new_tokens":-1})"), 400, "invalid_value"},
        {"B-40", with(R"("logprobs":1000000)"), 400, "invalid_value"},
        {"B-40", with(R"("temperature":1e308)"), 400, "invalid_value"},
        {"B-41", with(R"("api_base":"http://evil")"), 400, "unsupported_parameter"},
        {"B-41", with(R"("base_url":"http://evil")"), 400, "unsupported_parameter"},
        {"B-41", with(R"("custom_host":"evil")"), 400, "unsupported_parameter"},
        {"B-41", with(R"("user_config":{})"), 400, "unsupported_parameter"},
        {"B-41", with(R"("x-upstream-host":"evil")"), 400, "unsupported_parameter"},
        {"B-41", with(R"("extra_headers":{"a":"b"})"), 400, "unsupported_parameter"},
    });
    EXPECT_EQ(statusOf(proxy.ask(with(R"("stream":null)"))), 200) << "B-39: null is absence";
}

TEST_F(HostileBody, B44TooManyMessagesAreRefusedBeforeAnyEngineIsAsked)
{
    std::string many = R"({"model":"tiny","messages":[)";
    for (int i = 0; i < 70'000; ++i)
        many += "{},";
    many.back() = ']';
    expectRefused({{"B-44", many + "}", 400, "invalid_value"}});
}

} // namespace
} // namespace signalbox::proxy
