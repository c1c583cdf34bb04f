// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/json_gate.h"

#include "agent/http/json/gate_fields.h"
#include "agent/http/json/json_scan.h"
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

// ASCII letters in lower case, and the two letters beyond ASCII that Go's decoder takes for "s" and
// "k" as those.
std::string folded(std::string_view key)
{
    constexpr std::string_view kLongS = "\u017F";
    constexpr std::string_view kKelvin = "\u212A";
    std::string text;
    text.reserve(key.size());
    while (!key.empty()) {
        const char c = key.front();
        const bool isLongS = key.starts_with(kLongS);
        const bool isKelvin = key.starts_with(kKelvin);
        text.push_back(isLongS                    ? 's'
                           : isKelvin             ? 'k'
                           : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20)
                                                  : c);
        key.remove_prefix(isLongS ? kLongS.size() : isKelvin ? kKelvin.size() : 1);
    }
    return text;
}

OpenAiError twin(std::string_view key)
{
    return refuse("duplicate_key",
                  "The field '" + excerptOf(key) + "' is there twice, in one spelling or another.",
                  excerptOf(key));
}

// Two keys that any engine could take for the same one.
std::optional<OpenAiError> checkTwins(simdjson::dom::object object)
{
    if (object.size() > limits::kJsonKeysPerObject)
        return refuse("invalid_json", "The body has too many fields.");
    std::vector<std::string> keys;
    keys.reserve(object.size());
    for (const auto field : object)
        keys.push_back(folded(field.key));
    std::sort(keys.begin(), keys.end());
    const auto found = std::adjacent_find(keys.begin(), keys.end());
    return found == keys.end() ? std::nullopt : std::optional(twin(*found));
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
            const auto at = static_cast<std::size_t>(scan.position() - body.data());
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

JsonGate::JsonGate()
    : parser_(std::make_unique<Parser>())
{
}
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
