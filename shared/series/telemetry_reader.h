// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/telemetry.h"
#include "shared/series/column_codec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace signalbox::series {

// Samples as they were before they were encoded.
struct ReadRows {
    std::vector<model::SampleRow> rows;
};
using ReadFact
    = std::variant<model::AgentIntroduction, model::AgentState, model::SeriesDictionary, ReadRows,
                   model::Event, model::AgentGone, model::Behind, model::Resync>;

// A fact with the agent it is about by name; numbers are a matter of one stream.
struct AgentFact {
    base::AgentId agent;
    ReadFact fact;
};

// Reads one telemetry stream from its first batch on: numbers to names, blocks to rows.
// Lives on: one thread. Owned by who reads the stream, made anew for each attempt.
// After an error (a gap, an unknown number, a block that does not fit) the stream must be dropped.
class TelemetryReader {
public:
    base::Result<std::vector<AgentFact>> read(model::TelemetryBatch batch);

private:
    struct Source {
        model::AgentIntroduction introduction;
        std::uint32_t generation = 0;
        std::optional<ColumnDecoder> decoder; // once there is a dictionary
    };
    base::Result<ReadFact> readFact(std::uint32_t number, model::TelemetryFact fact);
    base::Result<ReadFact> introduce(std::uint32_t number, model::AgentIntroduction introduction);
    base::Result<ReadFact> readBlock(Source& source, const model::SampleBlock& block);

    std::unordered_map<std::uint32_t, Source> sources_;
    std::uint64_t lastBatch_ = 0;
    std::size_t valuesInBatch_ = 0;
};

} // namespace signalbox::series
