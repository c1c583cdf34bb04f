// SPDX-License-Identifier: Apache-2.0
// Engines that the user runs are recognised by what they answer; shapes as the real ones send them.
#include "tests/lab/fleet/engine_question.h"
#include "tests/support/scripted_engine.h"

#include <gtest/gtest.h>

#include <map>

namespace signalbox::lab_fleet {
namespace {

using namespace std::chrono_literals;
using Pages = std::map<std::string, std::string>; // path -> JSON; every other path is 404

base::Result<EngineAnswer> ask(const Pages& pages)
{
    tests::ScriptedEngine engine({[&pages](tests::RawSocket& socket, const std::string& request) {
        const std::size_t start = request.find(' ') + 1;
        const auto page = pages.find(request.substr(start, request.find(' ', start) - start));
        socket.send(page == pages.end() ? tests::jsonAnswer(404, R"({"detail":"Not Found"})")
                                        : tests::jsonAnswer(200, page->second));
        return false;
    }});
    return askEngine(*lab::parseHttpUrl("http://" + engine.address()), 5s);
}

const char* const kModels = R"({"object":"list","data":[{"id":"tiny-8b","object":"model"}]})";

TEST(EngineQuestion, NamesWhoAnswers)
{
    EXPECT_EQ(ask({{"/v1/models", kModels}, {"/version", R"({"version":"0.32.0"})"}})->kind,
              "vLLM 0.32.0");
    EXPECT_EQ(
        ask({{"/v1/models", kModels}, {"/props", R"({"build_info":"b11549-1a2b3c4"})"}})->kind,
        "llama.cpp b11549-1a2b3c4");
    EXPECT_EQ(ask({{"/v1/models", kModels}, {"/api/version", R"({"version":"0.17.4"})"}})->kind,
              "Ollama 0.17.4");
    EXPECT_EQ(ask({{"/v1/models", kModels}})->kind, "an OpenAI-compatible server");
}

TEST(EngineQuestion, TakesTheFirstModelThatIsListed)
{
    EXPECT_EQ(ask({{"/v1/models", kModels}})->model, "tiny-8b");
}

TEST(EngineQuestion, SaysWhatIsMissing)
{
    const auto noModel = ask({{"/v1/models", R"({"data":[]})"}});
    ASSERT_FALSE(noModel);
    EXPECT_NE(noModel.error().text().find("lists no model"), std::string::npos);

    lab::HttpUrl nobody;
    {
        const tests::RawListener closed;
        nobody = *lab::parseHttpUrl("http://127.0.0.1:" + std::to_string(closed.port()));
    }
    const auto none = askEngine(nobody, 5s);
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().text().find("no engine answers at"), std::string::npos);
}

} // namespace
} // namespace signalbox::lab_fleet
