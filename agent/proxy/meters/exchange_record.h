// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/upstream/load_balancer.h"
#include "agent/upstream/retry_policy.h"

#include <array>
#include <cstdint>
#include <string>

namespace signalbox::proxy {

// How an exchange ended, from the client's side.
enum class Outcome : std::uint8_t {
    Completed, // a whole answer, whatever its status, was given
    Interrupted, // the stream ended with an error event and an abnormal close
    ClientLeft, // the client went before the end
    Denied, // 401, 403
    Refused, // 4xx of ours: bad request, unknown model, unknown path
    Unavailable, // no endpoint could answer: 5xx of ours or the last engine's
};
inline constexpr std::size_t kOutcomes = 6;
std::string_view nameOf(Outcome outcome);

struct AttemptRecord {
    std::string member; // id
    upstream::PickRule rule = upstream::PickRule::Nothing;
    double estimatedTtftMs = -1;
    upstream::AttemptEnd end = upstream::AttemptEnd::Refused;
    int status = 0;
    bool delivered = false; // this attempt gave the client its answer
};

// One request, told in one struct; no text is built unless somebody keeps it.
struct ExchangeRecord {
    std::string requestId;
    Outcome outcome = Outcome::Completed;
    int status = 0; // sent to the client; 0 = none
    std::int64_t receivedAt = 0; // monotonic ns
    std::int64_t firstTokenAt = 0; // 0 = no token
    std::int64_t endedAt = 0;
    std::uint64_t promptTokens = 0; // of usage, else our estimate
    std::uint64_t completionTokens = 0; // of usage, else counted events
    std::uint32_t attempts = 0;
    std::string route;
    std::string pool;
    std::string reason; // of anything but Completed; lower case, one line
};

} // namespace signalbox::proxy
