// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/command.h"
#include "shared/model/policy.h"

#include <cstdint>
#include <optional>

// What an agent answers to a command and to a question about policy.
namespace signalbox::model {

struct ApplyAnswer {
    enum class Outcome : std::uint8_t {
        Applied,
        Conflict, // a key changed since the preview; nothing was written
        AlreadyApplied, // the same request id was applied before; this is its answer
    };
    Outcome outcome = Outcome::Applied;
    base::Revision revision = 0; // of policy/head after it
    std::uint64_t auditNumber = 0;
    std::optional<Preview> fresh; // with Conflict: the same edit against what is there now
    bool operator==(const ApplyAnswer&) const = default;
};

struct PolicyAnswer {
    Policy policy;
    std::int64_t storeAwaySinceUnixMs = 0; // 0 = the store answers; else this is the last snapshot
    bool operator==(const PolicyAnswer&) const = default;
};

// What came of asking an engine for one token now.
struct ProbeReport {
    enum class Result : std::uint8_t {
        Token,
        Silent, // it took the request and gave nothing in time
        Refused, // it answered, and does not generate this way: nothing is learnt
    };
    std::string agent;
    Result result = Result::Silent;
    std::string reason; // unless a token came
    std::uint64_t tookMs = 0;
    bool operator==(const ProbeReport&) const = default;
};
std::string_view nameOf(ProbeReport::Result result);

} // namespace signalbox::model
