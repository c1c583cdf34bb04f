// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/generation_request.h"

#include "shared/base/limits.h"
#include "tests/lab/kit/keyed_text.h"
#include "tests/lab/kit/vocabulary.h"

#include <simdjson.h>

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace signalbox::engine_sim {

namespace {

using simdjson::dom::element;
using Failure = std::optional<ApiError>;

constexpr std::int64_t kPlainTokensDefault = 16; // as OpenAI documents it

ApiError badRequest(std::string message, std::string param = {})
{
    return {400, "BadRequestError", std::move(message), std::move(param)};
}

// What the validation layer in front of the engine says.
ApiError invalid(std::string_view type, std::string_view where, std::string_view message)
{
    return {400, "Bad Request",
            fmt::format("1 validation error:\n  {{'type': '{}', 'loc': '{}', 'msg': '{}'}}", type,
                        where, message),
            std::string(where)};
}

ApiError missing(std::string_view where)
{
    return invalid("missing", where, "Field required");
}

bool isAbsent(const simdjson::simdjson_result<element>& value)
{
    return value.error() != simdjson::SUCCESS || value.is_null();
}

Failure readBool(const element& body, std::string_view name, bool& value)
{
    const auto field = body[name];
    if (!isAbsent(field) && field.get(value) != simdjson::SUCCESS)
        return invalid("bool_parsing", fmt::format("body.{}", name),
                       "Input should be a valid boolean");
    return std::nullopt;
}

Failure readInteger(const element& body, std::string_view name, std::optional<std::int64_t>& value)
{
    const auto field = body[name];
    if (isAbsent(field))
        return std::nullopt;
    std::int64_t number = 0;
    if (field.get(number) != simdjson::SUCCESS)
        return invalid("int_parsing", fmt::format("body.{}", name),
                       "Input should be a valid integer");
    value = number;
    return std::nullopt;
}

Failure readNumber(const element& body, std::string_view name, std::optional<double>& value)
{
    const auto field = body[name];
    if (isAbsent(field))
        return std::nullopt;
    double number = 0;
    if (field.get(number) != simdjson::SUCCESS)
        return invalid("float_parsing", fmt::format("body.{}", name),
                       "Input should be a valid number");
    value = number;
    return std::nullopt;
}

class RequestReader {
public:
    RequestReader(Route route, const SimOptions& options) : options_(options)
    {
        request_.route = route;
    }

    std::variant<GenerationRequest, ApiError> read(const element& body)
    {
        for (const auto step : {&RequestReader::readModel, &RequestReader::readPrompt,
                                &RequestReader::readSampling, &RequestReader::readDelivery,
                                &RequestReader::readStops, &RequestReader::readLengths}) {
            if (Failure failure = (this->*step)(body))
                return *std::move(failure);
        }
        return std::move(request_);
    }

private:
    Failure readModel(const element& body)
    {
        const auto field = body["model"];
        if (isAbsent(field))
            return std::nullopt; // the served model answers
        std::string_view model;
        if (field.get(model) != simdjson::SUCCESS)
            return invalid("string_type", "body.model", "Input should be a valid string");
        if (model != options_.model)
            return ApiError{404, "NotFoundError",
                            fmt::format("The model `{}` does not exist.", model), "model"};
        return std::nullopt;
    }

    Failure readPrompt(const element& body)
    {
        return request_.route == Route::Chat ? readMessages(body) : readPlainPrompt(body);
    }

    Failure readMessages(const element& body)
    {
        const auto field = body["messages"];
        if (isAbsent(field))
            return missing("body.messages");
        simdjson::dom::array list;
        if (field.get(list) != simdjson::SUCCESS)
            return invalid("list_type", "body.messages", "Input should be a valid list");
        std::vector<lab::ChatMessage> messages;
        for (const element message : list) {
            messages.emplace_back();
            if (Failure failure = readMessage(message, messages.size() - 1, messages.back()))
                return failure;
        }
        if (messages.empty())
            return badRequest("Cannot apply chat template to an empty conversation. Provide at "
                              "least one message.");
        return finishChat(body, std::move(messages));
    }

    static Failure readMessage(const element& message, std::size_t index, lab::ChatMessage& out)
    {
        std::string_view role;
        if (message["role"].get(role) != simdjson::SUCCESS)
            return missing(fmt::format("body.messages.{}.role", index));
        out.role = role;
        const auto content = message["content"];
        std::string_view text;
        simdjson::dom::array parts;
        if (content.get(text) == simdjson::SUCCESS) {
            out.content = text;
        } else if (content.get(parts) == simdjson::SUCCESS) {
            for (const element part : parts) {
                if (part["text"].get(text) != simdjson::SUCCESS)
                    return ApiError{422, "UnprocessableEntityError",
                                    "Only text content is understood by this model.", "messages"};
                out.content += text;
            }
        } else if (!(isAbsent(content) && role == "assistant")) {
            return invalid("string_type", fmt::format("body.messages.{}.content", index),
                           "Input should be a valid string");
        }
        return std::nullopt;
    }

    Failure finishChat(const element& body, std::vector<lab::ChatMessage> messages)
    {
        bool continues = false;
        bool addsPrompt = true;
        if (Failure failure = readBool(body, "continue_final_message", continues))
            return failure;
        if (Failure failure = readBool(body, "add_generation_prompt", addsPrompt))
            return failure;
        if (continues && addsPrompt) {
            const bool wasSaid = !isAbsent(body["add_generation_prompt"]);
            return badRequest(
                wasSaid ? "Cannot set both `continue_final_message` and `add_generation_prompt` to "
                          "True."
                        : "continue_final_message and add_generation_prompt are not compatible. "
                          "Use continue_final_message when you want the model to continue the "
                          "final message, and add_generation_prompt when you want to add a header "
                          "that will prompt it to start a new assistant message instead.");
        }
        PromptPart part;
        if (continues) {
            part.written = std::move(messages.back().content);
            messages.pop_back();
        }
        part.prompt = lab::renderChat(messages);
        addPrompt(std::move(part));
        return std::nullopt;
    }

    Failure readPlainPrompt(const element& body)
    {
        const auto field = body["prompt"];
        if (isAbsent(field))
            return missing("body.prompt");
        simdjson::dom::array list;
        if (field.get(list) != simdjson::SUCCESS || list.size() == 0
            || list.at(0).is<std::int64_t>())
            return readOnePrompt(field.value_unsafe());
        if (list.size() > limits::kSimChoices)
            return badRequest("too many prompts in one request", "prompt");
        for (const element prompt : list) {
            if (Failure failure = readOnePrompt(prompt))
                return failure;
        }
        return std::nullopt;
    }

    // A text, or a list of token ids.
    Failure readOnePrompt(const element& prompt)
    {
        std::string decoded;
        std::string_view text;
        simdjson::dom::array ids;
        if (prompt.get(ids) == simdjson::SUCCESS && ids.size() > 0) {
            for (const element id : ids) {
                std::uint64_t number = 0;
                if (id.get(number) != simdjson::SUCCESS || number > UINT32_MAX)
                    return invalid("int_type", "body.prompt", "Input should be a valid integer");
                const std::string piece = lab::Vocabulary::instance().textOf(
                    static_cast<lab::TokenId>(number));
                if (piece.empty())
                    return badRequest(fmt::format("Token id {} is out of vocabulary", number));
                decoded += piece;
            }
            text = decoded;
        } else if (prompt.get(text) != simdjson::SUCCESS || text.empty()) {
            return badRequest("Either prompt or prompt_embeds must be provided and non-empty.",
                              "prompt");
        }
        const lab::SplitPrompt split
            = lab::splitContinuation({options_.key, options_.model, text, 0});
        addPrompt({std::string(split.prompt), std::string(split.written), 0});
        return std::nullopt;
    }

    void addPrompt(PromptPart part)
    {
        const lab::Vocabulary& vocabulary = lab::Vocabulary::instance();
        part.tokens = vocabulary.count(part.prompt) + vocabulary.count(part.written);
        request_.prompts.push_back(std::move(part));
    }

    Failure readSampling(const element& body)
    {
        std::optional<double> temperature;
        std::optional<double> topP;
        std::optional<std::int64_t> choices;
        if (Failure failure = readNumber(body, "temperature", temperature))
            return failure;
        if (Failure failure = readNumber(body, "top_p", topP))
            return failure;
        if (Failure failure = readInteger(body, "n", choices))
            return failure;
        if (temperature && *temperature < 0)
            return badRequest(fmt::format("temperature must be non-negative, got {}. "
                                          "(parameter=temperature, value={})",
                                          *temperature, *temperature),
                              "temperature");
        if (topP && (*topP <= 0 || *topP > 1))
            return badRequest(fmt::format("top_p must be in (0, 1], got {}. "
                                          "(parameter=top_p, value={})",
                                          *topP, *topP),
                              "top_p");
        if (choices && *choices < 1)
            return badRequest(fmt::format("n must be at least 1, got {}.", *choices));
        request_.choicesPerPrompt = static_cast<std::size_t>(choices.value_or(1));
        if (request_.choices() > limits::kSimChoices)
            return badRequest(fmt::format("n must be at most {}.", limits::kSimChoices), "n");
        return std::nullopt;
    }

    Failure readDelivery(const element& body)
    {
        bool streams = false;
        bool includesUsage = false;
        bool isContinuous = false;
        if (Failure failure = readBool(body, "stream", streams))
            return failure;
        if (Failure failure = readBool(body, "ignore_eos", request_.ignoresNaturalEnd))
            return failure;
        if (Failure failure = readBool(body, "return_token_ids", request_.returnsTokenIds))
            return failure;
        const auto options = body["stream_options"];
        if (!isAbsent(options)) {
            if (!streams)
                return badRequest("Stream options can only be defined when `stream=True`. "
                                  "(parameter=stream_options)",
                                  "stream_options");
            const element& chosen = options.value_unsafe();
            if (Failure failure = readBool(chosen, "include_usage", includesUsage))
                return failure;
            if (Failure failure = readBool(chosen, "continuous_usage_stats", isContinuous))
                return failure;
        }
        request_.delivery = streams ? Delivery::Stream : Delivery::Whole;
        if (includesUsage)
            request_.usage = isContinuous ? UsageReport::Continuous : UsageReport::AtEnd;
        return std::nullopt;
    }

    Failure readStops(const element& body)
    {
        const auto field = body["stop"];
        if (isAbsent(field))
            return std::nullopt;
        std::string_view one;
        simdjson::dom::array list;
        if (field.get(one) == simdjson::SUCCESS) {
            request_.stops.emplace_back(one);
        } else if (field.get(list) == simdjson::SUCCESS) {
            for (const element stop : list) {
                if (stop.get(one) != simdjson::SUCCESS)
                    return invalid("string_type", "body.stop", "Input should be a valid string");
                request_.stops.emplace_back(one);
            }
        } else {
            return invalid("string_type", "body.stop", "Input should be a valid string");
        }
        const auto isEmpty = [](const std::string& stop) { return stop.empty(); };
        if (std::any_of(request_.stops.begin(), request_.stops.end(), isEmpty))
            return badRequest("stop cannot contain an empty string.", "stop");
        return std::nullopt;
    }

    Failure readLengths(const element& body)
    {
        std::optional<std::int64_t> tokensMax;
        if (Failure failure = readInteger(body, "max_tokens", tokensMax))
            return failure;
        if (Failure failure = readInteger(body, "max_completion_tokens", tokensMax))
            return failure;
        if (!tokensMax && request_.route == Route::Completions)
            tokensMax = kPlainTokensDefault;
        if (tokensMax && *tokensMax < 1)
            return badRequest(fmt::format("max_tokens must be at least 1, got {}. "
                                          "(parameter=max_tokens, value={})",
                                          *tokensMax, *tokensMax),
                              "max_tokens");
        const std::size_t room = options_.contextTokensMax;
        if (tokensMax && static_cast<std::size_t>(*tokensMax) > room)
            return badRequest(fmt::format("max_tokens={} cannot be greater than max_model_len={}. "
                                          "Please request fewer output tokens. "
                                          "(parameter=max_tokens, value={})",
                                          *tokensMax, room, *tokensMax),
                              "max_tokens");
        std::size_t longest = 0;
        for (const PromptPart& part : request_.prompts)
            longest = std::max(longest, part.tokens);
        if (longest >= room)
            return badRequest(
                fmt::format("This model's maximum context length is {} tokens. However, your "
                            "prompt contains at least {} input tokens, which exceeds this limit "
                            "even without any output tokens. Please reduce the length of the "
                            "input prompt. (parameter=input_tokens, value={})",
                            room, longest, longest),
                "input_tokens");
        request_.tokensMax = room - longest;
        if (tokensMax)
            request_.tokensMax
                = std::min(request_.tokensMax, static_cast<std::size_t>(*tokensMax));
        return std::nullopt;
    }

    const SimOptions& options_;
    GenerationRequest request_;
};

} // namespace

bool GenerationRequest::isContinuation() const
{
    return std::any_of(prompts.begin(), prompts.end(),
                       [](const PromptPart& part) { return !part.written.empty(); });
}

std::variant<GenerationRequest, ApiError> readGenerationRequest(Route route, std::string_view body,
                                                                const SimOptions& options)
{
    if (body.empty())
        return missing("body");
    simdjson::dom::parser parser;
    element document;
    if (parser.parse(body.data(), body.size()).get(document) != simdjson::SUCCESS)
        return invalid("json_invalid", "body", "JSON decode error");
    if (!document.is_object())
        return invalid("model_attributes_type", "body",
                       "Input should be a valid dictionary or object to extract fields from");
    return RequestReader(route, options).read(document);
}

} // namespace signalbox::engine_sim
