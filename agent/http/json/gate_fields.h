// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/json/json_gate.h"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// The top-level fields of a request body. Part of the JSON gate; nothing else includes it.
namespace signalbox::http {

// What policy reads, and what it refuses. One bit each, so that a second one of a kind shows.
enum class GateField : std::uint8_t {
    Unknown,
    AddGenerationPrompt,
    ApiBase,
    BaseUrl,
    BestOf,
    ContinueFinalMessage,
    CustomHost,
    Documents,
    Ebnf,
    Echo,
    ExtraHeaders,
    Functions,
    Grammar,
    GuidedChoice,
    GuidedGrammar,
    GuidedJson,
    GuidedRegex,
    Input,
    Inputs,
    Instructions,
    JsonSchema,
    Logprobs,
    MaxCompletionTokens,
    MaxOutputTokens,
    MaxTokens,
    Messages,
    Model,
    N,
    Parameters,
    Priority,
    Prompt,
    Query,
    Regex,
    ResponseFormat,
    ReturnTokenIds,
    Seed,
    Stream,
    StreamOptions,
    StructuredOutputs,
    System,
    Temperature,
    TextInput,
    Tools,
    TopLogprobs,
    User,
    UserConfig,
    kCount,
};

// Reads the fields of one body into its facts, and finds those that two engines could take for
// different ones: the same key twice, or in two spellings. Lives on: core; a local of the gate.
class GateFields {
public:
    // `unknown` is scratch memory for the keys that policy does not know.
    GateFields(RequestFacts& facts, std::vector<std::string_view>& unknown)
        : facts_(facts)
        , unknown_(unknown)
    {
        unknown_.clear();
    }

    // Nothing, or why the body is refused.
    std::optional<OpenAiError> take(std::string_view key, simdjson::dom::element value);
    // What only shows when all are there.
    std::optional<OpenAiError> finish() const;

private:
    std::optional<OpenAiError> takeUnknown(std::string_view key);
    std::optional<OpenAiError> read(GateField field, std::string_view key,
                                    simdjson::dom::element value);

    RequestFacts& facts_;
    std::vector<std::string_view>& unknown_;
    std::uint64_t seen_ = 0; // bit by GateField
    bool hasStreamOptions_ = false;
};

} // namespace signalbox::http
