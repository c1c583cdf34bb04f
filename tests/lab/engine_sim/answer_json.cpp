// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/answer_json.h"

#include "tests/lab/kit/json_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

namespace signalbox::engine_sim {

using lab::jsonString;

namespace {

std::string textOrNull(std::string_view text)
{
    return text.empty() ? "null" : jsonString(text);
}

std::string idsOrNull(const std::vector<std::uint32_t>* ids)
{
    return ids == nullptr ? "null" : fmt::format("[{}]", fmt::join(*ids, ","));
}

std::string usageObject(const Usage& usage)
{
    return fmt::format(R"({{"prompt_tokens":{},"total_tokens":{},"completion_tokens":{}}})",
                       usage.promptTokens, usage.promptTokens + usage.completionTokens,
                       usage.completionTokens);
}

enum class Shape : std::uint8_t { Event, Whole };

std::string opening(const AnswerHead& head, Shape shape)
{
    const std::string_view chat
        = shape == Shape::Event ? "chat.completion.chunk" : "chat.completion";
    return fmt::format(R"({{"id":{},"object":"{}","created":{},"model":{},"choices":[)",
                       jsonString(head.id), head.route == Route::Chat ? chat : "text_completion",
                       head.created, jsonString(head.model));
}

std::string fingerprintField()
{
    return fmt::format(R"(,"system_fingerprint":"{}")", kFingerprint);
}

} // namespace

std::string roleEvent(const AnswerHead& head, std::size_t choice,
                      const std::vector<std::uint32_t>* promptTokenIds,
                      const std::optional<Usage>& usage)
{
    std::string json = opening(head, Shape::Event);
    fmt::format_to(std::back_inserter(json),
                   R"({{"index":{},"delta":{{"role":"assistant","content":""}},"logprobs":null,)"
                   R"("finish_reason":null}}])",
                   choice);
    if (usage)
        json += R"(,"usage":)" + usageObject(*usage);
    json += fingerprintField();
    json += R"(,"prompt_token_ids":)" + idsOrNull(promptTokenIds);
    return json += '}';
}

std::string pieceEvent(const AnswerHead& head, const ChunkPiece& piece)
{
    std::string json = opening(head, Shape::Event);
    const std::string text = jsonString(piece.text);
    fmt::format_to(std::back_inserter(json), R"({{"index":{},)", piece.choice);
    if (head.route == Route::Chat)
        json += R"("delta":{"content":)" + text + '}';
    else
        json += R"("text":)" + text;
    json += R"(,"logprobs":null,"finish_reason":)" + textOrNull(piece.finishReason);
    if (!piece.finishReason.empty() || head.route == Route::Completions)
        json += R"(,"stop_reason":)" + textOrNull(piece.stopReason);
    json += R"(,"token_ids":)" + idsOrNull(piece.tokenIds);
    json += "}]";
    if (piece.usage)
        json += R"(,"usage":)" + usageObject(*piece.usage);
    if (!piece.finishReason.empty())
        json += fingerprintField();
    return json += '}';
}

std::string usageEvent(const AnswerHead& head, const Usage& usage)
{
    return opening(head, Shape::Event) + R"(],"usage":)" + usageObject(usage) + fingerprintField()
        + '}';
}

std::string wholeAnswer(const AnswerHead& head, const std::vector<WholeChoice>& choices,
                        const Usage& usage, TokenIds tokenIds)
{
    std::string json = opening(head, Shape::Whole);
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const WholeChoice& choice = choices[i];
        fmt::format_to(std::back_inserter(json), R"({}{{"index":{},)", i == 0 ? "" : ",", i);
        if (head.route == Route::Chat)
            json += R"("message":{"role":"assistant","content":)" + jsonString(choice.text)
                + R"(,"refusal":null})";
        else
            json += R"("text":)" + jsonString(choice.text);
        fmt::format_to(std::back_inserter(json),
                       R"(,"logprobs":null,"finish_reason":{},"stop_reason":{},"token_ids":{}}})",
                       textOrNull(choice.finishReason), textOrNull(choice.stopReason),
                       idsOrNull(tokenIds == TokenIds::Shown ? &choice.tokenIds : nullptr));
    }
    return json + R"(],"service_tier":null)" + fingerprintField() + R"(,"usage":)"
        + usageObject(usage) + '}';
}

std::string errorBody(const ApiError& error)
{
    return fmt::format(R"({{"error":{{"message":{},"type":{},"param":{},"code":{}}}}})",
                       jsonString(error.message), jsonString(error.type), textOrNull(error.param),
                       error.status);
}

} // namespace signalbox::engine_sim
