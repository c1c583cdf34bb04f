// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/gate_fields.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <array>

namespace signalbox::http {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;
using Refusal = std::optional<OpenAiError>;

Refusal wrong(std::string_view field, std::string_view what,
              std::string_view code = "invalid_value")
{
    OpenAiError error;
    error.code = code;
    error.param = field;
    error.message = "The field '" + std::string(field) + "' " + std::string(what) + ".";
    return error;
}

Refusal readBool(std::string_view field, element value, bool& into)
{
    if (value.get(into) != simdjson::SUCCESS)
        return wrong(field, "must be true or false");
    return std::nullopt;
}

Refusal readCount(std::string_view field, element value, std::int64_t least, std::int64_t most,
                  std::int64_t& into)
{
    if (value.get(into) != simdjson::SUCCESS || into < least || into > most) {
        return wrong(field,
                     "must be a whole number from " + std::to_string(least) + " to "
                         + std::to_string(most));
    }
    return std::nullopt;
}

Refusal readText(std::string_view field, element value, std::size_t bytesMax, std::string& into)
{
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS)
        return wrong(field, "must be a string");
    const bool hasControl = std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (text.empty() || text.size() > bytesMax || hasControl)
        return wrong(field, "is empty, too long, or holds a control character");
    into = text;
    return std::nullopt;
}

// Text of a message, a part or a document; pictures and sound count nothing here.
std::uint64_t textBytesOf(element value)
{
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS)
        return text.size();
    std::uint64_t bytes = 0;
    array items;
    if (value.get(items) == simdjson::SUCCESS) {
        for (const element item : items)
            bytes += textBytesOf(item);
        return bytes;
    }
    object fields;
    if (value.get(fields) != simdjson::SUCCESS)
        return 0;
    for (const auto field : fields) {
        if (field.key == "content" || field.key == "text" || field.key == "input_text")
            bytes += textBytesOf(field.value);
    }
    return bytes;
}

PromptKind kindOfList(array items)
{
    const auto first = items.begin();
    if (!(first != items.end()))
        return PromptKind::TextList;
    switch ((*first).type()) {
    case element_type::STRING: return PromptKind::TextList;
    case element_type::INT64:
    case element_type::UINT64: return PromptKind::Tokens;
    case element_type::ARRAY: return PromptKind::TokenLists;
    default: return PromptKind::Items;
    }
}

std::uint64_t tokenIdsOf(array items)
{
    std::uint64_t count = 0;
    for (const element item : items) {
        array inner;
        if (item.get(inner) == simdjson::SUCCESS)
            count += inner.size();
        else if (item.is_int64() || item.is_uint64())
            ++count;
    }
    return count;
}

Refusal readPrompt(std::string_view field, element value, RequestFacts& facts)
{
    array items;
    if (value.is_string()) {
        facts.prompt = PromptKind::Text;
        facts.messages += 1;
        facts.promptBytes += textBytesOf(value);
        return std::nullopt;
    }
    if (value.get(items) != simdjson::SUCCESS)
        return wrong(field, "must be a string or a list");
    if (items.size() > limits::kJsonArrayItems)
        return wrong(field, "has too many items");
    facts.prompt = field == "messages" ? PromptKind::Messages : kindOfList(items);
    facts.messages += static_cast<std::uint32_t>(items.size());
    facts.promptBytes += textBytesOf(value);
    facts.promptTokenIds += tokenIdsOf(items);
    return std::nullopt;
}

Refusal readMessages(element value, RequestFacts& facts)
{
    array items;
    if (value.get(items) != simdjson::SUCCESS)
        return wrong("messages", "must be a list");
    if (Refusal refusal = readPrompt("messages", value, facts))
        return refusal;
    std::string_view role;
    for (const element item : items) {
        role = {};
        object message;
        if (item.get(message) != simdjson::SUCCESS)
            return wrong("messages", "must hold objects only");
        if (message["role"].get(role) != simdjson::SUCCESS)
            role = {};
    }
    facts.lastMessageIsAssistant = role == "assistant";
    return std::nullopt;
}

Refusal readStreamOptions(element value, RequestFacts& facts)
{
    object options;
    if (value.get(options) != simdjson::SUCCESS)
        return wrong("stream_options", "must be an object");
    for (const auto option : options) {
        if (option.value.is_null())
            continue;
        Refusal refusal;
        if (option.key == "include_usage")
            refusal = readBool("stream_options.include_usage", option.value, facts.includeUsage);
        else if (option.key == "continuous_usage_stats")
            refusal = readBool("stream_options.continuous_usage_stats", option.value,
                               facts.continuousUsage);
        if (refusal)
            return refusal;
    }
    return std::nullopt;
}

bool isNotEmptyList(element value)
{
    array items;
    return value.get(items) == simdjson::SUCCESS && items.size() > 0;
}

bool isTextFormat(element value)
{
    std::string_view type;
    return value.is_object() && value["type"].get(type) == simdjson::SUCCESS && type == "text";
}

