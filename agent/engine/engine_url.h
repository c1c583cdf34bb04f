// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::engine {

// Where an engine, or an agent in its place, answers HTTP. Lives on: any thread (a value).
struct EngineUrl {
    std::string host; // a name or an address; IPv6 without brackets
    std::uint16_t port = 0;

    std::string hostPort() const; // "127.0.0.1:8000", "[::1]:8000"
    std::string text() const; // "http://127.0.0.1:8000"
    bool operator==(const EngineUrl&) const = default;
};

// "http://host[:port]" with nothing behind it, or plain "host:port". Refused: other schemes,
// credentials, paths, port 0, and link-local addresses, where clouds keep machine credentials.
base::Result<EngineUrl> parseEngineUrl(std::string_view text);

} // namespace signalbox::engine
