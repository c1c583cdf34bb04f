// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::lab {

// Reads one HTTP/1.1 response as its bytes arrive: head, then a body by length, by chunks or
// until the connection ends. Written apart from the product's own parser, so that the two
// judge each other. Lives on: one thread. After an error it takes nothing more.
class ResponseParser {
public:
    // Takes what belongs to this response and returns how many bytes that was.
    base::Result<std::size_t> feed(std::string_view bytes);
    // The connection ended. Complete now only where the end is the body's end.
    void endOfInput();

    bool hasHead() const { return state_ != State::Head; }
    bool isComplete() const { return state_ == State::Complete; }
    // May another request follow on the connection?
    bool keepsAlive() const { return keepsAlive_ && bodyKind_ != BodyKind::UntilEnd; }

    int status() const { return status_; }
    // The first field of that name (lower case), or nothing.
    std::string_view header(std::string_view name) const;
    // Body bytes that arrived since the last call.
    std::string takeBody() { return std::exchange(body_, {}); }

    // Ready for the next response on the same connection.
    void reset() { *this = ResponseParser(); }

private:
    enum class State : std::uint8_t {
        Head,
        Body,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        Complete
    };
    enum class BodyKind : std::uint8_t { Length, Chunked, UntilEnd };

    base::Result<std::size_t> takeLine(std::string_view bytes);
    base::Status onLine();
    base::Status onStatusLine();
    base::Status onHeadEnd();
    base::Status onChunkSize();
    std::size_t takeData(std::string_view bytes);

    State state_ = State::Head;
    BodyKind bodyKind_ = BodyKind::UntilEnd;
    bool keepsAlive_ = true;
    int status_ = 0;
    std::uint64_t left_ = 0; // of the body, or of the chunk
    std::size_t headBytes_ = 0;
    std::string line_;
    std::vector<std::pair<std::string, std::string>> headers_;
    std::string body_;
};

} // namespace signalbox::lab
