// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/h1_parser.h"

#include <cstdint>
#include <string_view>

namespace signalbox::http {

enum class HeadFault : std::uint8_t {
    None, // more bytes are needed
    LineTooLong,
    TooLarge,
    TooManyFields,
    BadLineEnd,
    BadStart,
    BadField,
    Twin,
};

// What requests and answers have in common: a first line, then fields, each line ended by CRLF,
// then an empty line. One pass: each byte is looked at where it stands, and where the bytes run out
// the scanner remembers the last whole line. Lives on: core; a local of the parse functions.
class HeadReader {
public:
    HeadReader(std::string_view buffer, HeadScanner& scanner, std::size_t bytesMax)
        : base_(buffer.data())
        , at_(buffer.data() + scanner.line_)
        , end_(buffer.data() + buffer.size())
        , scanner_(scanner)
        , bytesMax_(bytesMax)
    {
    }

    bool needsFirstLine() const { return !scanner_.hasFirstLine_; }
    // The first line without its end. False: see fault().
    bool takeFirstLine(std::string_view& line);
    // True once the empty line is there and every field in front of it is in `headers`.
    bool takeFields(HeaderMap& headers);
    // Of the whole head, when takeFields() was true.
    std::size_t length() const { return static_cast<std::size_t>(at_ - base_); }
    HeadFault fault() const { return fault_; }

private:
    bool fail(HeadFault fault)
    {
        fault_ = fault;
        return false;
    }
    bool mayHoldLine();
    bool needMore();
    bool takeField(HeaderMap& headers);
    bool takeLineEnd(const char* at);

    const char* base_;
    const char* at_; // start of the first line that was not taken
    const char* end_;
    HeadScanner& scanner_;
    std::size_t bytesMax_;
    HeadFault fault_ = HeadFault::None;
};

enum class FramingFault : std::uint8_t { None, BadLength, TooLong, BadCoding, Both };

struct Framing {
    FramingFault fault = FramingFault::None;
    bool isGiven = false; // a length or a coding was there, if only "0"
    BodyFraming body;
};

// Content-Length and Transfer-Encoding, with no lenience: one plain number, or exactly "chunked" on
// HTTP/1.1, never both.
Framing readFraming(const HeaderMap& headers, bool isHttp10);

struct ConnectionWishes {
    bool isBad = false; // it names a field that decides who asks or where the message ends
    bool close = false;
    bool keepAlive = false;
    bool upgrade = false;
};

// Marks every field that Connection names as Dropped.
ConnectionWishes readConnection(HeaderMap& headers);

} // namespace signalbox::http
