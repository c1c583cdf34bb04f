// SPDX-License-Identifier: Apache-2.0
#include "shared/series/column_codec.h"

#include "shared/base/check.h"
#include "shared/base/limits.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace signalbox::series {

namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kKeyed = 0x10;
constexpr std::uint8_t kCompressed = 0x20;
constexpr int kExponentBias = 16;
constexpr int kExponentMost = 15; // either way
constexpr std::int64_t kUsualStepMs = 1'000;
constexpr std::int64_t kUnixMsMost = 253'402'300'799'999; // the year 9999
constexpr std::size_t kCompressFrom = 1'024; // below, a frame's head eats what it saves
constexpr int kCompressionLevel = 3;
constexpr double kStepsMost = 4e18; // whole steps fit 63 bits

struct UnitStep {
    std::string_view ending;
    int exponent;
};
// Finer than anybody reads, coarser than the noise: what does not show should not travel.
constexpr std::array kUnitSteps{
    UnitStep{"_ms", -1},        UnitStep{"_ratio", -3},      UnitStep{"_percent", -1},
    UnitStep{"_per_second", -1}, UnitStep{"_seconds", -3},    UnitStep{"_bytes", 5},
    UnitStep{"_cores", -2},      UnitStep{"_cpus", -2},       UnitStep{"_1m", -2},
};

double stepOf(int exponent)
{
    return std::pow(10.0, std::abs(exponent));
}

// NaN, infinities and what is too large are unknown.
std::optional<std::int64_t> toSteps(double value, int exponent)
{
    const double scaled = exponent < 0 ? value * stepOf(exponent) : value / stepOf(exponent);
    if (!(std::abs(scaled) < kStepsMost))
        return std::nullopt;
    return std::llround(scaled);
}

double fromSteps(std::int64_t steps, int exponent)
{
    const auto value = static_cast<double>(steps);
    return exponent < 0 ? value / stepOf(exponent) : value * stepOf(exponent);
}

std::int64_t wrappedDifference(std::int64_t to, std::int64_t from)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(to)
                                     - static_cast<std::uint64_t>(from));
}

std::int64_t wrappedSum(std::int64_t a, std::int64_t b)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a)
                                     + static_cast<std::uint64_t>(b));
}

base::Error broken(const char* what)
{
    return base::Error(base::Code::InvalidArgument,
                       std::string("a block of samples is broken: ") + what);
}

std::string compressed(const std::string& body)
{
    std::string frame(ZSTD_compressBound(body.size()), '\0');
    const std::size_t size
        = ZSTD_compress(frame.data(), frame.size(), body.data(), body.size(), kCompressionLevel);
    if (ZSTD_isError(size))
        return {};
    frame.resize(size);
    return frame;
}

base::Result<std::string> decompressed(ByteReader& reader)
{
    const auto size = reader.varint();
    if (!size || *size > limits::kBlockBytes)
        return broken("its size is missing or too large");
    std::string body(*size, '\0');
    const std::string_view frame = reader.rest();
    const std::size_t got
        = ZSTD_decompress(body.data(), body.size(), frame.data(), frame.size());
    if (ZSTD_isError(got) || got != body.size())
        return broken("it does not decompress to its size");
    return body;
}

} // namespace

int stepExponentOf(const model::SeriesKey& key)
{
    if (key.kind == model::SeriesKind::Counter)
        return 0;
    for (const UnitStep& unit : kUnitSteps) {
        if (key.name.ends_with(unit.ending))
            return unit.exponent;
    }
    return 0;
}

ColumnEncoder::ColumnEncoder(std::span<const model::SeriesKey> series)
{
    for (const model::SeriesKey& key : series)
        tracks_.push_back({.exponent = stepExponentOf(key)});
}

double ColumnEncoder::rounded(std::size_t column, double value) const
{
    const int exponent = tracks_[column].exponent;
    const auto steps = toSteps(value, exponent);
    return steps ? fromSteps(*steps, exponent) : std::numeric_limits<double>::quiet_NaN();
}

std::string ColumnEncoder::encode(std::span<const model::SampleRow> rows)
{
    SB_ASSERT(!rows.empty() && rows.size() <= limits::kRowsPerBlock);
    std::uint8_t head = kFormat;
    std::string key;
    if (!hasKey_) {
        head |= kKeyed;
        putVarint(key, tracks_.size());
        for (Track& track : tracks_) {
            key.push_back(static_cast<char>(track.exponent + kExponentBias));
            track = {.exponent = track.exponent};
        }
        lastUnixMs_ = 0;
        hasKey_ = true;
    }
    std::string content = key + body(rows);
    std::string block;
    std::string frame = content.size() >= kCompressFrom ? compressed(content) : std::string();
    const bool pays = !frame.empty() && frame.size() < content.size();
    block.push_back(static_cast<char>(pays ? head | kCompressed : head));
    putVarint(block, rows.size());
    if (pays)
        putVarint(block, content.size());
    return block + (pays ? frame : content);
}

