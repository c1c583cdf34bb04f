// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/engine_profile.h"
#include "agent/engine/profile_reader.h"
#include "agent/engine/profile_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace signalbox::engine {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> problemsOf(const std::string& text)
{
    std::vector<std::string> lines;
    for (const yaml::Problem& problem : readProfile(text, "mine").problems)
        lines.push_back(yaml::placeText("mine.yaml", problem.place) + ": " + problem.text);
    return lines;
}

TEST(Profiles, ShipsEveryEngineWithoutAProblem)
{
    const auto loaded = ProfileRegistry::load("");

    EXPECT_TRUE(loaded.problems.empty()) << testing::PrintToString(loaded.problems);
    EXPECT_THAT(loaded.registry.names(), ElementsAre("llama_cpp", "ollama", "openai", "ray_serve",
                                                     "sglang", "tgi", "triton", "triton_openai",
                                                     "vllm"));
    for (const ProfilePtr& profile : loaded.registry.all()) {
        EXPECT_FALSE(profile->recognise.empty()) << profile->name;
        EXPECT_FALSE(profile->clientPaths.empty()) << profile->name;
        EXPECT_GT(profile->connections.idle, 0s) << profile->name;
    }
}

TEST(Profiles, SayWhatMakesEnginesDifferent)
{
    const auto loaded = ProfileRegistry::load("");
    const ProfilePtr vllm = loaded.registry.find("vllm");
    const ProfilePtr sglang = loaded.registry.find("sglang");
    const ProfilePtr llama = loaded.registry.find("llama_cpp");

    EXPECT_LT(vllm->connections.idle, 5s) << "vLLM closes after 5 s";
    EXPECT_TRUE(vllm->continuation.byTokenIds);
    EXPECT_EQ(*sglang->probe.interval, 5s);
    EXPECT_EQ(*sglang->probe.timeout, 4s);
    EXPECT_LT(llama->connections.requests, 100U) << "llama.cpp closes after 100 requests";
    EXPECT_EQ(llama->continuation.repeatsPrefill, PrefillRepeat::Plain);
    EXPECT_THAT(llama->stripHeaders, ElementsAre("x-conversation-id"));
    EXPECT_EQ(loaded.registry.find("triton")->metrics.portOffset, 2);
    EXPECT_EQ(loaded.registry.find("nothing"), nullptr);
    EXPECT_THAT(sglang->deniedFields, Contains("custom_logit_processor")) << "it is code";
    EXPECT_THAT(vllm->deniedFields, Contains("kv_transfer_params")) << "it names a host";
    EXPECT_TRUE(std::is_sorted(vllm->deniedFields.begin(), vllm->deniedFields.end()));
}

TEST(Profiles, AllowClientsWhatIsListedAndNothingElse)
{
    const auto loaded = ProfileRegistry::load("");
    const EngineProfile& vllm = *loaded.registry.find("vllm");
    const EngineProfile& triton = *loaded.registry.find("triton");

    EXPECT_TRUE(allowsClient(vllm, "POST", "/v1/chat/completions"));
    EXPECT_FALSE(allowsClient(vllm, "GET", "/v1/chat/completions"));
    for (const char* path : {"/sleep", "/v1/load_lora_adapter", "/metrics", "/v1/completions/",
                             "/v1/chat/completions/batch", "/", "", "/v1"})
        EXPECT_FALSE(allowsClient(vllm, "POST", path)) << path;
    EXPECT_TRUE(allowsClient(triton, "POST", "/v2/models/llama/infer"));
    EXPECT_TRUE(allowsClient(triton, "POST", "/v2/models/llama/generate_stream"));
    for (const char* path : {"/v2/models//infer", "/v2/models/a/b/infer", "/v2/models/a/load",
                             "/v2/repository/models/a/load", "/v2/logging"})
        EXPECT_FALSE(allowsClient(triton, "POST", path)) << path;
}

