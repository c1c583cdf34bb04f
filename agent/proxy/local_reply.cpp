// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/local_reply.h"

#include <fmt/format.h>

namespace signalbox::proxy {

namespace {

using namespace std::chrono_literals;

LocalReply make(int status, std::string_view code, std::string message, std::string param = "")
{
    LocalReply reply;
    reply.error.status = status;
    reply.error.type = http::errorTypeOf(status);
    reply.error.code = code;
    reply.error.message = std::move(message);
    reply.error.param = std::move(param);
    return reply;
}

} // namespace

namespace reply {

LocalReply notFound(std::string_view path)
{
    return make(404, "unknown_path",
                fmt::format("There is no '{}' here. Try POST /v1/chat/completions or GET "
                            "/v1/models.",
                            http::excerptOf(path)));
}

LocalReply methodNotAllowed(std::string_view method, std::string_view path)
{
    return make(405, "method_not_allowed",
                fmt::format("{} is not allowed for '{}'.", method, http::excerptOf(path)));
}

LocalReply missingKey()
{
    return make(401, "missing_api_key",
                "No API key was sent. Put it into the header 'Authorization: Bearer KEY'.");
}

LocalReply wrongKey()
{
    return make(401, "invalid_api_key", "The API key is not valid here.");
}

LocalReply ambiguousKey()
{
    return make(401, "ambiguous_credentials",
                "Two different credentials were sent. Send one Authorization or x-api-key header.");
}

LocalReply modelMissing()
{
    return make(400, "model_missing", "The request names no model.", "model");
}

LocalReply unknownModel(std::string_view model)
{
    return make(404, "model_not_found",
                fmt::format("The model '{}' does not exist or you have no access to it. GET "
                            "/v1/models lists what there is.",
                            http::excerptOf(model)),
                "model");
}

LocalReply pathNotServed(std::string_view model, std::string_view path)
{
    return make(404, "unknown_path",
                fmt::format("The engines of the model '{}' do not serve '{}'.",
                            http::excerptOf(model), http::excerptOf(path)));
}

LocalReply deniedField(std::string_view field)
{
    return make(400, "unsupported_parameter",
                fmt::format("The field '{}' is not allowed for the engines of this model.",
                            http::excerptOf(field)),
                http::excerptOf(field));
}

LocalReply badBody(http::OpenAiError error)
{
    LocalReply reply;
    reply.error = std::move(error);
    return reply;
}

LocalReply noSnapshot()
{
    LocalReply reply = make(503, "starting",
                            "This gateway has not received its policy yet. Try again shortly.");
    reply.retryAfter = 1s;
    return reply;
}

LocalReply noEndpoint(std::string_view model, std::string_view reason)
{
    LocalReply reply = make(
        503, "no_endpoint",
        fmt::format("No endpoint can serve '{}' now: {}.", http::excerptOf(model), reason));
    reply.retryAfter = 1s;
    return reply;
}

LocalReply upstreamLost(std::string_view member, std::string_view reason)
{
    return make(502, "upstream_lost",
                fmt::format("The answer from {} was lost: {}.", member, reason));
}

LocalReply firstTokenLate(std::string_view member, std::chrono::milliseconds waited)
{
    return make(504, "first_token_deadline",
                fmt::format("{} gave no token within {:.1f} s.", member,
                            std::chrono::duration<double>(waited).count()));
}

LocalReply requestDeadline(std::chrono::milliseconds limit)
{
    LocalReply reply = make(504, "request_deadline",
                            fmt::format("The request took longer than {:.0f} s.",
                                        std::chrono::duration<double>(limit).count()));
    reply.shouldNotRetry = true;
    return reply;
}

LocalReply answerTooLarge(std::size_t bytesMax)
{
    LocalReply reply = make(502, "answer_too_large",
                            fmt::format("The engine's answer is larger than {} bytes.", bytesMax));
    reply.shouldNotRetry = true;
    return reply;
}

LocalReply draining(std::string_view agent)
{
    LocalReply reply
        = make(503, "draining", fmt::format("{} is draining and takes no new work.", agent));
    reply.retryAfter = 1s;
    reply.refusedHop = "draining";
    return reply;
}

LocalReply engineRefused(std::string_view engine, std::string_view reason)
{
    LocalReply reply = make(503, "engine_refused",
                            fmt::format("The engine at {} was not reached: {}.", engine, reason));
    reply.retryAfter = 1s;
    reply.refusedHop = "engine_refused";
    return reply;
}

LocalReply notBelievedHop()
{
    return make(403, "hop_not_believed",
                "The header x-signalbox-hop is only accepted from an agent of this fleet.");
}

http::OpenAiError interrupted(std::string_view reason)
{
    return make(502, "upstream_interrupted",
                fmt::format("The stream was interrupted: {}. What came before is not the whole "
                            "answer.",
                            reason))
        .error;
}

} // namespace reply

std::string_view jsonContentType()
{
    return "application/json";
}

} // namespace signalbox::proxy
