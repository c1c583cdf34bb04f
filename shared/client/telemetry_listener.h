// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/error.h"
#include "shared/model/telemetry.h"
#include "shared/series/telemetry_reader.h"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::client {

// One batch of a stream, decoded.
struct TelemetryNews {
    std::int64_t sentUnixMs = 0; // by the sender's clock
    std::uint32_t agentsTotal = 0; // in the scope of the stream
    std::vector<series::AgentFact> facts;
};

// Who hears a telemetry stream. Calls come on the client's executor, in order: opened, then news,
// then lost, and again. After `opened` every agent is introduced anew.
// Lives on: the client's executor.
class TelemetryListener {
public:
    virtual ~TelemetryListener() = default;
    // Where to go on, an entry for each agent that is known; asked before each attempt.
    virtual std::vector<model::ResumePoint> resumePoints() = 0;
    virtual void opened(const std::string& address) = 0;
    virtual void news(TelemetryNews news) = 0;
    // The next attempt follows by itself, at the next address where there are several.
    virtual void lost(const std::string& address, const base::Error& why) = 0;
};

} // namespace signalbox::client
