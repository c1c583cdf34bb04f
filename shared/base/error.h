// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox::base {

// The canonical RPC numbers, so that an error crosses gRPC and WebSocket unchanged.
enum class Code : std::uint8_t {
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
};

// Whose fault it is, as far as the place that saw it can tell.
enum class Origin : std::uint8_t { Local, Client, Upstream, Store, Engine };

// May the same call be made again? IfConnectionReused: only a pooled connection may have gone
// stale.
enum class Retry : std::uint8_t { Never, Safe, IfConnectionReused };

// What went wrong, for the person on call and for the code that decides what to do next.
// Lives on: any thread (a value). The message is lower case, one line, and holds no secret.
// A class with a constructor, not an aggregate: g++ 12 destroys aggregate temporaries twice
// when they are built in a statement that awaits.
class Error {
public:
    Error(Code code, std::string message, Origin origin = Origin::Local,
          Retry retry = Retry::Never);

    Code code() const { return code_; }
    Origin origin() const { return origin_; }
    Retry retry() const { return retry_; }
    const std::string& message() const { return message_; }
    const Error* cause() const { return cause_.get(); }

    // Puts one sentence of context in front; the old error stays as the cause (at most three deep).
    Error because(std::string context) const;

    // The whole chain, outermost first, joined by ": ".
    std::string text() const;

private:
    Code code_;
    Origin origin_;
    Retry retry_;
    std::string message_;
    std::shared_ptr<const Error> cause_;
};

std::string_view nameOf(Code code);
std::string_view nameOf(Origin origin);

} // namespace signalbox::base
