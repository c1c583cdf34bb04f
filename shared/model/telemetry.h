// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/ids.h"
#include "shared/model/fleet.h"
#include "shared/model/sample.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// What a telemetry stream says, as plain values; the wire form is telemetry.proto.
namespace signalbox::model {

// Gives an agent its number in this stream. A second one with another boot = it was restarted.
struct AgentIntroduction {
    base::AgentId id;
    std::string bootId;
    bool operator==(const AgentIntroduction&) const = default;
};

// Columns of the agent's sample blocks from now on.
struct SeriesDictionary {
    std::uint32_t generation = 0;
    std::vector<SeriesKey> series;
    bool operator==(const SeriesDictionary&) const = default;
};

// Rows with consecutive sequences, encoded (shared/series/column_codec.h).
struct SampleBlock {
    std::uint32_t dictionaryGeneration = 0;
    base::Sequence firstSequence = 0;
    std::string columns;
    bool operator==(const SampleBlock&) const = default;
};

// The agent's lease ended or its stream was lost; its last state stays true "as of" then.
struct AgentGone {
    std::string reason;
    std::int64_t lastSeenUnixMs = 0; // 0 = never
    bool operator==(const AgentGone&) const = default;
};

// This reader was too slow: samples between were left out. Events are not.
struct Behind {
    base::Sequence from = 0;
    base::Sequence to = 0;
    bool operator==(const Behind&) const = default;
};

// Forget what you know of this agent; its full state and dictionary follow.
struct Resync {
    std::string reason;
    bool operator==(const Resync&) const = default;
};

using TelemetryFact = std::variant<AgentIntroduction, AgentState, SeriesDictionary, SampleBlock,
                                   Event, AgentGone, Behind, Resync>;

struct TelemetryItem {
    std::uint32_t agent = 0; // number given by its introduction
    TelemetryFact fact;
    bool operator==(const TelemetryItem&) const = default;
};

struct TelemetryBatch {
    std::uint64_t sequence = 0; // of the stream, from 1
    std::int64_t sentUnixMs = 0;
    std::uint32_t agentsTotal = 0; // in the scope of this stream
    std::vector<TelemetryItem> items;
    bool operator==(const TelemetryBatch&) const = default;
};

// Where a reader stopped.
struct ResumePoint {
    base::AgentId agent;
    std::string bootId;
    base::Sequence afterSequence = 0;
    bool operator==(const ResumePoint&) const = default;
};

enum class TelemetryScope : std::uint8_t { Agent, Fleet };
enum class SampleWish : std::uint8_t { None, All };

struct TelemetryWish {
    TelemetryScope scope = TelemetryScope::Fleet;
    SampleWish samples = SampleWish::All;
    std::vector<ResumePoint> resume;
    bool operator==(const TelemetryWish&) const = default;
};

// Who am I talking to.
struct AgentIdentity {
    AgentState state;
    std::string fleet;
    std::vector<std::string> features; // optional abilities, so that N and N-1 agree
    bool operator==(const AgentIdentity&) const = default;
};

} // namespace signalbox::model
