// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/h1_parser.h"

#include <cstdint>
#include <optional>
#include <string_view>

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
    Models, // ours: the fleet's own list
    Health, // ours: /healthz
    Ready, // ours: /readyz
};

// Paths that are served; every other one is refused, because engines leave their admin routes open
// (reliability.md §4.1). Compared with the decoded path, exactly.
std::optional<Api> servedApi(std::string_view path);
std::string_view pathOf(Api api);
http::Method methodOf(Api api);
// A stream of this API is whole only with [DONE].
bool endsWithDone(Api api);

} // namespace signalbox::proxy