Refusal readNumbers(std::string_view key, element value, RequestFacts& facts)
{
    std::int64_t count = 0;
    Refusal refusal;
    if (key == "n" || key == "best_of") {
        refusal = readCount(key, value, 1, limits::kChoicesPerRequest, count);
        facts.choices
            = std::max(facts.choices, static_cast<std::uint32_t>(std::max(count, INT64_C(1))));
    } else if (key == "seed") {
        refusal = readCount(key, value, INT64_MIN, INT64_MAX, count);
        facts.seed = count;
    } else if (key == "priority") {
        refusal = readCount(key, value, INT32_MIN, INT32_MAX, count);
        facts.priority = count;
    } else if (key == "temperature") {
        double temperature = 0;
        if (value.get(temperature) != simdjson::SUCCESS || temperature < 0
            || temperature > limits::kTemperature)
            return wrong(key, "must be a number from 0 to 100");
        facts.temperature = temperature;
    } else {
        refusal = readCount(key, value, 1, INT32_MAX, count);
        facts.maxTokens = static_cast<std::uint32_t>(std::max(count, INT64_C(0)));
    }
    return refusal;
}

Refusal readLogprobs(std::string_view key, element value, RequestFacts& facts)
{
    bool isAsked = false;
    if (value.get(isAsked) == simdjson::SUCCESS) {
        facts.hasLogprobs = facts.hasLogprobs || isAsked;
        return std::nullopt;
    }
    std::int64_t count = 0;
    if (Refusal refusal = readCount(key, value, 0, limits::kLogprobs, count))
        return refusal;
    facts.hasLogprobs = true;
    return std::nullopt;
}

constexpr std::array<std::string_view, 6> kCounts{"n",        "best_of",     "seed",
                                                  "priority", "temperature", "max_tokens"};
// Where a request goes is policy's to say: such a field is an attack or a mistake (B-41).
constexpr std::array<std::string_view, 5> kRoutingFields{"api_base", "base_url", "custom_host",
                                                         "user_config", "extra_headers"};
constexpr std::array<std::string_view, 6> kGuidedFields{"guided_json",        "guided_regex",
                                                        "guided_choice",      "guided_grammar",
                                                        "structured_outputs", "grammar"};

template <typename Table> bool isOneOf(const Table& table, std::string_view key)
{
    return std::find(table.begin(), table.end(), key) != table.end();
}

Refusal readFlag(std::string_view key, element value, RequestFacts& facts)
{
    if (key == "continue_final_message") {
        // llama.cpp also takes the name of the field to go on with.
        facts.continuesFinalMessage = !value.is_bool() || bool(value);
        return std::nullopt;
    }
    if (key == "add_generation_prompt")
        return readBool(key, value, facts.addsGenerationPrompt);
    if (key == "return_token_ids")
        return readBool(key, value, facts.returnsTokenIds);
    return readBool(key, value, facts.echoes);
}

} // namespace

Refusal readGateField(std::string_view key, element value, RequestFacts& facts)
{
    if (isOneOf(kRoutingFields, key))
        return wrong(key, "is not allowed here: the gateway routes", "unsupported_parameter");
    if (value.is_null())
        return std::nullopt;
    if (key == "model")
        return readText(key, value, limits::kModelNameBytes, facts.model);
    if (key == "user")
        return readText(key, value, limits::kUserBytes, facts.user);
    if (key == "stream")
        return readBool(key, value, facts.stream);
    if (key == "stream_options")
        return readStreamOptions(value, facts);
    if (key == "messages")
        return readMessages(value, facts);
    if (key == "prompt" || key == "input" || key == "documents" || key == "query")
        return readPrompt(key, value, facts);
    if (key == "system" || key == "instructions") {
        facts.promptBytes += textBytesOf(value);
        return std::nullopt;
    }
    if (isOneOf(kCounts, key) || key == "max_completion_tokens" || key == "max_output_tokens")
        return readNumbers(key, value, facts);
    if (key == "logprobs" || key == "top_logprobs")
        return readLogprobs(key, value, facts);
    if (key == "tools" || key == "functions")
        facts.hasTools = facts.hasTools || isNotEmptyList(value);
    if (key == "response_format")
        facts.isGuided = facts.isGuided || !isTextFormat(value);
    if (isOneOf(kGuidedFields, key))
        facts.isGuided = true;
    if (key == "continue_final_message" || key == "add_generation_prompt"
        || key == "return_token_ids" || key == "echo")
        return readFlag(key, value, facts);
    return std::nullopt;
}

Refusal checkTogether(object fields, const RequestFacts& facts)
{
    element options;
    const bool hasOptions
        = fields["stream_options"].get(options) == simdjson::SUCCESS && !options.is_null();
    if (hasOptions && !facts.stream)
        return wrong("stream_options", "is only allowed with stream: true");
    return std::nullopt;
}

} // namespace signalbox::http
