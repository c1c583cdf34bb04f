// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"
#include "shared/model/sample.h"
#include "shared/series/varint.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Rows of samples of one dictionary as columns of deltas: about a byte per value that changed.
//
// A value is a whole number of steps, 10^exponent each; the exponent follows from the unit in the
// series' name. NaN is "unknown" and costs nothing while it lasts. A block goes on from the last
// row of the block before it in the same stream; a keyed block starts anew and stands alone.
//
//   byte     format 1, plus 0x10 keyed, 0x20 body compressed
//   varint   rows
//   [compressed: varint size of the body, then it in one zstd frame]
//   [keyed: varint columns; per column one byte: exponent + 16]
//   bitmap   a bit a column: does it change anywhere in this block? (lowest bit first)
//   per row  zigzag varint: milliseconds since the row before, less 1000 (keyed: first is since 0)
//   per changed column, per row: varint 0 = unknown, else 1 + zigzag(steps since last known value)
namespace signalbox::series {

// Decimal exponent of the step a series is kept at: by its unit, the last words of its name.
int stepExponentOf(const model::SeriesKey& key);

// The sending end: what the reader at the other end knows by now.
// Lives on: one thread. Owned by who writes one stream; a copy continues on its own.
class ColumnEncoder {
public:
    explicit ColumnEncoder(std::span<const model::SeriesKey> series);

    // Rows in order, at least one, at most limits::kRowsPerBlock, each as wide as the dictionary.
    // Sequences are not encoded: they are consecutive and the block's envelope names the first.
    std::string encode(std::span<const model::SampleRow> rows);
    // The next block stands alone again.
    void restart() { hasKey_ = false; }
    // What a reader will see of a value: rounded to its step; NaN where it cannot be kept.
    double rounded(std::size_t column, double value) const;

private:
    struct Track {
        int exponent = 0;
        std::int64_t last = 0; // steps; the last known value
        bool isKnown = false; // now
    };
    std::string body(std::span<const model::SampleRow> rows);
    static bool changes(const Track& track, std::span<const model::SampleRow> rows,
                        std::size_t column);

    std::vector<Track> tracks_;
    std::int64_t lastUnixMs_ = 0;
    bool hasKey_ = false; // the reader knows what tracks_ says
};

// The reading end. No length in a block is trusted: what it may make us allocate is bounded by
// limits and by the columns expected. Lives on: one thread. Owned by who reads one stream.
class ColumnDecoder {
public:
    explicit ColumnDecoder(std::size_t columns) : columns_(columns) {}

    // After an error the decoder is as it was before; the stream must be resynchronised.
    base::Result<std::vector<model::SampleRow>> decode(std::string_view block,
                                                       base::Sequence firstSequence);

private:
    struct Track {
        int exponent = 0;
        std::int64_t last = 0;
        bool isKnown = false;
    };
    struct State {
        std::vector<Track> tracks; // empty until a keyed block came
        std::int64_t unixMs = 0;
    };
    using Rows = std::vector<model::SampleRow>;

    base::Status readKey(ByteReader& reader, State& state) const;
    static base::Status readTimes(ByteReader& reader, State& state, Rows& rows);
    static base::Status readColumns(ByteReader& reader, State& state, Rows& rows);

    std::size_t columns_;
    State state_;
};

} // namespace signalbox::series