TEST(Profiles, FitSignaturesWhateverTheSpacing)
{
    const AnswerSignature owned{.status = 200, .contains = "\"owned_by\":\"vllm\""};
    EXPECT_TRUE(fits(owned, 200, R"({"data":[{"owned_by":"vllm"}]})"));
    EXPECT_TRUE(fits(owned, 200, "{\"data\": [{\"owned_by\" :\n  \"vllm\"}]}"));
    EXPECT_FALSE(fits(owned, 404, R"({"owned_by":"vllm"})"));
    EXPECT_FALSE(fits(owned, 200, R"({"owned_by":"vll)"));
    EXPECT_TRUE(fits(AnswerSignature{.status = 503}, 503, ""));
    EXPECT_TRUE(fits(AnswerSignature{.contains = "Loading model"}, 503, "Loading model"));
}

TEST(Profiles, ReportEveryProblemWithItsPlace)
{
    EXPECT_THAT(
        problemsOf("profile: other\n"
                   "recognize: []\n"
                   "probe:\n"
                   "  path: health\n"
                   "  interval: 5\n"
                   "  answers:\n"
                   "    - {status: 99, means: ready}\n"
                   "    - {means: loading, because: x}\n"
                   "    - {status: 200, means: fine}\n"
                   "    - {status: 503, means: failed}\n"
                   "metrics:\n"
                   "  path: /metrics\n"
                   "  series:\n"
                   "    - {series: engine_runing, from: [a]}\n"
                   "    - {series: engine_running}\n"
                   "    - {series: engine_running, sum: a, count: b}\n"
                   "    - {series: engine_ttft, sum: a}\n"
                   "    - {series: engine_running, from: a, scale: 0}\n"
                   "client:\n"
                   "  paths: [FETCH /v1, GET v1]\n"
                   "  strip_headers: [X-Thing]\n"),
        ElementsAre(HasSubstr(":1:10: profile: must be mine, as the file is called"),
                    HasSubstr(":2:1: unknown key \"recognize\"; did you mean recognise?"),
                    HasSubstr(":4:9: path: a path begins with /"),
                    HasSubstr(":5:13: interval: \"5\" is not a duration"),
                    HasSubstr(":7:16: status: must be 100 to 599"),
                    HasSubstr(":8:7: status: a signature needs a status, a text or both"),
                    HasSubstr(":9:7: because: say why"),
                    HasSubstr(":9:28: means: \"fine\" is none of failed, ready"),
                    HasSubstr(":10:7: because: say why"),
                    HasSubstr(":14:16: series: \"engine_runing\" is no canonical series; did "
                              "you mean engine_running?"),
                    HasSubstr(":15:7: from: must name at least one metric"),
                    HasSubstr(":16:37: sum: sum and count go together"),
                    HasSubstr(":17:34: sum: sum and count go together"),
                    HasSubstr(":18:38: from: must be a list"),
                    HasSubstr(":18:38: from: must name at least one metric"),
                    HasSubstr(":18:48: scale: must be more than 0"),
                    HasSubstr(":20:10: paths: \"FETCH /v1\" is not a method and a path"),
                    HasSubstr(":20:10: paths: \"GET v1\" is not a method and a path"),
                    HasSubstr(":21:18: strip_headers: \"X-Thing\" is no header name")));
    EXPECT_THAT(problemsOf("profile: mine\n"), ElementsAre("mine.yaml:1:1: probe: must be given"));
    EXPECT_FALSE(problemsOf("").empty());
}

TEST(Profiles, LetTheUserAddAndReplace)
{
    const auto directory
        = std::filesystem::temp_directory_path() / ("profiles_" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    const std::string probe = "probe:\n  path: /up\n  answers: [{status: 200, means: ready}]\n";
    std::ofstream(directory / "mine.yaml") << "profile: mine\n" << probe;
    std::ofstream(directory / "vllm.yaml") << "profile: vllm\n" << probe;
    std::ofstream(directory / "broken.yaml") << "profile: broken\nprobes: {}\n" << probe;
    std::ofstream(directory / "notes.txt") << "not a profile";

    const auto loaded = ProfileRegistry::load(directory.string());

    ASSERT_EQ(loaded.problems.size(), 1U);
    EXPECT_EQ(loaded.problems.front(), (directory / "broken.yaml").string()
                  + ":2:1: unknown key \"probes\"; did you mean probe?");
    ASSERT_NE(loaded.registry.find("mine"), nullptr);
    EXPECT_EQ(loaded.registry.find("vllm")->probe.path, "/up");
    EXPECT_EQ(loaded.registry.find("broken"), nullptr);
    EXPECT_FALSE(ProfileRegistry::load("/nonexistent").problems.empty());

    std::filesystem::remove_all(directory);
}

} // namespace
} // namespace signalbox::engine
