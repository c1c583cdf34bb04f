// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/h1_parser.h"
#include "shared/base/clock.h"

#include <cstdint>
#include <string_view>

namespace signalbox::http {

// Whether the sender may cut the body as it likes. Engines send one chunk a token; a client that
// sends thousands of tiny chunks a second is attacking.
enum class ChunkSizes : std::uint8_t { Any, Guarded };

enum class ChunkState : std::uint8_t {
    NeedMore, // everything was taken; nothing to hand on
    Data,
    Complete, // the message ended; what is left of the input is not of it
    Bad,
};

struct ChunkStep {
    ChunkState state = ChunkState::NeedMore;
    std::size_t consumed = 0; // take these off the front of the input, whatever the state
    std::string_view data; // Data: a piece of the body, in place in the input
    ParseFault fault; // Bad
};

// Takes the chunked coding off a body, in place and strictly: no extensions, no spaces, CRLF only;
// trailers are checked, bounded and thrown away. Lives on: core; owned by the connection, one for
// each message. Bad is final: close the connection, forward nothing more.
//   for (;;) { const auto step = decoder.next(input, now); input.remove_prefix(step.consumed); ...
//   }
class ChunkDecoder {
public:
    explicit ChunkDecoder(ChunkSizes sizes = ChunkSizes::Any)
        : sizes_(sizes)
    {
    }

    // `now` matters to Guarded only: limits::kChunksPerSecond, of limits::kChunkAverageBytes.
    ChunkStep next(std::string_view input, base::Monotonic now = {});

    bool isComplete() const { return phase_ == Phase::Complete; }
    // Data bytes handed on so far.
    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t chunks() const { return chunks_; }

private:
    enum class Phase : std::uint8_t {
        Size,
        SizeLf,
        Data,
        DataCr,
        DataLf,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerLf,
        EndLf,
        Complete,
        Bad,
    };
    ChunkStep fail(std::size_t consumed, std::string_view message);
    bool takeSizeByte(unsigned char byte, base::Monotonic now);
    bool takeTrailerByte(unsigned char byte);
    bool allowChunk(base::Monotonic now);

    ChunkSizes sizes_;
    Phase phase_ = Phase::Size;
    std::uint8_t digits_ = 0;
    std::uint16_t trailerBytes_ = 0;
    std::uint64_t left_ = 0; // of the chunk being read
    std::uint64_t bytes_ = 0;
    std::uint64_t chunks_ = 0;
    std::string_view refusal_;
    base::Monotonic windowStart_{}; // of the second that is judged
    std::uint64_t windowChunks_ = 0;
    std::uint64_t windowBytes_ = 0;
};

} // namespace signalbox::http
