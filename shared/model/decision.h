// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/ids.h"

#include <cstdint>
#include <string>
#include <vector>

// Why one request went where it went, told by the agent that it entered at. Words are those of the
// metrics, times are microseconds from the request's first byte; -1 = it did not come to that.
namespace signalbox::model {

struct DecisionCandidate {
    std::string member;
    float scoreMs = -1; // estimated time to the first token, with what speaks against it
    std::string excluded; // why it was no choice; empty = it was one
    bool operator==(const DecisionCandidate&) const = default;
};

struct DecisionAttempt {
    std::string pool;
    std::string member;
    std::string rule; // by which it was chosen
    std::string end; // "answered", or how it failed
    int status = 0; // HTTP, 0 = none came
    std::int64_t beganUs = -1;
    std::int64_t endedUs = -1; // of the part that decides: up to the first token of a stream
    bool panicked = false; // ejection was ignored
    std::vector<DecisionCandidate> candidates;
    std::uint32_t candidatesLeftOut = 0; // beyond the most that are kept
    bool operator==(const DecisionAttempt&) const = default;
};

struct Decision {
    std::string requestId;
    std::string agent;
    std::int64_t receivedUnixMs = 0;
    std::string kept; // why: failed, retried, slow, sample
    std::string route;
    std::string outcome;
    int status = 0; // sent to the client; 0 = none
    std::string reason; // of anything but completed
    base::Revision revision = 0; // of the policy it was decided by
    std::uint64_t promptTokens = 0;
    std::uint64_t completionTokens = 0;
    std::int64_t admittedUs = -1; // to the first attempt
    std::int64_t firstTokenUs = -1;
    std::int64_t endedUs = -1;
    std::vector<DecisionAttempt> attempts;
    bool operator==(const Decision&) const = default;
};

} // namespace signalbox::model
