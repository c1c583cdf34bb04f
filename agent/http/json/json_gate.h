// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/json/openai_error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::http {

// What the model is asked to go on from.
enum class PromptKind : std::uint8_t {
    None,
    Messages, // chat, messages
    Text, // prompt or input: a string
    TextList,
    Tokens, // a list of token ids
    TokenLists,
    Items, // input or documents: a list of objects
};

struct ByteRange {
    std::size_t at = 0;
    std::size_t length = 0;
};

// What policy needs of one request body; `null` counts as absence. Reuse one object: the strings
// keep their memory. Lives on: core; owned by the exchange.
struct RequestFacts {
    std::string model; // unescaped; empty: absent. At most limits::kModelNameBytes, no control byte
    std::string user;

    bool stream = false;
    bool includeUsage = false; // stream_options.include_usage
    bool continuousUsage = false; // stream_options.continuous_usage_stats
    std::optional<std::uint32_t> maxTokens; // max_completion_tokens, max_tokens, max_output_tokens
    std::uint32_t choices = 1; // n, or best_of where larger: answers the engine computes
    std::optional<double> temperature;
    std::optional<std::int64_t> seed;
    std::optional<std::int64_t> priority;
    bool hasTools = false; // tools or functions, not empty
    bool hasLogprobs = false; // logprobs or top_logprobs asked for
    bool isGuided = false; // response_format (not "text"), or an engine's guided decoding field
    bool continuesFinalMessage = false; // continue_final_message
    bool addsGenerationPrompt = true; // add_generation_prompt
    bool returnsTokenIds = false; // return_token_ids
    bool echoes = false; // echo
    bool lastMessageIsAssistant = false; // a prefill: engines differ in whether they repeat it

    PromptKind prompt = PromptKind::None;
    std::uint32_t messages = 0; // items of messages, prompt or input
    std::uint64_t promptBytes = 0; // of text in them; image and audio data do not count
    std::uint64_t promptTokenIds = 0; // where the prompt is token ids

    // Prompt size for admission: exact for token ids, else bytes / 4.
    std::uint64_t estimatedPromptTokens() const { return promptTokenIds + (promptBytes + 3) / 4; }
    void clear();
};

struct GateCounters {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t copied = 0; // bodies without room behind them for the parser
};

// The one door for JSON request bodies: whole, valid UTF-8, an object, not too deep or wide, no two
// top-level keys that any engine could take for the same one, and the fields that policy reads are
// of the right type. What passes is forwarded byte for byte, so engines read what policy read.
// Lives on: core; one per core, reused. Refusals are answers for the client (400, 413, 415).
class JsonGate {
public:
    JsonGate();
    ~JsonGate();

    // Bytes that may be read (not used) behind a body so that it needs no copy.
    static constexpr std::size_t kPadding = 64;

    // `readable`: bytes of memory from body's start that may be read. Nothing: accepted.
    [[nodiscard]] std::optional<OpenAiError> inspect(std::string_view body, std::size_t readable,
                                                     RequestFacts& facts);
    [[nodiscard]] std::optional<OpenAiError> inspect(std::string_view body, RequestFacts& facts)
    {
        return inspect(body, body.size(), facts);
    }
    // Top-level keys of the body inspected last that policy does not know; until the next call.
    const std::vector<std::string_view>& unknownFields() const;
    const GateCounters& counters() const { return counters_; }

private:
    struct Parser;
    std::optional<OpenAiError> read(std::string_view body, std::size_t readable,
                                    RequestFacts& facts);

    std::unique_ptr<Parser> parser_;
    GateCounters counters_;
};

// Where the value of the top-level `model` stands, with its quotes, in a body that has passed the
// gate; length 0: absent. To send on another name everything else stays byte for byte.
ByteRange findModelValue(std::string_view body);

} // namespace signalbox::http
