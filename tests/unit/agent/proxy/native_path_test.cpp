// SPDX-License-Identifier: Apache-2.0
// Triton's and TGI's own paths, and what an engine's profile opens and denies.
#include "tests/support/proxy_harness.h"
#include "tests/support/recorded_data.h"
#include "tests/support/scripted_engine.h"

#include <gtest/gtest.h>

namespace signalbox::proxy {
namespace {

using namespace tests;

const std::string kTensors
    = R"({"inputs":[{"name":"text_input","datatype":"BYTES","shape":[1,1],"data":["hi"]}]})";
const std::string kOutputs
    = R"({"model_name":"echo","outputs":[{"name":"text_output","data":["hi"]}]})";

std::string post(const std::string& path, const std::string& body, const std::string& fields = "")
{
    return "POST " + path + " HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"
        + fields + "connection: close\r\ncontent-length: " + std::to_string(body.size())
        + "\r\n\r\n" + body;
}

std::string said(ProxyHarness& proxy, const std::string& request)
{
    RawSocket socket = proxy.connect();
    socket.send(request);
    return socket.receiveAll();
}

std::string bodyOf(const std::string& answer)
{
    const std::size_t end = answer.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : answer.substr(end + 4);
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

std::shared_ptr<const upstream::EngineTraits> traits(std::initializer_list<Api> apis,
                                                     std::vector<std::string> denied = {})
{
    auto made = std::make_shared<upstream::EngineTraits>();
    made->apis = 0;
    for (const Api api : apis)
        made->apis |= bitOf(api);
    made->deniedFields = std::move(denied);
    return made;
}

TEST(NativePaths, TensorsGoToTheModelThatThePathNames)
{
    ScriptedEngine engine({answers(jsonAnswer(200, kOutputs))});
    ProxyHarness proxy({engine.address()});
    proxy.edit([](ProxySnapshot& view) { view.pools[0].members[0].model = "echo v2"; });

    const std::string answer = said(proxy, post("/v2/models/tiny/infer", kTensors));

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
    EXPECT_EQ(bodyOf(answer), kOutputs);
    EXPECT_TRUE(engine.lastRequest().starts_with("POST /v2/models/echo%20v2/infer HTTP/1.1\r\n"))
        << engine.lastRequest();
    EXPECT_TRUE(engine.lastRequest().ends_with(kTensors)) << "the body is the client's";
    const std::string unknown = said(proxy, post("/v2/models/nope/infer", kTensors));
    EXPECT_NE(unknown.find("model_not_found"), std::string::npos) << unknown;
    EXPECT_EQ(engine.requests(), 1);
}

TEST(NativePaths, AModelFieldInTheBodyOfTensorsMeansNothing)
{
    ScriptedEngine engine({answers(jsonAnswer(200, kOutputs))});
    ProxyHarness proxy({engine.address()});
    proxy.edit([](ProxySnapshot& view) { view.pools[0].members[0].model = "echo"; });
    const std::string body = R"({"model":"other","text_input":"hi","stream":true})";

    const std::string answer = said(proxy, post("/v2/models/tiny/generate", body));

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
    EXPECT_TRUE(engine.lastRequest().ends_with(body)) << "an input tensor may be called so";
}

TEST(NativePaths, TritonsRecordedStreamComesThroughAsItWasAndEndsWithItsBody)
{
    SB_NEEDS_RECORDED_DATA("engines-live");
    const std::string events = headAndBody(wholeFile(recordedDataDirectory()
                                                     / "engines-live/triton-2.51.0"
                                                       "/generate-stream.sse"))
                                   .second;
    ScriptedEngine engine({answers(std::string(kStreamHead) + chunk(events) + "0\r\n\r\n"),
                           [&](RawSocket& socket, const std::string&) {
                               socket.send(std::string(kStreamHead) + chunk(events));
                               return false;
                           }});
    ProxyHarness proxy({engine.address()});
    const std::string request
        = post("/v2/models/tiny/generate_stream", R"({"text_input":"hi","max_tokens":10})");

    const std::string whole = said(proxy, request);
    const std::string cut = said(proxy, request);

    EXPECT_EQ(unchunked(bodyOf(whole)), events);
    EXPECT_EQ(whole.find("[DONE]"), std::string::npos) << "Triton has none";
    EXPECT_EQ(proxy.recordNumber(1).completionTokens, 10U);
    EXPECT_NE(cut.find("upstream_interrupted"), std::string::npos)
        << "without its last chunk it is not whole: " << cut;
}

const std::string kTgiToken
    = "data:{\"index\":1,\"token\":{\"id\":5,\"text\":\" train\",\"logprob\":-0.5,"
      "\"special\":false},\"generated_text\":null,\"details\":null}\n\n";
const std::string kTgiLast
    = "data:{\"index\":2,\"token\":{\"id\":2,\"text\":\"</s>\",\"logprob\":-0.1,"
      "\"special\":true},\"generated_text\":\" train\",\"details\":null}\n\n";

TEST(NativePaths, TgisStreamIsWholeOnlyWithItsLastEvent)
{
    ScriptedEngine engine(
        {answers(std::string(kStreamHead) + chunk(kTgiToken) + chunk(kTgiLast) + "0\r\n\r\n"),
         answers(std::string(kStreamHead) + chunk(kTgiToken) + "0\r\n\r\n")});
    ProxyHarness proxy({engine.address()});
    const std::string request = post("/generate_stream", R"({"inputs":"hello"})");

    const std::string whole = said(proxy, request);
    const std::string early = said(proxy, request);

    EXPECT_TRUE(engine.lastRequest().starts_with("POST /generate_stream HTTP/1.1\r\n"));
    EXPECT_NE(whole.find("\"generated_text\":\" train\""), std::string::npos) << whole;
    EXPECT_EQ(whole.find("[DONE]"), std::string::npos);
    EXPECT_TRUE(whole.ends_with("0\r\n\r\n")) << whole;
    EXPECT_NE(early.find("upstream_interrupted"), std::string::npos)
        << "a clean end is no proof: " << early;
}

TEST(NativePaths, TgisRequestsNameAModelWhereThereIsAChoice)
{
    ScriptedEngine engine({answers(jsonAnswer(200, R"({"generated_text":"hi"})"))});
    ProxyHarness proxy({engine.address()});
    EXPECT_TRUE(said(proxy, post("/generate", R"({"inputs":"hello"})"))
                    .starts_with("HTTP/1.1 200"))
        << "one route: there is nothing else it could mean";

    proxy.edit([](ProxySnapshot& view) {
        view.routes.push_back(view.routes[0]);
        view.routes[1].name = view.routes[1].model = "huge";
        view.routeByModel.emplace("huge", 1);
    });
    EXPECT_NE(said(proxy, post("/generate", R"({"inputs":"hello"})")).find("model_missing"),
              std::string::npos);
    EXPECT_TRUE(said(proxy, post("/generate", R"({"inputs":"hello","model":"huge"})"))
                    .starts_with("HTTP/1.1 200"));
}

TEST(NativePaths, APathIsServedOnlyWhereTheProfileOpensIt)
{
    ScriptedEngine vllm({answers(jsonAnswer(200, R"({"choices":[]})"))});
    ScriptedEngine tgi({answers(jsonAnswer(200, R"({"generated_text":"hi"})"))});
    ProxyHarness proxy({vllm.address(), tgi.address()});
    proxy.edit([](ProxySnapshot& view) {
        view.pools[0].members[0].traits = traits({Api::Chat});
        view.pools[0].members[1].traits = traits({Api::Chat, Api::TgiGenerate});
        view.routes[0].apis = bitOf(Api::Chat) | bitOf(Api::TgiGenerate);
    });

    for (int i = 0; i < 8; ++i)
        EXPECT_TRUE(said(proxy, post("/generate", R"({"inputs":"hello"})"))
                        .starts_with("HTTP/1.1 200"));
    EXPECT_EQ(tgi.requests(), 8) << "the other engine has no such path";
    EXPECT_EQ(vllm.requests(), 0);
    const std::string none = said(proxy, post("/v2/models/tiny/infer", kTensors));
    EXPECT_TRUE(none.starts_with("HTTP/1.1 404")) << none;
    EXPECT_NE(none.find("unknown_path"), std::string::npos);
}

TEST(NativePaths, WhatAProfileDeniesIsRefusedByName)
{
    ScriptedEngine engine({answers(jsonAnswer(200, R"({"choices":[]})"))});
    ProxyHarness proxy({engine.address()});
    proxy.edit([](ProxySnapshot& view) {
        view.routes[0].deniedFields = {"bootstrap_host", "kv_transfer_params"};
    });

    const std::string denied = proxy.ask(
        R"({"model":"tiny","messages":[],"top_k":5,"kv_transfer_params":{"remote_host":"x"}})");

    EXPECT_TRUE(denied.starts_with("HTTP/1.1 400")) << denied;
    EXPECT_NE(denied.find("\"param\":\"kv_transfer_params\""), std::string::npos) << denied;
    EXPECT_NE(denied.find("unsupported_parameter"), std::string::npos);
    EXPECT_EQ(engine.requests(), 0);
    EXPECT_TRUE(proxy.ask(R"({"model":"tiny","messages":[],"top_k":5,"stop":["x"]})")
                    .starts_with("HTTP/1.1 200"))
        << "B-42: other fields pass, engines have their own";
    // A body so large that the parser does not outlive it.
    const std::string large = R"({"model":"tiny","messages":[],"note":")"
        + std::string(300'000, 'x') + R"(","bootstrap_host":"y"})";
    EXPECT_NE(proxy.ask(large).find("bootstrap_host"), std::string::npos);
}

TEST(NativePaths, AnErrorBehindA200IsNoSuccess)
{
    ScriptedEngine engine({answers(jsonAnswer(
        200, R"({"error":"generate expects model to produce exactly 1 response"})"))});
    ProxyHarness proxy({engine.address()});
    auto classified = std::make_shared<upstream::EngineTraits>();
    classified->classify = [](int, std::string_view) { return upstream::AnswerClass::BadRequest; };
    proxy.edit([&](ProxySnapshot& view) { view.pools[0].members[0].traits = classified; });

    const std::string mine = said(proxy, post("/v2/models/tiny/generate", R"({"text_input":"x"})"));

    EXPECT_TRUE(mine.starts_with("HTTP/1.1 400")) << mine;
    EXPECT_NE(mine.find("expects model to produce"), std::string::npos) << "in its own words";
    EXPECT_EQ(engine.requests(), 1) << "the request is at fault: nobody else is asked";

    proxy.edit([](ProxySnapshot& view) { view.pools[0].members[0].traits = nullptr; });
    const std::string its = said(proxy, post("/v2/models/tiny/generate", R"({"text_input":"x"})"));
    EXPECT_TRUE(its.starts_with("HTTP/1.1 502")) << its;
}

TEST(NativePaths, ARefusalInsideAStreamIsAnsweredAsARefusal)
{
    const std::string refusal
        = R"({"error":"Input validation error: `inputs` must have less than 10 tokens",)"
          R"("error_type":"validation"})";
    ScriptedEngine engine(
        {answers(std::string(kStreamHead) + chunk("data:" + refusal + "\n\n") + "0\r\n\r\n")});
    ProxyHarness proxy({engine.address()});
    auto classified = std::make_shared<upstream::EngineTraits>();
    classified->classify
        = [](int, std::string_view) { return upstream::AnswerClass::ContextOverflow; };
    proxy.edit([&](ProxySnapshot& view) { view.pools[0].members[0].traits = classified; });

    const std::string answer = said(proxy, post("/generate_stream", R"({"inputs":"hello"})"));

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
    EXPECT_EQ(bodyOf(answer), refusal);
    EXPECT_EQ(engine.requests(), 1) << "asked again it says so again";
}

} // namespace
} // namespace signalbox::proxy
