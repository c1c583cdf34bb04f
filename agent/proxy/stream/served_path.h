// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/h1_parser.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::proxy {

// Where the client's request entered the fleet everything happens; an agent behind a gateway only
// counts, forwards, relays and reports (product.md §12, Roles of a hop).
enum class Role : std::uint8_t { Entry, Hop };

// What a path asks for, which decides how its answer is read.
enum class Api : std::uint8_t {
    Chat, // choices, [DONE]
    Completions, // choices, [DONE]
    Embeddings,
    Responses, // named events, no [DONE]
    Messages, // named events, no [DONE]
    Rerank,
    Infer, // KServe v2: tensors in, tensors out
    KserveGenerate, // Triton's own: text in, text out
    KserveGenerateStream, // its stream has no mark of its end
    TgiGenerate,
    TgiGenerateStream, // its last event carries the whole text
    Models, // ours: the fleet's own list
    Health, // ours: /healthz
    Ready, // ours: /readyz
};

struct ServedPath {
    Api api = Api::Chat;
    std::string_view model; // of the paths that name it; into the path
};

// Paths that are served; every other one is refused, because engines leave their admin routes open
// (reliability.md §4.1). Compared with the decoded path, exactly; "{model}" is one segment.
std::optional<ServedPath> servedPath(std::string_view path);
std::string_view pathOf(Api api); // with "{model}" where it names one
// The path at an engine that calls the model so.
std::string pathAt(Api api, std::string_view model);
http::Method methodOf(Api api);
std::vector<Api> everyApi();

constexpr std::uint32_t bitOf(Api api)
{
    return std::uint32_t{1} << static_cast<unsigned>(api);
}
constexpr bool namesModelInPath(Api api)
{
    return api == Api::Infer || api == Api::KserveGenerate || api == Api::KserveGenerateStream;
}
// Whether it streams is said by the path, not by the body.
constexpr bool isNative(Api api)
{
    return namesModelInPath(api) || api == Api::TgiGenerate || api == Api::TgiGenerateStream;
}
constexpr bool streamsByPath(Api api)
{
    return api == Api::KserveGenerateStream || api == Api::TgiGenerateStream;
}
constexpr bool canStream(Api api)
{
    return api == Api::Chat || api == Api::Completions || api == Api::Responses
        || api == Api::Messages || streamsByPath(api);
}
// A stream of this API is whole only with [DONE].
constexpr bool endsWithDone(Api api)
{
    return api == Api::Chat || api == Api::Completions;
}
// A stream of this API says in an event that it has finished; another ends with its body alone.
constexpr bool saysItsEnd(Api api)
{
    return endsWithDone(api) || api == Api::Responses || api == Api::Messages
        || api == Api::TgiGenerateStream;
}

} // namespace signalbox::proxy
