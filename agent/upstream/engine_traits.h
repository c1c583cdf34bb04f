// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::upstream {

// What an engine's answer says about the request and about the engine.
enum class AnswerClass : std::uint8_t {
    Success, // below 400, and no error by the profile's signatures
    ContextOverflow, // too long for this model: one with a larger context may take it
    ModelMissing, // the engine does not have this model
    Overloaded, // full now; another endpoint may take it at once
    Draining, // it loads or stops: it takes no new work
    Denied, // it wants other credentials than it was given
    NotServed, // no such route, method or feature there
    BadRequest, // the request is at fault: any other engine would say so too
    Broken, // the engine's own fault
};
std::string_view nameOf(AnswerClass answerClass);
// Asked again it would be refused again, and the engine is not to blame.
constexpr bool isRequestsFault(AnswerClass answerClass)
{
    return answerClass == AnswerClass::ContextOverflow || answerClass == AnswerClass::BadRequest;
}

// What those who route and relay must know of an engine; its profile says so, and nothing here
// names one. Lives on: any thread, immutable; shared by the members with the same profile.
struct EngineTraits {
    // Bit by proxy::Api: what its profile opens to clients.
    std::uint32_t apis = ~std::uint32_t{0};
    // Top-level fields of a request that a client may not send there; sorted.
    std::vector<std::string> deniedFields;
    // Status 0: the body is an error event of a stream whose status was 200.
    std::function<AnswerClass(int status, std::string_view body)> classify;
};

} // namespace signalbox::upstream
