// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/json/openai_error.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// Every answer that is ours and not an engine's, in OpenAI's shape: the only place that knows which
// status, type and code a situation gets. Texts say what happened, where, and what to do.
namespace signalbox::proxy {

// What the client is told, and how it should come back.
struct LocalReply {
    http::OpenAiError error;
    std::optional<std::chrono::milliseconds> retryAfter;
    bool shouldNotRetry = false; // x-should-retry: false
    std::string_view refusedHop; // a literal; tells a gateway that nothing was asked of the engine
};

namespace reply {

LocalReply notFound(std::string_view path);
LocalReply methodNotAllowed(std::string_view method, std::string_view path);
LocalReply missingKey();
LocalReply wrongKey();
LocalReply ambiguousKey();
LocalReply modelMissing();
// The same words whether the model does not exist or is not this caller's.
LocalReply unknownModel(std::string_view model);
// The engines of this model open no such path to clients.
LocalReply pathNotServed(std::string_view model, std::string_view path);
LocalReply deniedField(std::string_view field);
LocalReply badBody(http::OpenAiError error);
LocalReply noSnapshot();
LocalReply noEndpoint(std::string_view model, std::string_view reason);
LocalReply upstreamLost(std::string_view member, std::string_view reason);
LocalReply firstTokenLate(std::string_view member, std::chrono::milliseconds waited);
LocalReply requestDeadline(std::chrono::milliseconds limit);
LocalReply answerTooLarge(std::size_t bytesMax);
LocalReply draining(std::string_view agent);
LocalReply engineRefused(std::string_view engine, std::string_view reason);
LocalReply notBelievedHop();
// In the stream, after the first byte: an error event, no [DONE], then an abnormal end.
http::OpenAiError interrupted(std::string_view reason);

} // namespace reply

// The head of an answer of ours is complete with these; body is errorBody(reply.error).
std::string_view jsonContentType();

} // namespace signalbox::proxy
