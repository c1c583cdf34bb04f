// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/gate_fields.h"

#include "agent/http/json/json_scan.h"
#include "agent/http/json/name_table.h"
#include "shared/base/limits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace signalbox::http {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;
using Refusal = std::optional<OpenAiError>;

constexpr std::size_t kFields = static_cast<std::size_t>(GateField::kCount);
static_assert(kFields <= 64, "GateFields::seen_ has a bit for each");

// In the order of GateField.
constexpr std::array<std::string_view, kFields> kNames{
    "",
    "add_generation_prompt",
    "api_base",
    "base_url",
    "best_of",
    "continue_final_message",
    "custom_host",
    "documents",
    "ebnf",
    "echo",
    "extra_headers",
    "functions",
    "grammar",
    "guided_choice",
    "guided_grammar",
    "guided_json",
    "guided_regex",
    "input",
    "inputs",
    "instructions",
    "json_schema",
    "logprobs",
    "max_completion_tokens",
    "max_output_tokens",
    "max_tokens",
    "messages",
    "model",
    "n",
    "parameters",
    "priority",
    "prompt",
    "query",
    "regex",
    "response_format",
    "return_token_ids",
    "seed",
    "stream",
    "stream_options",
    "structured_outputs",
    "system",
    "temperature",
    "text_input",
    "tools",
    "top_logprobs",
    "user",
    "user_config",
};
constexpr NameTable<kFields> kTable(kNames);

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool isSameInAnyCase(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return lower(x) == lower(y);
           });
}

// As Go's decoder folds keys: ASCII letters, and the two letters beyond ASCII that it takes for "s"
// and "k".
std::string folded(std::string_view key)
{
    constexpr std::string_view kLongS = "\u017F";
    constexpr std::string_view kKelvin = "\u212A";
    std::string text;
    text.reserve(key.size());
    while (!key.empty()) {
        const bool isLongS = key.starts_with(kLongS);
        const bool isKelvin = key.starts_with(kKelvin);
        text.push_back(isLongS ? 's' : isKelvin ? 'k' : lower(key.front()));
        key.remove_prefix(isLongS ? kLongS.size() : isKelvin ? kKelvin.size() : 1);
    }
    return text;
}

