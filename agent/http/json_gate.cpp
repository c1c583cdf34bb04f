// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json_gate.h"

#include "agent/http/gate_fields.h"
#include "agent/http/json_scan.h"
#include "shared/base/limits.h"

#include <simdjson.h>

#include <algorithm>
#include <vector>

namespace signalbox::http {

namespace {

OpenAiError refuse(std::string_view code, std::string message, std::string param = "",
                   int status = 400)
{
    OpenAiError error;
    error.status = status;
    error.type = errorTypeOf(status);
    error.code = code;
    error.message = std::move(message);
    error.param = std::move(param);
    return error;
}

std::string folded(std::string_view key)
{
    std::string text(key);
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c | 0x20);
    }
    return text;
}

// Two keys that any engine could take for the same one. Bodies have few keys; long lists are sorted.
std::optional<OpenAiError> checkTwins(simdjson::dom::object object)
{
    constexpr std::size_t kFewKeys = 24;
    std::vector<std::string_view> keys;
    keys.reserve(kFewKeys);
    for (const auto field : object)
        keys.push_back(field.key);
    if (keys.size() > limits::kJsonKeysPerObject)
        return refuse("invalid_json", "The body has too many fields.");
    const auto twin = [](std::string_view key) {
        return refuse("duplicate_key",
                      "The field '" + excerptOf(key) + "' is there twice, in one spelling or another.",
                      excerptOf(key));
    };
    if (keys.size() <= kFewKeys) {
        for (std::size_t i = 1; i < keys.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (keys[i].size() == keys[j].size() && equalsIgnoringCase(keys[i], keys[j]))
                    return twin(keys[i]);
            }
        }
        return std::nullopt;
    }
    std::vector<std::string> sorted;
    std::transform(keys.begin(), keys.end(), std::back_inserter(sorted), folded);
    std::sort(sorted.begin(), sorted.end());
    const auto found = std::adjacent_find(sorted.begin(), sorted.end());
    return found == sorted.end() ? std::nullopt : std::optional(twin(*found));
}

// Where the value of the top-level "model" stands. The body has been validated.
ByteRange findModelValue(std::string_view body)
{
    JsonScan scan(body);
    JsonText key;
    for (bool first = true; scan.nextKey(first, key);) {
        std::string name;
        if (key.hasEscapes)
            appendText(name, key);
        if (key == "model" || name == "model") {
            const std::string_view from = scan.rest();
            const auto at = static_cast<std::size_t>(from.data() - body.data());
            JsonText value;
            if (!scan.string(value))
                return ByteRange{};
            return ByteRange{at, value.raw.size() + 2};
        }
        if (!scan.skip())
            break;
    }
    return ByteRange{};
}

std::string_view explain(simdjson::error_code code)
{
    switch (code) {
    case simdjson::DEPTH_ERROR: return "The JSON body is nested too deeply.";
    case simdjson::UTF8_ERROR: return "The JSON body is not valid UTF-8.";
    case simdjson::NUMBER_ERROR: return "The JSON body holds a number that is none.";
    case simdjson::EMPTY: return "The body is empty; a JSON object is expected.";
    case simdjson::CAPACITY: return "The JSON body is too large.";
    default: return "The body is not valid JSON.";
    }
}

} // namespace

struct JsonGate::Parser {
    simdjson::dom::parser dom{limits::kRequestBodyBytes * 8};
};

JsonGate::JsonGate() : parser_(std::make_unique<Parser>()) {}
JsonGate::~JsonGate() = default;

void RequestFacts::clear()
{
    *this = RequestFacts{};
}

std::optional<OpenAiError> JsonGate::inspect(std::string_view body, std::size_t readable,
                                             RequestFacts& facts)
{
    ++counters_.refused;
    facts.clear();
    auto& dom = parser_->dom;
    if (dom.capacity() < body.size() || dom.max_depth() != limits::kJsonDepth) {
        const std::size_t capacity = std::max<std::size_t>(body.size(), 4096);
        if (dom.allocate(capacity, limits::kJsonDepth) != simdjson::SUCCESS)
            return refuse("body_too_large", "The JSON body is too large.", "", 413);
    }
    const bool needsCopy = readable < body.size() + simdjson::SIMDJSON_PADDING;
    counters_.copied += needsCopy ? 1 : 0;
    simdjson::dom::element root;
    if (const auto code = dom.parse(body.data(), body.size(), needsCopy).get(root))
        return refuse("invalid_json", std::string(explain(code)));
    simdjson::dom::object object;
    if (root.get(object) != simdjson::SUCCESS)
        return refuse("invalid_json", "The JSON body is not an object.");
    if (auto error = checkTwins(object))
        return error;
    for (const auto field : object) {
        if (auto error = readGateField(field.key, field.value, facts))
            return error;
    }
    if (auto error = checkTogether(object, facts))
        return error;
    if (!facts.model.empty())
        facts.modelValue = findModelValue(body);
    // What one huge body needed is not kept for the small ones that follow.
    if (dom.capacity() > limits::kJsonParserBytes)
        parser_ = std::make_unique<Parser>();
    --counters_.refused;
    ++counters_.accepted;
    return std::nullopt;
}

std::optional<OpenAiError> checkJsonContent(const RequestHead& head)
{
    const auto unsupported = [](std::string message) {
        return refuse("unsupported_media_type", std::move(message), "", 415);
    };
    if (head.headers.has(HeaderName::ContentEncoding)
        && !equalsIgnoringCase(head.headers.getSingle(HeaderName::ContentEncoding), "identity"))
        return unsupported("Compressed request bodies are not accepted.");
    std::string_view type = head.headers.getSingle(HeaderName::ContentType);
    const std::size_t semicolon = type.find(';');
    const std::string_view parameters
        = semicolon == std::string_view::npos ? std::string_view{} : type.substr(semicolon + 1);
    type = type.substr(0, semicolon);
    while (type.ends_with(' '))
        type.remove_suffix(1);
    if (!equalsIgnoringCase(type, "application/json"))
        return unsupported("Content-Type must be application/json.");
    const std::string lower = folded(parameters);
    const std::size_t charset = lower.find("charset=");
    if (charset != std::string::npos && lower.find("utf-8", charset) == std::string::npos)
        return unsupported("The body's charset must be utf-8.");
    return std::nullopt;
}

void replaceModel(std::string_view body, const RequestFacts& facts, std::string_view newName,
                  std::string& out)
{
    if (facts.modelValue.length == 0) {
        out.append(body);
        return;
    }
    out.append(body.substr(0, facts.modelValue.at));
    appendJsonString(out, newName);
    out.append(body.substr(facts.modelValue.at + facts.modelValue.length));
}

} // namespace signalbox::http
