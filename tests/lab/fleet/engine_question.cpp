// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/fleet/engine_question.h"

#include <simdjson.h>

#include <fmt/format.h>

#include <optional>

namespace signalbox::lab_fleet {

using base::Code;
using base::Error;
using base::Result;

namespace {

// A path only one kind of engine knows, and the field of the answer that tells its version.
struct Mark {
    std::string_view path;
    std::string_view kind;
    std::string_view field;
};

constexpr Mark kMarks[] = {
    {"/props", "llama.cpp", "build_info"},     {"/api/version", "Ollama", "version"},
    {"/get_model_info", "SGLang", "version"},  {"/v2", "Triton", "version"},
    {"/version", "vLLM", "version"},
};

std::string textField(const std::string& json, std::string_view field)
{
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    std::string_view text;
    if (parser.parse(json).get(document) != simdjson::SUCCESS
        || document[field].get(text) != simdjson::SUCCESS)
        return {};
    return std::string(text);
}

std::string firstModel(const std::string& json)
{
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    std::string_view id;
    if (parser.parse(json).get(document) != simdjson::SUCCESS
        || document["data"].at(0)["id"].get(id) != simdjson::SUCCESS)
        return {};
    return std::string(id);
}

std::optional<std::string> kindBy(const Mark& mark, const lab::HttpAnswer& answer)
{
    if (answer.status != 200 || !answer.contentType.starts_with("application/json"))
        return std::nullopt;
    const std::string version = textField(answer.body, mark.field);
    return version.empty() ? std::string(mark.kind) : fmt::format("{} {}", mark.kind, version);
}

} // namespace

Result<EngineAnswer> askEngine(const lab::HttpUrl& url, std::chrono::milliseconds deadline)
{
    lab::HttpCall call;
    call.path = "/v1/models";
    const auto models = lab::fetch(url, call, deadline);
    if (!models)
        return models.error().because(
            fmt::format("no engine answers at http://{}", url.authority()));
    EngineAnswer engine;
    engine.model = models->status == 200 ? firstModel(models->body) : std::string();
    if (engine.model.empty())
        return Error(Code::FailedPrecondition,
                     fmt::format("the server at http://{} lists no model under /v1/models (it "
                                 "answers {})",
                                 url.authority(), models->status),
                     base::Origin::Engine);
    engine.kind = "an OpenAI-compatible server";
    for (const Mark& mark : kMarks) {
        call.path = mark.path;
        const auto answer = lab::fetch(url, call, deadline);
        if (!answer)
            continue; // it does not know the path and hangs up: not this kind
        if (const auto kind = kindBy(mark, *answer)) {
            engine.kind = *kind;
            break;
        }
    }
    return engine;
}

} // namespace signalbox::lab_fleet
