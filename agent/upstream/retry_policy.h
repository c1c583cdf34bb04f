// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/upstream/member.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace signalbox::upstream {

// How one attempt ended without a token for the client.
enum class AttemptEnd : std::uint8_t {
    Refused, // connect failed: nothing was sent
    LostWithoutByte, // reset or closed before any response byte
    LostBeforeToken, // an answer had begun, no token in it yet
    Draining, // the agent there takes no new work
    FirstTokenDeadline,
    BadAnswer, // not HTTP, not an event stream, an error event before the first token
    Status, // an HTTP status that is not success
};
std::string_view nameOf(AttemptEnd end);

struct Attempt {
    AttemptEnd end = AttemptEnd::Refused;
    int status = 0; // with AttemptEnd::Status
    std::optional<std::chrono::milliseconds> retryAfter; // what the answer asked for
};

// What has been spent, and what is left to try.
struct RetryState {
    int attempts = 1; // made so far in all
    int attemptsInPool = 1;
    bool otherEndpointInPool = false; // one that has not been tried for this request
    bool sameEndpointUsable = true; // false after a first-token deadline, or excluded since
    bool furtherPoolReady = false;
    std::chrono::milliseconds deadlineIn{0}; // until the request's own deadline
};

enum class RetryStep : std::uint8_t { GiveUp, OtherEndpoint, SameEndpoint, NextPool };
std::string_view nameOf(RetryStep step);

struct RetryDecision {
    RetryStep step = RetryStep::GiveUp;
    std::chrono::milliseconds waitExactly{0}; // a Retry-After that is honoured; else jitter below
    std::chrono::milliseconds waitUpTo{0}; // wait uniform(0, this)
    bool asksBudget = false; // only a retry after an answer or a deadline does
    std::string_view why;
};

// What an attempt says against the member's breaker. None: nothing. A refused connection is a fact
// of the address, a 429 one of its load, any other 4xx one of the request.
Failure failureOf(const Attempt& attempt);

// 429, 500, 502, 503 and 504 may be answered otherwise elsewhere; every other status is final.
bool isRetryableStatus(int status);

// Product.md §12, Retries, as one pure function. The caller asks the budget last, so that its
// counter says why not.
RetryDecision decideRetry(const Attempt& last, const RetryState& state);

} // namespace signalbox::upstream
