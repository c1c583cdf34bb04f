// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/h1_parser.h"

#include <cstdint>
#include <string_view>

namespace signalbox::http {

enum class HeadFault : std::uint8_t {
    None, // with findEnd() false: more bytes are needed
    LineTooLong,
    TooLarge,
    TooManyFields,
    BareLineFeed,
    BadStart,
    BadField,
    Twin,
};

// What requests and answers have in common: lines that end with CRLF, then fields, then an empty
// line. Lives on: core; a local of the parse functions. No allocation.
class HeadReader {
public:
    HeadReader(std::string_view buffer, HeadScanner& scanner, std::size_t bytesMax)
        : buffer_(buffer), scanner_(scanner), bytesMax_(bytesMax)
    {
    }

    // True once the empty line is there. False: see fault().
    bool findEnd();
    HeadFault fault() const { return fault_; }
    std::size_t length() const { return length_; }
    std::string_view firstLine() const { return buffer_.substr(0, buffer_.find('\r')); }
    bool readFields(HeaderMap& headers);

private:
    bool fail(HeadFault fault)
    {
        fault_ = fault;
        return false;
    }
    bool readField(std::string_view line, HeaderMap& headers);

    std::string_view buffer_;
    HeadScanner& scanner_;
    std::size_t bytesMax_;
    std::size_t length_ = 0;
    HeadFault fault_ = HeadFault::None;
};

enum class FramingFault : std::uint8_t { None, BadLength, TooLong, BadCoding, Both };
std::string_view textOf(FramingFault fault);

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
