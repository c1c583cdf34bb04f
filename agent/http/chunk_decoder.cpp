// SPDX-License-Identifier: Apache-2.0
#include "agent/http/chunk_decoder.h"

#include "agent/http/byte_classes.h"
#include "shared/base/limits.h"

#include <algorithm>

namespace signalbox::http {

namespace {

constexpr std::uint8_t kSizeDigitsMax = 15; // 60 bits: no sum of chunks can overflow

unsigned hexValue(unsigned char byte)
{
    return byte <= '9' ? byte - '0' : (byte | 0x20U) - 'a' + 10U;
}

} // namespace

ChunkStep ChunkDecoder::fail(std::size_t consumed, std::string_view message)
{
    phase_ = Phase::Bad;
    refusal_ = message;
    ChunkStep step;
    step.state = ChunkState::Bad;
    step.consumed = consumed;
    step.fault = ParseFault{400, "bad_chunk", message};
    return step;
}

ChunkStep ChunkDecoder::next(std::string_view input, base::Monotonic now)
{
    ChunkStep step;
    if (phase_ == Phase::Bad)
        return fail(0, refusal_);
    std::size_t at = 0;
    while (at < input.size() && phase_ != Phase::Complete) {
        if (phase_ == Phase::Data) {
            const auto count = std::min<std::uint64_t>(left_, input.size() - at);
            left_ -= count;
            bytes_ += count;
            windowBytes_ += count;
            if (left_ == 0)
                phase_ = Phase::DataCr;
            step.state = ChunkState::Data;
            step.data = input.substr(at, count);
            step.consumed = at + count;
            return step;
        }
        const auto byte = static_cast<unsigned char>(input[at]);
        const bool isGood
            = phase_ < Phase::TrailerStart ? takeSizeByte(byte, now) : takeTrailerByte(byte);
        if (!isGood)
            return fail(at, refusal_);
        ++at;
    }
    step.state = phase_ == Phase::Complete ? ChunkState::Complete : ChunkState::NeedMore;
    step.consumed = at;
    return step;
}

bool ChunkDecoder::takeSizeByte(unsigned char byte, base::Monotonic now)
{
    refusal_ = "the chunk size is malformed";
    switch (phase_) {
    case Phase::Size:
        if (isByte(static_cast<char>(byte), kHexByte)) {
            left_ = left_ * 16 + hexValue(byte);
            return ++digits_ <= kSizeDigitsMax;
        }
        phase_ = Phase::SizeLf;
        return byte == '\r' && digits_ > 0;
    case Phase::SizeLf:
        if (byte != '\n')
            return false;
        digits_ = 0;
        phase_ = left_ == 0 ? Phase::TrailerStart : Phase::Data;
        if (left_ > 0)
            ++chunks_;
        return left_ == 0 || allowChunk(now);
    case Phase::DataCr:
        refusal_ = "a chunk is longer than its size";
        phase_ = Phase::DataLf;
        return byte == '\r';
    case Phase::DataLf:
        refusal_ = "a chunk does not end with CRLF";
        phase_ = Phase::Size;
        return byte == '\n';
    default: return false;
    }
}

// Trailers are read to find the message's end, checked, and forgotten: nothing a peer sends after
// the head may change what the head said.
bool ChunkDecoder::takeTrailerByte(unsigned char byte)
{
    refusal_ = "a trailer is malformed or too long";
    const char c = static_cast<char>(byte);
    if (++trailerBytes_ > limits::kTrailerBytes)
        return false;
    switch (phase_) {
    case Phase::TrailerStart:
        phase_ = byte == '\r' ? Phase::EndLf : Phase::TrailerName;
        return byte == '\r' || isByte(c, kTokenByte);
    case Phase::TrailerName:
        if (byte == ':')
            phase_ = Phase::TrailerValue;
        return byte == ':' || isByte(c, kTokenByte);
    case Phase::TrailerValue:
        if (byte == '\r')
            phase_ = Phase::TrailerLf;
        return byte == '\r' || isByte(c, kValueByte);
    case Phase::TrailerLf: phase_ = Phase::TrailerStart; return byte == '\n';
    case Phase::EndLf: phase_ = Phase::Complete; return byte == '\n';
    default: return false;
    }
}

bool ChunkDecoder::allowChunk(base::Monotonic now)
{
    if (sizes_ == ChunkSizes::Any)
        return true;
    if (now - windowStart_ >= std::chrono::seconds(1)) {
        windowStart_ = now;
        windowChunks_ = windowBytes_ = 0;
    }
    ++windowChunks_;
    refusal_ = "too many tiny chunks";
    const bool areTiny = windowBytes_ < windowChunks_ * limits::kChunkAverageBytes;
    return windowChunks_ <= limits::kChunksPerSecond || !areTiny;
}

} // namespace signalbox::http
