// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/stream/served_path.h"

#include <gtest/gtest.h>

namespace signalbox::proxy {
namespace {

TEST(ServedPath, EveryPathIsItsOwn)
{
    for (const Api api : everyApi()) {
        const std::string path = pathAt(api, "tiny");
        const auto served = servedPath(path);
        ASSERT_TRUE(served) << path;
        EXPECT_EQ(served->api, api) << path;
        EXPECT_EQ(served->model, namesModelInPath(api) ? "tiny" : "") << path;
    }
}

TEST(ServedPath, ReadsTheModelFromOneSegment)
{
    EXPECT_EQ(servedPath("/v2/models/a b.v1/infer")->model, "a b.v1");
    EXPECT_EQ(servedPath("/v2/models/infer/infer")->model, "infer");
    EXPECT_EQ(servedPath("/v2/models/m/generate_stream")->api, Api::KserveGenerateStream);
    for (const char* path :
         {"/v2/models//infer", "/v2/models/infer", "/v2/models/a/b/infer", "/v2/models/a/infer/",
          "/v2/models/a/versions/1/infer", "/v2/models/a/load", "/v2/repository/models/a/load",
          "/v2/models/a", "/v2", "/generate/", "/generate_streams", "/v1/models/a"})
        EXPECT_FALSE(servedPath(path)) << path;
}

TEST(ServedPath, EngineRoutesThatAreNotForClientsAreNotServed)
{
    // B-38: what engines leave open beside the routes that a client needs.
    for (const char* path :
         {"/pause", "/update_weights", "/collective_rpc", "/invocations", "/api/pull",
          "/api/create", "/slots/0", "/v2/repository/index", "/flush_cache", "/metrics", "//pause",
          "//v1//chat/completions", "/v1/chat/completions/", "/V1/chat/completions", "/load",
          "/v1/load_lora_adapter", "/sleep", "/wake_up", "/v2/logging", "/v2/trace/setting",
          "/v2/systemsharedmemory/region/a/register", "/props", "/lora-adapters", "/-/routes",
          "/tokenize", "/abort_request", "/release_memory_occupation", "/start_profile", "*", "/",
          ""})
        EXPECT_FALSE(servedPath(path)) << path;
}

} // namespace
} // namespace signalbox::proxy
