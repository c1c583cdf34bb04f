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

// The library refuses the depth that it is given.
constexpr std::size_t kDomDepth = limits::kJsonDepth + 1;

} // namespace

static_assert(JsonGate::kPadding >= simdjson::SIMDJSON_PADDING);

struct JsonGate::Parser {
    simdjson::dom::parser dom{limits::kRequestBodyBytes * 8};
    std::vector<std::string_view> unknown; // into the parser, or into kept
    std::vector<std::string> kept; // of a body whose parser is gone
};

JsonGate::JsonGate()
    : parser_(std::make_unique<Parser>())
{
}
JsonGate::~JsonGate() = default;

void RequestFacts::clear()
{
    std::string keptModel = std::move(model);
    std::string keptUser = std::move(user);
    *this = RequestFacts{};
    model = std::move(keptModel);
    user = std::move(keptUser);
    model.clear();
    user.clear();
}

std::optional<OpenAiError> JsonGate::inspect(std::string_view body, std::size_t readable,
                                             RequestFacts& facts)
{
    auto refusal = read(body, readable, facts);
    ++(refusal ? counters_.refused : counters_.accepted);
    // What one huge body needed is not kept for the small ones that follow.
    if (parser_->dom.capacity() > limits::kJsonParserBytes) {
        auto fresh = std::make_unique<Parser>();
        fresh->kept.assign(parser_->unknown.begin(), parser_->unknown.end());
        fresh->unknown.assign(fresh->kept.begin(), fresh->kept.end());
        parser_ = std::move(fresh);
    }
    return refusal;
}

const std::vector<std::string_view>& JsonGate::unknownFields() const
{
    return parser_->unknown;
}

std::optional<OpenAiError> JsonGate::read(std::string_view body, std::size_t readable,
                                          RequestFacts& facts)
{
    facts.clear();
    parser_->unknown.clear();
    auto& dom = parser_->dom;
    if (dom.capacity() < body.size() || dom.max_depth() != kDomDepth) {
        const std::size_t capacity = std::max<std::size_t>(body.size(), 4096);
        if (dom.allocate(capacity, kDomDepth) != simdjson::SUCCESS)
            return refuse("body_too_large", "The JSON body is too large.", "", 413);
    }
    const bool needsCopy = readable < body.size() + kPadding;
    counters_.copied += needsCopy ? 1 : 0;
    simdjson::dom::element root;
    if (const auto code = dom.parse(body.data(), body.size(), needsCopy).get(root))
        return refuse("invalid_json", std::string(explain(code)));
    simdjson::dom::object object;
    if (root.get(object) != simdjson::SUCCESS)
        return refuse("invalid_json", "The JSON body is not an object.");
    GateFields fields(facts, parser_->unknown);
    for (const auto field : object) {
        if (auto refusal = fields.take(field.key, field.value))
            return refusal;
    }
    return fields.finish();
}

ByteRange findModelValue(std::string_view body)
{
    JsonScan scan(body);
    JsonText key;
    for (bool first = true; scan.nextKey(first, key);) {
        std::string name;
        if (key.hasEscapes)
            appendText(name, key);
        const char* start = scan.position();
        std::string_view value;
        if (!scan.raw(value))
            break;
        if (isName(key.raw, "model") || name == "model")
            return ByteRange{static_cast<std::size_t>(start - body.data()), value.size()};
    }
    return ByteRange{};
}

} // namespace signalbox::http
