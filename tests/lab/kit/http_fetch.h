// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::lab {

// "http://host:port/base": where something serves HTTP without TLS.
struct HttpUrl {
    std::string host;
    std::uint16_t port = 80;
    std::string basePath; // without a slash at its end; mostly empty

    std::string authority() const;
};
base::Result<HttpUrl> parseHttpUrl(std::string_view text);

struct HttpCall {
    std::string method = "GET";
    std::string path = "/";
    std::string body; // sent as JSON where not empty
    std::string bearer;
};

struct HttpAnswer {
    int status = 0;
    std::string contentType;
    std::string retryAfter;
    std::string body;
};

// One blocking request on a connection of its own, whole within `deadline`.
// For start-up questions and tests; an answer of any status is a success, a cut one an error.
base::Result<HttpAnswer> fetch(const HttpUrl& url, const HttpCall& call,
                               std::chrono::milliseconds deadline);

// A connected TCP socket, or why there is none. The caller closes it.
base::Result<int> connectTo(const HttpUrl& url, std::chrono::milliseconds deadline);

} // namespace signalbox::lab
