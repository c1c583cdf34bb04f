// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/engine/engine_profile.h"
#include "agent/engine/engine_url.h"
#include "agent/http/h1_parser.h"
#include "shared/base/limits.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace signalbox::engine {

// Why no whole answer came.
enum class FetchFault : std::uint8_t {
    None,
    Refused, // nobody listens there
    Unreachable, // no route, no such name
    Lost, // closed or reset before the answer's end
    Deadline,
    TooLarge, // more body than the caller reads
    NotHttp, // bytes that are no answer we accept
    Busy, // too many fetches of our own are open there
};
std::string_view nameOf(FetchFault fault);

struct FetchRequest {
    http::Method method = http::Method::Get;
    std::string path;
    std::string body; // JSON, with Post
    std::string accept = "*/*";
    std::string hop; // id of the agent that asks, towards another agent; empty = none
    std::size_t bodyBytesMax = limits::kProbeBodyBytes;
    std::chrono::milliseconds deadline{800}; // for all of it: look-up, connect, head and body
    // Gets the body in pieces as they come; without it the reply holds the body.
    std::function<void(std::string_view)> onBody;
};

struct FetchReply {
    FetchFault fault = FetchFault::None;
    std::string why; // of the fault, for a person
    int status = 0; // 0 = no head came
    std::string contentType;
    std::string body; // what came of it, also with a fault
    std::chrono::nanoseconds took{0};

    bool isWhole() const { return fault == FetchFault::None; }
};

// Asks one address over HTTP/1.1, off the hot path. Never follows redirects, never half-closes.
// Lives on: control. The callback runs on the control thread, never inside fetch(), once; not at
// all when the fetcher was destroyed before.
class Fetcher {
public:
    using Done = std::function<void(FetchReply)>;

    virtual ~Fetcher() = default;
    virtual void fetch(FetchRequest request, Done done) = 0;
    // Closes idle connections: before an engine is asked to stop, and when it was replaced.
    virtual void dropIdle() = 0;
};

// Over real sockets; keeps at most two idle connections, within the engine's own limits.
std::unique_ptr<Fetcher> makeFetcher(boost::asio::io_context& context, EngineUrl url,
                                     ConnectionLimits limits);

} // namespace signalbox::engine
