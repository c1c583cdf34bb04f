// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/generation.h"

#include "tests/lab/kit/keyed_text.h"
#include "tests/lab/kit/vocabulary.h"

#include <gtest/gtest.h>

#include <simdjson.h>

#include <fmt/format.h>

namespace signalbox::engine_sim {
namespace {

struct Answer final : AnswerSink {
    std::vector<std::string> events;
    std::optional<Ending> ending;
    unsigned status = 0;
    std::string body;

    void onEvent(std::string_view data) override { events.emplace_back(data); }
    void onWhole(unsigned code, std::string text) override
    {
        status = code;
        body = std::move(text);
    }
    void onEnd(Ending how) override { ending = how; }
};

const SimOptions kOptions;

GenerationRequest requestOf(Route route, const std::string& body)
{
    auto request = readGenerationRequest(route, body, kOptions);
    if (const auto* error = std::get_if<ApiError>(&request))
        ADD_FAILURE() << error->message;
    return std::get<GenerationRequest>(std::move(request));
}

// Asks for tokens until all is said.
Answer answerTo(Route route, const std::string& body, std::optional<Fault> fault = std::nullopt)
{
    Answer answer;
    Generation generation(requestOf(route, body), {kOptions.key, kOptions.model, 1, fault}, answer);
    std::vector<bool> isDone(generation.request().choices());
    for (std::size_t i = 0; !answer.ending && answer.status == 0; ++i) {
        const std::size_t choice = i % isDone.size();
        if (isDone[choice])
            continue;
        isDone[choice] = generation.onToken(choice) != Generation::Progress::More;
    }
    return answer;
}

// One field of each event or choice, joined.
std::string joined(const Answer& answer, std::string_view path, std::uint64_t choice = 0)
{
    std::string text;
    simdjson::dom::parser parser;
    std::vector<std::string> documents = answer.events;
    if (!answer.body.empty())
        documents.push_back(answer.body);
    for (const std::string& json : documents) {
        simdjson::dom::element document;
        if (parser.parse(json).get(document) != simdjson::SUCCESS)
            continue;
        for (const simdjson::dom::element one : document["choices"]) {
            std::string_view piece;
            if (one["index"].get_uint64() == choice
                && one.at_pointer(path).get(piece) == simdjson::SUCCESS)
                text += piece;
        }
    }
    return text;
}

std::string chat(std::string_view extra)
{
    return fmt::format(R"({{"messages":[{{"role":"user","content":"hello"}}]{}}})", extra);
}

lab::KeyedText expected(std::string_view prompt, std::size_t choice = 0)
{
    return lab::KeyedText({kOptions.key, kOptions.model, prompt, choice});
}

const std::string kChatPrompt = lab::renderChat({{"user", "hello"}});

TEST(Generation, AStreamAndAPlainAnswerHoldTheSameText)
{
    const std::string text = expected(kChatPrompt).text(0, 20);

    const Answer stream = answerTo(Route::Chat, chat(R"(,"max_tokens":20,"stream":true)"));
    const Answer whole = answerTo(Route::Chat, chat(R"(,"max_tokens":20)"));

    EXPECT_EQ(joined(stream, "/delta/content"), text);
    EXPECT_EQ(joined(stream, "/finish_reason"), "length");
    EXPECT_EQ(joined(stream, "/delta/role"), "assistant");
    EXPECT_EQ(stream.events.back(), "[DONE]");
    EXPECT_EQ(joined(whole, "/message/content"), text);
    EXPECT_NE(whole.body.find(R"("completion_tokens":20)"), std::string::npos);
    EXPECT_NE(whole.body.find(kFingerprint), std::string::npos);
}

TEST(Generation, EndsByItselfUnlessToldNotTo)
{
    const std::size_t natural = expected(kChatPrompt).naturalLength();

    const Answer stops = answerTo(Route::Chat, chat(""));
    const Answer goesOn = answerTo(
        Route::Chat, chat(fmt::format(R"(,"max_tokens":{},"ignore_eos":true)", natural + 5)));

    EXPECT_EQ(joined(stops, "/finish_reason"), "stop");
    EXPECT_EQ(joined(stops, "/message/content"), expected(kChatPrompt).text(0, natural));
    EXPECT_EQ(joined(goesOn, "/finish_reason"), "length");
    EXPECT_EQ(joined(goesOn, "/message/content"), expected(kChatPrompt).text(0, natural + 5));
}

TEST(Generation, UsageComesAtTheEndOrAllTheTime)
{
    const auto countUsage = [](const Answer& answer) {
        return std::count_if(answer.events.begin(), answer.events.end(), [](const auto& event) {
            return event.find("\"usage\"") != std::string::npos;
        });
    };

    const Answer atEnd = answerTo(
        Route::Chat,
        chat(R"(,"max_tokens":3,"stream":true,"stream_options":{"include_usage":true})"));
    const Answer always = answerTo(
        Route::Chat, chat(R"(,"max_tokens":3,"stream":true,"stream_options":)"
                          R"({"include_usage":true,"continuous_usage_stats":true})"));

    EXPECT_EQ(countUsage(atEnd), 1);
    EXPECT_NE(atEnd.events[atEnd.events.size() - 2].find(R"("choices":[],"usage")"),
              std::string::npos);
    EXPECT_EQ(countUsage(always), 5) << "role, three tokens, end";
    EXPECT_NE(always.events[2].find(R"("completion_tokens":2)"), std::string::npos);
}

TEST(Generation, ChoicesAreDifferentAndEachIsWhole)
{
    const Answer answer = answerTo(Route::Chat, chat(R"(,"max_tokens":9,"n":3,"stream":true)"));

    for (std::size_t choice = 0; choice < 3; ++choice) {
        EXPECT_EQ(joined(answer, "/delta/content", choice),
                  expected(kChatPrompt, choice).text(0, 9));
        EXPECT_EQ(joined(answer, "/finish_reason", choice), "length");
    }
}

TEST(Generation, AContinuedChatGoesOnByteExactlyFromAnyCharacter)
{
    const std::string whole = expected(kChatPrompt).text(0, 20);
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        if (cut < whole.size() && (static_cast<unsigned char>(whole[cut]) & 0xc0) == 0x80)
            continue; // a partial text in JSON ends with a whole character
        const Answer rest = answerTo(
            Route::Chat,
            fmt::format(R"({{"messages":[{{"role":"user","content":"hello"}},)"
                        R"({{"role":"assistant","content":"{}"}}],"max_tokens":200,)"
                        R"("continue_final_message":true,"add_generation_prompt":false}})",
                        whole.substr(0, cut)));
        const std::string all = whole.substr(0, cut) + joined(rest, "/message/content");
        const std::size_t natural = expected(kChatPrompt).naturalLength();
        ASSERT_EQ(all, expected(kChatPrompt).text(0, natural).substr(0, all.size())) << cut;
    }
}

TEST(Generation, AContinuedCompletionGoesOnFromTextAndFromTokenIds)
{
    const std::string whole = expected("Once upon").text(0, 12);
    const std::string written = expected("Once upon").text(0, 5);
    std::string ids;
    for (const lab::TokenId id : lab::Vocabulary::instance().tokenize("Once upon" + written))
        ids += (ids.empty() ? "" : ",") + std::to_string(id);

    const Answer fromText = answerTo(
        Route::Completions, fmt::format(R"({{"prompt":"Once upon{}","max_tokens":7}})", written));
    const Answer fromIds = answerTo(Route::Completions,
                                    fmt::format(R"({{"prompt":[{}],"max_tokens":7}})", ids));

    EXPECT_EQ(written + joined(fromText, "/text"), whole);
    EXPECT_EQ(written + joined(fromIds, "/text"), whole);
}

TEST(Generation, AForeignTextIsNotContinuedAsIfItWereOurs)
{
    const Answer rest = answerTo(Route::Chat,
                                 R"({"messages":[{"role":"user","content":"hello"},)"
                                 R"({"role":"assistant","content":"I am"}],"max_tokens":5,)"
                                 R"("continue_final_message":true,"add_generation_prompt":false})");

    EXPECT_EQ(expected(kChatPrompt).text(0, 100).find(joined(rest, "/message/content")),
              std::string::npos);
}

TEST(Generation, StopsBeforeAStopTextEvenAcrossTokens)
{
    const std::string whole = expected(kChatPrompt).text(0, 20);
    const auto isInsideCharacter
        = [&](std::size_t at) { return (static_cast<unsigned char>(whole[at]) & 0xC0) == 0x80; };
    std::size_t first = whole.size() / 2;
    while (isInsideCharacter(first))
        ++first;
    std::size_t end = first + 5; // across a token's end
    while (isInsideCharacter(end))
        ++end;
    const std::string stop = whole.substr(first, end - first);
    ASSERT_EQ(stop.find('"'), std::string::npos);

    const Answer answer = answerTo(
        Route::Chat,
        chat(fmt::format(R"(,"max_tokens":20,"stream":true,"stop":["never","{}"])", stop)));

    EXPECT_EQ(joined(answer, "/delta/content"), whole.substr(0, whole.find(stop)));
    EXPECT_EQ(joined(answer, "/finish_reason"), "stop");
    EXPECT_EQ(joined(answer, "/stop_reason"), stop);
}

TEST(Generation, TokenIdsAreShownOnRequest)
{
    const Answer answer
        = answerTo(Route::Chat, chat(R"(,"max_tokens":2,"stream":true,"return_token_ids":true)"));

    EXPECT_NE(answer.events[0].find("\"prompt_token_ids\":[1,"), std::string::npos);
    EXPECT_NE(answer.events[1].find("\"token_ids\":[0]"), std::string::npos);
}

TEST(Generation, RefusesWhatVllmRefusesInItsWords)
{
    const auto errorOf = [](Route route, const std::string& body) {
        const auto request = readGenerationRequest(route, body, kOptions);
        const auto* error = std::get_if<ApiError>(&request);
        return error == nullptr ? std::string("accepted")
                                : fmt::format("{} {} {}: {}", error->status, error->type,
                                              error->param, error->message);
    };
    const auto has = [&](Route route, const std::string& body, std::string_view text) {
        const std::string error = errorOf(route, body);
        EXPECT_NE(error.find(text), std::string::npos) << body << "\n" << error;
    };

    has(Route::Chat, "", "400 Bad Request body");
    has(Route::Chat, "{", "json_invalid");
    has(Route::Chat, "[]", "valid dictionary");
    has(Route::Chat, "{}", "body.messages");
    has(Route::Chat, R"({"messages":"hi"})", "list_type");
    has(Route::Chat, R"({"messages":[]})", "empty conversation");
    has(Route::Chat, chat(R"(,"model":"nope")"), "404 NotFoundError model: The model `nope`");
    has(Route::Chat, chat(R"(,"max_tokens":0)"), "max_tokens must be at least 1, got 0.");
    has(Route::Chat, chat(R"(,"max_tokens":"many")"), "int_parsing");
    has(Route::Chat, chat(R"(,"max_tokens":999999)"), "cannot be greater than max_model_len");
    has(Route::Chat, chat(R"(,"temperature":-1)"), "temperature must be non-negative");
    has(Route::Chat, chat(R"(,"top_p":7)"), "top_p must be in (0, 1]");
    has(Route::Chat, chat(R"(,"n":0)"), "n must be at least 1");
    has(Route::Chat, chat(R"(,"stream_options":{})"), "only be defined when `stream=True`");
    has(Route::Chat, chat(R"(,"continue_final_message":true)"), "are not compatible");
    has(Route::Chat, chat(R"(,"continue_final_message":true,"add_generation_prompt":true)"),
        "Cannot set both");
    has(Route::Chat, R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})",
        "422 UnprocessableEntityError");
    has(Route::Completions, "{}", "body.prompt");
    has(Route::Completions, R"({"prompt":[4294967290]})", "out of vocabulary");
    has(Route::Completions,
        fmt::format(R"({{"prompt":"{}"}})", lab::promptText(1, 0) + std::string(400'000, 'x')),
        "maximum context length is 131072 tokens");
    has(Route::Chat, chat(R"(,"unknown":1)"), "accepted");
}

Fault faultOf(FaultKind kind, std::size_t after)
{
    Fault fault;
    fault.kind = kind;
    fault.after = after;
    return fault;
}

TEST(Generation, FaultsShowAtTheirPlace)
{
    const std::string body = chat(R"(,"max_tokens":10,"stream":true)");
    const auto textOf = [&](std::size_t tokens) { return expected(kChatPrompt).text(0, tokens); };

    for (const std::size_t after : {std::size_t{0}, std::size_t{4}}) {
        const Answer cut = answerTo(Route::Chat, body, faultOf(FaultKind::Cut, after));
        EXPECT_EQ(cut.ending, Ending::Cut);
        EXPECT_EQ(joined(cut, "/delta/content"), textOf(after));
        const Answer stall = answerTo(Route::Chat, body, faultOf(FaultKind::Stall, after));
        EXPECT_EQ(stall.ending, Ending::Hang);
        const Answer crash = answerTo(Route::Chat, body, faultOf(FaultKind::Crash, after));
        EXPECT_EQ(crash.ending, Ending::Crash);
        const Answer early = answerTo(Route::Chat, body, faultOf(FaultKind::EarlyEnd, after));
        EXPECT_EQ(early.ending, Ending::Clean);
        EXPECT_EQ(joined(early, "/finish_reason"), "");
        const Answer stop = answerTo(Route::Chat, body, faultOf(FaultKind::EarlyStop, after));
        EXPECT_EQ(joined(stop, "/finish_reason"), "stop");
        EXPECT_EQ(joined(stop, "/delta/content"), textOf(after));
        const Answer abort = answerTo(Route::Chat, body, faultOf(FaultKind::Abort, after));
        EXPECT_EQ(joined(abort, "/finish_reason"), "abort");
        EXPECT_EQ(abort.events.back(), "[DONE]");
        const Answer error = answerTo(Route::Chat, body, faultOf(FaultKind::StreamError, after));
        EXPECT_TRUE(error.events[error.events.size() - 2].starts_with(R"({"error":)"));
    }
    const Answer missing = answerTo(Route::Chat, body, faultOf(FaultKind::MissingDone, 0));
    EXPECT_EQ(joined(missing, "/finish_reason"), "length");
    EXPECT_NE(missing.events.back(), "[DONE]");
    const Answer malformed = answerTo(Route::Chat, body, faultOf(FaultKind::Malformed, 4));
    EXPECT_EQ(joined(malformed, "/delta/content"), textOf(10)) << "it goes on after it";
    for (const FaultKind lie :
         {FaultKind::Gap, FaultKind::Repeat, FaultKind::Reorder, FaultKind::MixUp}) {
        const Answer lied = answerTo(Route::Chat, body, faultOf(lie, 4));
        EXPECT_TRUE(joined(lied, "/delta/content").starts_with(textOf(4)));
        EXPECT_FALSE(joined(lied, "/delta/content").starts_with(textOf(6))) << nameOf(lie);
    }
}

} // namespace
} // namespace signalbox::engine_sim
