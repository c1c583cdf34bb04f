// SPDX-License-Identifier: Apache-2.0
// The chunked coding: whole or in pieces the same data, and what was taken off can be put on again.
#include "agent/http/chunk_decoder.h"
#include "agent/http/h1_writer.h"
#include "tests/support/fuzz_target.h"

#include <string>

namespace {

using namespace signalbox;
using namespace signalbox::http;
using fuzz::require;

struct Decoded {
    ChunkState state = ChunkState::NeedMore;
    std::string data;
    std::size_t consumed = 0;
};

Decoded decode(std::string_view bytes, std::size_t step)
{
    ChunkDecoder decoder;
    Decoded result;
    while (!bytes.empty() && result.state == ChunkState::NeedMore) {
        std::string_view input = bytes.substr(0, step);
        bytes.remove_prefix(input.size());
        ChunkStep taken;
        do {
            taken = decoder.next(input);
            require(taken.consumed <= input.size(), "no more is taken than is there");
            require(taken.state != ChunkState::Data || taken.consumed > 0, "there is progress");
            input.remove_prefix(taken.consumed);
            result.consumed += taken.consumed;
            result.data += taken.data;
        } while (taken.state == ChunkState::Data);
        result.state = taken.state;
    }
    require(decoder.bytes() == result.data.size(), "bytes are counted");
    return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view bytes = fuzz::textOf(data, size - 1);
    const Decoded whole = decode(bytes, bytes.size() + 1);
    const Decoded pieces = decode(bytes, 1 + data[size - 1] % 16);
    require(whole.state == pieces.state, "pieces end like the whole");
    require(whole.data == pieces.data, "pieces give the same data");
    require(whole.consumed == pieces.consumed, "pieces end at the same byte");
    if (whole.state != ChunkState::Complete)
        return 0;
    std::string again;
    if (!whole.data.empty()) {
        again = std::string(ChunkHead(whole.data.size()).view()) + whole.data
            + std::string(kChunkEnd);
    }
    again += kLastChunk;
    const Decoded second = decode(again, again.size());
    require(second.state == ChunkState::Complete && second.data == whole.data,
            "framing round-trips");
    return 0;
}
