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

// Ray is many processes, which only its own orderly end takes along.
class RayCluster {
public:
    explicit RayCluster(std::vector<std::string> command) : program_(std::move(command)) {}
    ~RayCluster()
    {
        program_.signal(SIGTERM);
        program_.wait(); // it drains for half a minute
    }
    std::string output() const { return program_.output(); }

private:
    ChildProcess program_;
};

TEST(RealEngines, RayServeIsRecognisedAndRouted)
{
    const TemporaryFolder folder;
    const int first = freePorts(4);
    const auto port = [&](int offset) { return std::to_string(first + offset); };
    // The machine's own address would be taken for 127.0.0.1; 127.0.0.2 stays on loopback.
    const RayCluster ray(
        {"env", "PYTHONPATH=" + std::string(SIGNALBOX_REAL), "RAY_USAGE_STATS_ENABLED=0",
         enginePath("ray_serve", "bin/ray"), "start", "--head", "--block", "--node-ip-address",
         "127.0.0.2", "--port", port(0), "--dashboard-host", "127.0.0.1", "--dashboard-port",
         port(1), "--metrics-export-port", port(2), "--num-cpus", "2", "--object-store-memory",
         "100000000", "--disable-usage-stats", "--temp-dir", folder.path()});
    const std::string dashboard = "http://127.0.0.1:" + port(1);
    const std::string applications = "/api/serve/applications/";
    ASSERT_TRUE(becomesReady(dashboard, applications)) << ray.output();
    const lab::HttpAnswer deployed = put(
        dashboard, applications,
        R"({"proxy_location":"HeadOnly","http_options":{"host":"127.0.0.1","port":)" + port(3)
            + R"(},"applications":[{"name":"words","route_prefix":"/","import_path":)"
              R"("ray_words:app","deployments":[{"name":"Words","num_replicas":1,)"
              R"("ray_actor_options":{"num_cpus":0.1}}]}]})");
    ASSERT_EQ(deployed.status, 200) << deployed.body;
    const std::string url = "http://127.0.0.1:" + port(3);
    ASSERT_TRUE(becomesReady(url, "/v1/models")) << ray.output();
    const RealAgent agent(url, {"words"});
    ASSERT_TRUE(becomesReady(agent.serve(), "/readyz")) << agent.log();

    const std::string question = R"({"model":"words","max_tokens":9,"messages":[])";
    const lab::HttpAnswer whole = post(agent.serve(), "/v1/chat/completions", question + "}");
    EXPECT_EQ(whole.status, 200) << whole.body;
    EXPECT_TRUE(has(whole.body, "w0 w1 w2 w3 w4 w5 w6 w7 w8 ")) << whole.body;

    const lab::HttpAnswer stream
        = post(agent.serve(), "/v1/chat/completions", question + R"(,"stream":true})");
    EXPECT_EQ(stream.status, 200) << stream.body;
    EXPECT_EQ(countIn(stream.body, "\"content\": \"w"), 9U) << stream.body;
    EXPECT_TRUE(stream.body.ends_with("data: [DONE]\n\n")) << stream.body;
    EXPECT_EQ(post(agent.serve(), "/-/routes", "{}").status, 404) << "not a client's to ask";
}

} // namespace
} // namespace signalbox::tests