bool isAscii(std::string_view key)
{
    return std::none_of(key.begin(), key.end(),
                        [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

Refusal wrong(std::string_view field, std::string_view what,
              std::string_view code = "invalid_value")
{
    OpenAiError error;
    error.code = code;
    error.param = field;
    error.message = "The field '" + std::string(field) + "' " + std::string(what) + ".";
    return error;
}

Refusal duplicate(std::string_view key)
{
    OpenAiError error;
    error.code = "duplicate_key";
    error.param = excerptOf(key);
    error.message = "The field '" + error.param + "' is there twice, in one spelling or another.";
    return error;
}

Refusal readBool(std::string_view field, element value, bool& into)
{
    if (value.get(into) != simdjson::SUCCESS)
        return wrong(field, "must be true or false");
    return std::nullopt;
}

// 100.0 is 100 to every engine.
Refusal readCount(std::string_view field, element value, std::int64_t least, std::int64_t most,
                  std::int64_t& into)
{
    double real = 0;
    bool isWhole = value.get(into) == simdjson::SUCCESS;
    if (!isWhole && value.is_double() && value.get(real) == simdjson::SUCCESS
        && real == std::floor(real) && std::abs(real) < 1e15) {
        into = static_cast<std::int64_t>(real);
        isWhole = true;
    }
    if (isWhole && into >= least && into <= most)
        return std::nullopt;
    return wrong(field,
                 "must be a whole number from " + std::to_string(least) + " to "
                     + std::to_string(most));
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

// Text of a message, a part or a document; pictures and sound count nothing here. The depth of the
// body bounds the recursion.
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
        const std::string_view key = field.key;
        if (isName(key, "content") || isName(key, "text") || isName(key, "input_text")
            || isName(key, "tool_calls") || isName(key, "function") || isName(key, "arguments")
            || isName(key, "output") || isName(key, "data"))
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
    facts.prompt = kindOfList(items);
    facts.messages += static_cast<std::uint32_t>(items.size());
    if (facts.prompt == PromptKind::Tokens || facts.prompt == PromptKind::TokenLists)
        facts.promptTokenIds += tokenIdsOf(items);
    else
        facts.promptBytes += textBytesOf(value);
    return std::nullopt;
}

Refusal readMessages(element value, RequestFacts& facts)
{
    array items;
    if (value.get(items) != simdjson::SUCCESS)
        return wrong("messages", "must be a list");
    if (items.size() > limits::kJsonArrayItems)
        return wrong("messages", "has too many items");
    facts.prompt = PromptKind::Messages;
    facts.messages += static_cast<std::uint32_t>(items.size());
    facts.promptBytes += textBytesOf(value);
    object last;
    for (const element item : items) {
        if (item.get(last) != simdjson::SUCCESS)
            return wrong("messages", "must hold objects only");
    }
    std::string_view role;
    facts.lastMessageIsAssistant
        = items.size() > 0 && last["role"].get(role) == simdjson::SUCCESS && role == "assistant";
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

Refusal readTemperature(std::string_view key, element value, RequestFacts& facts)
{
    double temperature = 0;
    if (value.get(temperature) != simdjson::SUCCESS || temperature < 0
        || temperature > limits::kTemperature)
        return wrong(key, "must be a number from 0 to 100");
    facts.temperature = temperature;
    return std::nullopt;
}

template <typename Into>
Refusal readWhole(std::string_view key, element value, std::int64_t least, std::int64_t most,
                  std::optional<Into>& into)
{
    std::int64_t number = 0;
    if (Refusal refusal = readCount(key, value, least, most, number))
        return refusal;
    into = static_cast<Into>(number);
    return std::nullopt;
}

Refusal readChoices(std::string_view key, element value, RequestFacts& facts)
{
    std::int64_t count = 0;
    if (Refusal refusal = readCount(key, value, 1, limits::kChoicesPerRequest, count))
        return refusal;
    facts.choices = std::max(facts.choices, static_cast<std::uint32_t>(count));
    return std::nullopt;
}

// Where both are given the larger counts: engines differ in which one they obey.
Refusal readMaxTokens(std::string_view key, element value, RequestFacts& facts)
{
    std::int64_t count = 0;
    if (Refusal refusal = readCount(key, value, 1, INT32_MAX, count))
        return refusal;
    facts.maxTokens = std::max(facts.maxTokens.value_or(0), static_cast<std::uint32_t>(count));
    return std::nullopt;
}

// TGI and Triton keep there what OpenAI has at the top.
Refusal readParameters(element value, RequestFacts& facts)
{
    object parameters;
    if (value.get(parameters) != simdjson::SUCCESS)
        return wrong("parameters", "must be an object");
    for (const auto parameter : parameters) {
        const std::string_view key = parameter.key;
        if (parameter.value.is_null() || !(key == "max_new_tokens" || key == "max_tokens"))
            continue;
        if (Refusal refusal = readMaxTokens("parameters.max_new_tokens", parameter.value, facts))
            return refusal;
    }
    return std::nullopt;
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

// Where a request goes is policy's to say: such a field is an attack or a mistake (B-41).
Refusal routed(std::string_view key)
{
    return wrong(excerptOf(key), "is not allowed here: the gateway routes",
                 "unsupported_parameter");
}

bool namesHost(std::string_view key)
{
    constexpr std::string_view kStart = "x-";
    constexpr std::string_view kEnd = "-host";
    return key.size() > kStart.size() + kEnd.size() && isSameInAnyCase(key.substr(0, 2), kStart)
        && isSameInAnyCase(key.substr(key.size() - kEnd.size()), kEnd);
}

} // namespace

std::optional<OpenAiError> GateFields::take(std::string_view key, element value)
{
    const std::size_t index = kTable.candidate(key);
    if (index == 0 || kNames[index] != key)
        return takeUnknown(key);
    const std::uint64_t bit = std::uint64_t{1} << index;
    if ((seen_ & bit) != 0)
        return duplicate(key);
    seen_ |= bit;
    return value.is_null() ? std::nullopt : read(static_cast<GateField>(index), key, value);
}

// Unknown fields pass, but not those that a reader without case (Go's) takes for one policy knows.
std::optional<OpenAiError> GateFields::takeUnknown(std::string_view key)
{
    const std::string plain = isAscii(key) ? std::string() : folded(key);
    const std::string_view spelled = plain.empty() ? key : plain;
    const std::string_view known = kNames[kTable.candidate(spelled)];
    if (!known.empty() && isSameInAnyCase(spelled, known)) {
        return wrong(excerptOf(key), "must be spelled '" + std::string(known) + "'",
                     "duplicate_key");
    }
    if (namesHost(key))
        return routed(key);
    if (unknown_.size() == limits::kJsonKeysPerObject)
        return wrong("body", "has too many fields", "invalid_json");
    unknown_.push_back(key);
    return std::nullopt;
}

std::optional<OpenAiError> GateFields::finish() const
{
    constexpr std::size_t kFewKeys = 16;
    if (hasStreamOptions_ && !facts_.stream)
        return wrong("stream_options", "is only allowed with stream: true");
    const bool areFew
        = unknown_.size() <= kFewKeys && std::all_of(unknown_.begin(), unknown_.end(), isAscii);
    if (areFew) {
        for (std::size_t i = 1; i < unknown_.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (isSameInAnyCase(unknown_[i], unknown_[j]))
                    return duplicate(unknown_[i]);
            }
        }
        return std::nullopt;
    }
    std::vector<std::string> keys(unknown_.size());
    std::transform(unknown_.begin(), unknown_.end(), keys.begin(), folded);
    std::sort(keys.begin(), keys.end());
    const auto found = std::adjacent_find(keys.begin(), keys.end());
    return found == keys.end() ? std::nullopt : duplicate(*found);
}

std::optional<OpenAiError> GateFields::read(GateField field, std::string_view key, element value)
{
    switch (field) {
    case GateField::Unknown:
    case GateField::kCount: return std::nullopt;
    case GateField::Model: return readText(key, value, limits::kModelNameBytes, facts_.model);
    case GateField::User: return readText(key, value, limits::kUserBytes, facts_.user);
    case GateField::Stream: return readBool(key, value, facts_.stream);
    case GateField::StreamOptions:
        hasStreamOptions_ = true;
        return readStreamOptions(value, facts_);
    case GateField::Messages: return readMessages(value, facts_);
    case GateField::Prompt:
    case GateField::Input:
    case GateField::Inputs:
    case GateField::TextInput:
    case GateField::Documents:
    case GateField::Query: return readPrompt(key, value, facts_);
    case GateField::System:
    case GateField::Instructions: facts_.promptBytes += textBytesOf(value); return std::nullopt;
    case GateField::N:
    case GateField::BestOf: return readChoices(key, value, facts_);
    case GateField::Seed: return readWhole(key, value, INT64_MIN, INT64_MAX, facts_.seed);
    case GateField::Priority: return readWhole(key, value, INT32_MIN, INT32_MAX, facts_.priority);
    case GateField::Temperature: return readTemperature(key, value, facts_);
    case GateField::MaxTokens:
    case GateField::MaxCompletionTokens:
    case GateField::MaxOutputTokens: return readMaxTokens(key, value, facts_);
    case GateField::Parameters: return readParameters(value, facts_);
    case GateField::Logprobs:
    case GateField::TopLogprobs: return readLogprobs(key, value, facts_);
    case GateField::Tools:
    case GateField::Functions:
        facts_.hasTools = facts_.hasTools || isNotEmptyList(value);
        return std::nullopt;
    case GateField::ResponseFormat:
        facts_.isGuided = facts_.isGuided || !isTextFormat(value);
        return std::nullopt;
    case GateField::Ebnf:
    case GateField::Grammar:
    case GateField::GuidedChoice:
    case GateField::GuidedGrammar:
    case GateField::GuidedJson:
    case GateField::GuidedRegex:
    case GateField::JsonSchema:
    case GateField::Regex:
    case GateField::StructuredOutputs: facts_.isGuided = true; return std::nullopt;
    case GateField::ContinueFinalMessage:
        // llama.cpp also takes the name of the field to go on with.
        facts_.continuesFinalMessage = !value.is_bool() || bool(value);
        return std::nullopt;
    case GateField::AddGenerationPrompt: return readBool(key, value, facts_.addsGenerationPrompt);
    case GateField::ReturnTokenIds: return readBool(key, value, facts_.returnsTokenIds);
    case GateField::Echo: return readBool(key, value, facts_.echoes);
    case GateField::ApiBase:
    case GateField::BaseUrl:
    case GateField::CustomHost:
    case GateField::ExtraHeaders:
    case GateField::UserConfig: return routed(key);
    }
    return std::nullopt;
}

} // namespace signalbox::http
