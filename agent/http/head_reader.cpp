// SPDX-License-Identifier: Apache-2.0
#include "agent/http/head_reader.h"

#include "agent/http/byte_classes.h"
#include "agent/http/json/byte_scan.h"
#include "shared/base/limits.h"

#include <charconv>
#include <cstring>

namespace signalbox::http {

namespace {

std::string_view trimmed(std::string_view value)
{
    const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
    while (!value.empty() && isBlank(value.front()))
        value.remove_prefix(1);
    while (!value.empty() && isBlank(value.back()))
        value.remove_suffix(1);
    return value;
}

// One plain decimal number without sign, space or leading zero, below 2^64; those that no body can
// have are TooLong.
FramingFault parseLength(std::string_view text, std::uint64_t& length)
{
    constexpr std::uint64_t kLengthMax = std::uint64_t{1} << 62U;
    const bool isPlain
        = !text.empty() && areBytes(text, kDigitByte) && (text.size() == 1 || text.front() != '0');
    if (!isPlain)
        return FramingFault::BadLength;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (failure != std::errc{})
        return FramingFault::BadLength;
    return length > kLengthMax ? FramingFault::TooLong : FramingFault::None;
}

Framing framingFault(FramingFault fault)
{
    Framing framing;
    framing.fault = fault;
    return framing;
}

// A word of Connection; headerNameOf() wants no control bytes.
HeaderName wordName(std::string_view word)
{
    return areBytes(word, kTokenByte) ? headerNameOf(word) : HeaderName::NoToken;
}

} // namespace

bool HeadReader::needMore()
{
    const auto size = static_cast<std::size_t>(end_ - base_);
    scanner_.searched_ = static_cast<std::uint32_t>(size);
    if (!scanner_.hasFirstLine_ && size > limits::kRequestLineBytes)
        return fail(HeadFault::LineTooLong);
    return size > bytesMax_ ? fail(HeadFault::TooLarge) : false;
}

// Whether the line that was cut off before may be complete now; only its new bytes are looked at.
bool HeadReader::mayHoldLine()
{
    const char* searched = base_ + scanner_.searched_;
    return searched <= at_
        || (searched < end_
            && std::memchr(searched, '\n', static_cast<std::size_t>(end_ - searched)) != nullptr);
}

// `at` is where the line's CR must be. The line has been taken when both bytes are there.
inline bool HeadReader::takeLineEnd(const char* at)
{
    if (at == end_)
        return needMore();
    if (*at != '\r')
        return fail(*at == '\n' ? HeadFault::BadLineEnd : HeadFault::BadField);
    if (at + 1 == end_)
        return needMore();
    if (at[1] != '\n')
        return fail(HeadFault::BadLineEnd);
    at_ = at + 2;
    scanner_.line_ = scanner_.searched_ = static_cast<std::uint32_t>(at_ - base_);
    return true;
}

bool HeadReader::takeFirstLine(std::string_view& line)
{
    if (at_ == end_)
        return needMore();
    if (!isByte(*at_, kTokenByte))
        return fail(HeadFault::BadStart);
    if (!mayHoldLine())
        return needMore();
    const char* start = at_;
    const char* lineEnd = findValueEnd(start, end_);
    if (!takeLineEnd(lineEnd))
        return false;
    line = {start, static_cast<std::size_t>(lineEnd - start)};
    scanner_.hasFirstLine_ = true;
    return line.size() <= limits::kRequestLineBytes ? true : fail(HeadFault::LineTooLong);
}

bool HeadReader::takeFields(HeaderMap& headers)
{
    if (!mayHoldLine())
        return needMore();
    while (at_ != end_) {
        if (static_cast<std::size_t>(at_ - base_) >= bytesMax_)
            return fail(HeadFault::TooLarge);
        if (*at_ == '\r') {
            return takeLineEnd(at_) && (length() <= bytesMax_ ? true : fail(HeadFault::TooLarge));
        }
        if (!takeField(headers))
            return false;
    }
    return needMore();
}

bool HeadReader::takeField(HeaderMap& headers)
{
    const char* start = at_;
    const char* colon = findNameEnd(start, end_);
    if (colon == end_)
        return needMore();
    if (*colon != ':' || colon == start)
        return fail(HeadFault::BadField); // also folding, and a space in front of the colon
    const std::string_view name(start, static_cast<std::size_t>(colon - start));
    const HeaderName id = headerNameOf(name);
    if (id == HeaderName::NoToken)
        return fail(HeadFault::BadField);
    if (name.size() > limits::kHeaderNameBytes)
        return fail(HeadFault::TooLarge);
    const char* value = colon + 1;
    while (value != end_ && (*value == ' ' || *value == '\t'))
        ++value;
    const char* lineEnd = findValueEnd(value, end_);
    if (!takeLineEnd(lineEnd))
        return false;
    if (static_cast<std::size_t>(lineEnd - base_) > bytesMax_)
        return fail(HeadFault::TooLarge);
    while (lineEnd != value && (lineEnd[-1] == ' ' || lineEnd[-1] == '\t'))
        --lineEnd;
    if (id == HeaderName::Dropped && isSensitiveTwin(name))
        return fail(HeadFault::Twin);
    return headers.add(name, {value, static_cast<std::size_t>(lineEnd - value)}, id)
        ? true
        : fail(HeadFault::TooManyFields);
}

Framing readFraming(const HeaderMap& headers, bool isHttp10)
{
    const bool hasLength = headers.has(HeaderName::ContentLength);
    const bool hasCoding = headers.has(HeaderName::TransferEncoding);
    if (hasLength && hasCoding)
        return framingFault(FramingFault::Both);
    Framing framing;
    framing.isGiven = hasLength || hasCoding;
    if (hasCoding) {
        const bool isChunked
            = equalsIgnoringCase(headers.getSingle(HeaderName::TransferEncoding), "chunked");
        if (!isChunked || isHttp10)
            return framingFault(FramingFault::BadCoding);
        framing.body.kind = BodyKind::Chunked;
    }
    if (hasLength) {
        const FramingFault fault
            = parseLength(headers.getSingle(HeaderName::ContentLength), framing.body.length);
        if (fault != FramingFault::None)
            return framingFault(fault);
        if (framing.body.length > 0)
            framing.body.kind = BodyKind::Length;
    }
    return framing;
}

ConnectionWishes readConnection(HeaderMap& headers)
{
    ConnectionWishes wishes;
    if (!headers.has(HeaderName::Connection))
        return wishes;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (headers[i].id != HeaderName::Connection)
            continue;
        std::string_view rest = headers[i].value;
        while (!rest.empty()) {
            const std::size_t comma = rest.find(',');
            const std::string_view word = trimmed(rest.substr(0, comma));
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
            if (word.empty())
                continue;
            if (equalsIgnoringCase(word, "close"))
                wishes.close = true;
            else if (equalsIgnoringCase(word, "keep-alive"))
                wishes.keepAlive = true;
            else if (equalsIgnoringCase(word, "upgrade"))
                wishes.upgrade = true;
            else if (const HeaderName name = wordName(word);
                     name == HeaderName::NoToken || isSensitive(name))
                wishes.isBad = true;
            else
                headers.drop(word);
        }
    }
    return wishes;
}

} // namespace signalbox::http