bool ColumnEncoder::changes(const Track& track, std::span<const model::SampleRow> rows,
                            std::size_t column)
{
    return std::any_of(rows.begin(), rows.end(), [&](const model::SampleRow& row) {
        const auto steps = toSteps(row.values[column], track.exponent);
        return steps.has_value() != track.isKnown || (steps && *steps != track.last);
    });
}

std::string ColumnEncoder::body(std::span<const model::SampleRow> rows)
{
    std::string bytes((tracks_.size() + 7) / 8, '\0');
    std::vector<std::size_t> changed;
    for (std::size_t column = 0; column < tracks_.size(); ++column) {
        if (!changes(tracks_[column], rows, column))
            continue;
        changed.push_back(column);
        bytes[column / 8] = static_cast<char>(bytes[column / 8] | (1 << (column % 8)));
    }
    for (const model::SampleRow& row : rows) {
        SB_ASSERT(row.values.size() == tracks_.size());
        putVarint(bytes, zigzag(wrappedDifference(row.unixMs, lastUnixMs_) - kUsualStepMs));
        lastUnixMs_ = row.unixMs;
    }
    for (const std::size_t column : changed) {
        Track& track = tracks_[column];
        for (const model::SampleRow& row : rows) {
            const auto steps = toSteps(row.values[column], track.exponent);
            putVarint(bytes, steps ? 1 + zigzag(wrappedDifference(*steps, track.last)) : 0);
            track.isKnown = steps.has_value();
            track.last = steps.value_or(track.last);
        }
    }
    return bytes;
}

base::Result<std::vector<model::SampleRow>> ColumnDecoder::decode(std::string_view block,
                                                                  base::Sequence firstSequence)
{
    ByteReader outer(block);
    const auto head = outer.byte();
    const auto count = outer.varint();
    if (!head || (*head & ~(kKeyed | kCompressed)) != kFormat)
        return broken("its format is unknown");
    if (!count || *count == 0 || *count > limits::kRowsPerBlock
        || *count * columns_ > limits::kValuesPerBlock)
        return broken("it has no row or too many");
    std::string unpacked;
    if ((*head & kCompressed) != 0) {
        SB_TRY(unpacked, decompressed(outer));
        outer = ByteReader(unpacked);
    }
    ByteReader& reader = outer;
    State state;
    if ((*head & kKeyed) != 0)
        SB_CHECK(readKey(reader, state));
    else
        state = state_;
    if (state.tracks.size() != columns_)
        return broken("it goes on from one that never came");
    // A row takes at least one byte: a count that promises more is not allocated.
    if (*count > reader.rest().size())
        return broken("it ends before its rows do");
    std::vector<model::SampleRow> rows(*count);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].sequence = firstSequence + i;
        rows[i].values.resize(columns_);
    }
    SB_CHECK(readColumns(reader, state, rows));
    if (!reader.isAtEnd())
        return broken("bytes are left behind its end");
    state_ = std::move(state);
    return rows;
}

base::Status ColumnDecoder::readKey(ByteReader& reader, State& state) const
{
    const auto columns = reader.varint();
    const auto exponents = columns == columns_ ? reader.take(columns_) : std::nullopt;
    if (!exponents)
        return broken("its columns are not those of the dictionary");
    for (const char byte : *exponents) {
        const int exponent = static_cast<std::uint8_t>(byte) - kExponentBias;
        if (std::abs(exponent) > kExponentMost)
            return broken("a step is out of range");
        state.tracks.push_back({.exponent = exponent});
    }
    return {};
}

base::Status ColumnDecoder::readTimes(ByteReader& reader, State& state, Rows& rows)
{
    for (model::SampleRow& row : rows) {
        const auto code = reader.varint();
        if (!code)
            return broken("a time is missing");
        state.unixMs = wrappedSum(wrappedSum(state.unixMs, kUsualStepMs), unzigzag(*code));
        if (state.unixMs < 0 || state.unixMs > kUnixMsMost)
            return broken("a time is out of range");
        row.unixMs = state.unixMs;
    }
    return {};
}

base::Status ColumnDecoder::readColumns(ByteReader& reader, State& state, Rows& rows)
{
    const auto bitmap = reader.take((state.tracks.size() + 7) / 8);
    if (!bitmap)
        return broken("it ends before its columns do");
    SB_CHECK(readTimes(reader, state, rows));
    for (std::size_t column = 0; column < state.tracks.size(); ++column) {
        Track& track = state.tracks[column];
        const bool isChanged
            = (static_cast<std::uint8_t>((*bitmap)[column / 8]) >> (column % 8) & 1) != 0;
        for (model::SampleRow& row : rows) {
            if (isChanged) {
                const auto code = reader.varint();
                if (!code)
                    return broken("a value is missing");
                track.isKnown = *code != 0;
                if (track.isKnown)
                    track.last = wrappedSum(track.last, unzigzag(*code - 1));
            }
            row.values[column] = track.isKnown ? fromSteps(track.last, track.exponent)
                                               : std::numeric_limits<double>::quiet_NaN();
        }
    }
    return {};
}

} // namespace signalbox::series
