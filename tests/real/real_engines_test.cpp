// SPDX-License-Identifier: Apache-2.0
// An agent beside real engines: it recognises them, finds them ready, and what they say comes
// through.
#include "tests/real/real_engine.h"

#include <gtest/gtest.h>

#include <csignal>

namespace signalbox::tests {
namespace {

std::size_t countIn(const std::string& text, const std::string& what)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + what.size()))
        ++count;
    return count;
}

bool has(const std::string& text, const std::string& what)
{
    return text.find(what) != std::string::npos;
}

TEST(RealEngines, LlamaCppIsRecognisedAndRouted)
{
    const TemporaryFolder folder;
    const Finished made = runToEnd({enginePath("llama_cpp", "bin/python"),
                                    std::string(SIGNALBOX_REAL) + "/make_tiny_model.py",
                                    folder.file("tiny.gguf")});
    ASSERT_EQ(made.status, 0) << made.output;
    const std::string port = std::to_string(freePorts(1));
    const std::string url = "http://127.0.0.1:" + port;
    ChildProcess engine({enginePath("llama_cpp", "bin/python"),
                         std::string(SIGNALBOX_REAL) + "/serve_llama_cpp.py",
                         folder.file("tiny.gguf"), port});
    ASSERT_TRUE(becomesReady(url, "/health")) << engine.output();
    const RealAgent agent(url, {"tiny"});
    ASSERT_TRUE(becomesReady(agent.serve(), "/readyz")) << agent.log();

    const std::string question
        = R"({"model":"tiny","max_tokens":12,"messages":[{"role":"user","content":"hello"}])";
    const lab::HttpAnswer whole = post(agent.serve(), "/v1/chat/completions", question + "}");
    EXPECT_EQ(whole.status, 200) << whole.body;
    EXPECT_TRUE(has(whole.body, "\"completion_tokens\":12")) << whole.body;

    const lab::HttpAnswer stream
        = post(agent.serve(), "/v1/chat/completions", question + R"(,"stream":true})");
    EXPECT_EQ(stream.status, 200) << stream.body;
    EXPECT_GE(countIn(stream.body, "\"content\":\""), 10U) << stream.body;
    EXPECT_TRUE(has(stream.body, "\"finish_reason\":\"length\"")) << stream.body;
    EXPECT_TRUE(stream.body.ends_with("data: [DONE]\n\n")) << stream.body;

    const lab::HttpAnswer tooLong
        = post(agent.serve(), "/v1/completions",
               R"({"model":"tiny","prompt":")" + std::string(9'000, 'x') + "\"}");
    EXPECT_EQ(tooLong.status, 400);
    EXPECT_TRUE(has(tooLong.body, "exceed_context_size_error")) << "its own words: "
                                                                << tooLong.body;
    EXPECT_EQ(post(agent.serve(), "/slots/0", "{}").status, 404) << "not a client's to ask";
    EXPECT_EQ(post(agent.serve(), "/v1/completions", R"({"model":"tiny","prompt":"x","id_slot":0})")
                  .status,
              400)
        << "the profile denies it";
    const std::string metrics = get(agent.observe(), "/metrics").body;
    EXPECT_TRUE(has(metrics, "llama_cpp") || has(metrics, "generation_tokens")) << metrics;
}

TEST(RealEngines, TritonIsRecognisedAndItsOwnPathsRoute)
{
    const int first = freePorts(3);
    const std::string url = "http://127.0.0.1:" + std::to_string(first);
    const std::string server = enginePath("triton", "tritonserver");
    ChildProcess engine(
        {"env", "PATH=" + enginePath("triton", "bin") + ":/usr/bin:/bin",
         "LD_LIBRARY_PATH=" + server + "/external_libs", server + "/bin/tritonserver",
         "--model-repository", std::string(SIGNALBOX_REAL) + "/triton_models",
         "--backend-directory", server + "/backends", "--http-address", "127.0.0.1", "--http-port",
         std::to_string(first), "--grpc-address", "127.0.0.1", "--grpc-port",
         std::to_string(first + 1), "--metrics-address", "127.0.0.1", "--metrics-port",
         std::to_string(first + 2)});
    ASSERT_TRUE(becomesReady(url, "/v2/health/ready")) << engine.output();
    const RealAgent agent(url, {"echo", "words"});
    ASSERT_TRUE(becomesReady(agent.serve(), "/readyz")) << agent.log();

    const lab::HttpAnswer tensors = post(
        agent.serve(), "/v2/models/echo/infer",
        R"({"inputs":[{"name":"text_input","datatype":"BYTES","shape":[1],"data":["hi"]}]})");
    EXPECT_EQ(tensors.status, 200) << tensors.body;
    EXPECT_TRUE(has(tensors.body, "\"data\":[\"hi\"]")) << tensors.body;

    const lab::HttpAnswer text
        = post(agent.serve(), "/v2/models/echo/generate", R"({"text_input":"hi there"})");
    EXPECT_EQ(text.status, 200) << text.body;
    EXPECT_TRUE(has(text.body, "\"text_output\":\"hi there\"")) << text.body;

    const lab::HttpAnswer stream = post(agent.serve(), "/v2/models/words/generate_stream",
                                        R"({"text_input":"x","max_tokens":25})");
    EXPECT_EQ(stream.status, 200) << stream.body;
    EXPECT_EQ(countIn(stream.body, "data: {"), 25U) << stream.body;

    // On a model that streams Triton says 200 and then that this cannot be.
    const lab::HttpAnswer mistaken = post(agent.serve(), "/v2/models/words/generate",
                                          R"({"text_input":"x","max_tokens":3})");
    EXPECT_EQ(mistaken.status, 400) << mistaken.body;
    EXPECT_EQ(post(agent.serve(), "/v2/models/nope/infer", "{}").status, 404);
    EXPECT_EQ(post(agent.serve(), "/v2/repository/index", "{}").status, 404);
    EXPECT_EQ(post(agent.serve(), "/v1/chat/completions", R"({"model":"echo","messages":[]})")
                  .status,
              404)
        << "this server has no such route";
    engine.signal(SIGTERM);
}

} // namespace
} // namespace signalbox::tests
