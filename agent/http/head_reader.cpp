// SPDX-License-Identifier: Apache-2.0
#include "agent/http/head_reader.h"

#include "agent/http/byte_classes.h"
#include "shared/base/limits.h"

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

// One plain decimal number without sign, space or leading zero.
FramingFault parseLength(std::string_view text, std::uint64_t& length)
{
    const bool isPlain = !text.empty() && areBytes(text, kDigitByte)
        && (text.size() == 1 || text.front() != '0');
    if (!isPlain)
        return FramingFault::BadLength;
    constexpr std::size_t kDigitsAlwaysFit = 18;
    if (text.size() > kDigitsAlwaysFit)
        return text.size() > 20 ? FramingFault::BadLength : FramingFault::TooLong;
    length = 0;
    for (const char c : text)
        length = length * 10 + static_cast<std::uint64_t>(c - '0');
    return FramingFault::None;
}

Framing framingFault(FramingFault fault)
{
    Framing framing;
    framing.fault = fault;
    return framing;
}

} // namespace

bool HeadReader::findEnd()
{
    if (buffer_.empty())
        return false;
    if (!isByte(buffer_.front(), kTokenByte))
        return fail(HeadFault::BadStart);
    while (scanner_.searched_ < buffer_.size()) {
        const char* from = buffer_.data() + scanner_.searched_;
        const auto* found
            = static_cast<const char*>(std::memchr(from, '\n', buffer_.size() - scanner_.searched_));
        if (found == nullptr)
            break;
        const auto at = static_cast<std::uint32_t>(found - buffer_.data());
        if (at == scanner_.line_ || buffer_[at - 1] != '\r')
            return fail(HeadFault::BareLineFeed);
        const bool isEmptyLine = at - 1 == scanner_.line_;
        scanner_.line_ = scanner_.searched_ = at + 1;
        if (isEmptyLine) {
            length_ = at + 1;
            return length_ <= bytesMax_ ? true : fail(HeadFault::TooLarge);
        }
        scanner_.hasFirstLine_ = true;
    }
    scanner_.searched_ = static_cast<std::uint32_t>(buffer_.size());
    if (!scanner_.hasFirstLine_ && buffer_.size() > limits::kRequestLineBytes)
        return fail(HeadFault::LineTooLong);
    return buffer_.size() > bytesMax_ ? fail(HeadFault::TooLarge) : false;
}

bool HeadReader::readFields(HeaderMap& headers)
{
    headers.clear(buffer_.data());
    const std::size_t firstLine = buffer_.find("\r\n");
    if (firstLine > limits::kRequestLineBytes)
        return fail(HeadFault::LineTooLong);
    std::size_t at = firstLine + 2;
    while (at + 2 < length_) {
        const std::size_t end = buffer_.find("\r\n", at);
        if (!readField(buffer_.substr(at, end - at), headers))
            return false;
        at = end + 2;
    }
    return true;
}

bool HeadReader::readField(std::string_view line, HeaderMap& headers)
{
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos)
        return fail(HeadFault::BadField);
    const std::string_view name = line.substr(0, colon);
    if (!areBytes(name, kTokenByte))
        return fail(HeadFault::BadField); // also folding and a space before the colon
    if (name.size() > limits::kHeaderNameBytes)
        return fail(HeadFault::TooLarge);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!areBytes(value, kValueByte))
        return fail(HeadFault::BadField);
    const HeaderName id = headerNameOf(name);
    if (id == HeaderName::Dropped && isSensitiveTwin(name))
        return fail(HeadFault::Twin);
    return headers.add(name, value, id) ? true : fail(HeadFault::TooManyFields);
}

std::string_view textOf(FramingFault fault)
{
    switch (fault) {
    case FramingFault::None: return "";
    case FramingFault::BadLength: return "Content-Length is not one plain number";
    case FramingFault::TooLong: return "Content-Length is too large";
    case FramingFault::BadCoding: return "Transfer-Encoding is not exactly chunked";
    case FramingFault::Both: return "Content-Length and Transfer-Encoding were both sent";
    }
    return "";
}

Framing readFraming(const HeaderMap& headers, bool isHttp10)
{
    const std::size_t lengths = headers.count(HeaderName::ContentLength);
    const std::size_t codings = headers.count(HeaderName::TransferEncoding);
    if (lengths > 0 && codings > 0)
        return framingFault(FramingFault::Both);
    Framing framing;
    framing.isGiven = lengths + codings > 0;
    if (codings > 0) {
        const bool isChunked
            = equalsIgnoringCase(headers.getSingle(HeaderName::TransferEncoding), "chunked");
        if (!isChunked || isHttp10)
            return framingFault(FramingFault::BadCoding);
        framing.body.kind = BodyKind::Chunked;
        return framing;
    }
    if (lengths > 1)
        return framingFault(FramingFault::BadLength);
    if (lengths == 1) {
        const FramingFault fault
            = parseLength(headers.get(HeaderName::ContentLength), framing.body.length);
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
            else if (isSensitive(headerNameOf(word)))
                wishes.isBad = true;
            else
                headers.drop(word);
        }
    }
    return wishes;
}

} // namespace signalbox::http
