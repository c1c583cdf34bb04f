// SPDX-License-Identifier: Apache-2.0
#include "agent/http/h1_writer.h"

#include "agent/http/byte_classes.h"
#include "agent/http/json/byte_scan.h"

namespace signalbox::http {

namespace {

// In a path: what needs no escape. "?" would start a query, "%" an escape.
bool isPlainInPath(char c)
{
    return isByte(c, kTargetByte) && c != '%' && c != '?';
}

class Decimal {
public:
    explicit Decimal(std::uint64_t value)
        : end_(std::to_chars(text_.data(), text_.data() + text_.size(), value).ptr)
    {
    }
    std::string_view view() const
    {
        return {text_.data(), static_cast<std::size_t>(end_ - text_.data())};
    }

private:
    std::array<char, 20> text_;
    char* end_;
};

bool isValue(std::string_view value)
{
    const char* end = value.data() + value.size();
    return findValueEnd(value.data(), end) == end;
}

} // namespace

void HeadWriter::put(std::string_view text)
{
    if (text.size() > buffer_.size() - size_) {
        refuse();
        return;
    }
    size_ += text.copy(buffer_.data() + size_, text.size());
}

void HeadWriter::putPath(std::string_view path)
{
    constexpr std::string_view kHex = "0123456789ABCDEF";
    while (!path.empty()) {
        std::size_t plain = 0;
        while (plain < path.size() && isPlainInPath(path[plain]))
            ++plain;
        put(path.substr(0, plain));
        path.remove_prefix(plain);
        if (path.empty())
            return;
        const auto byte = static_cast<unsigned char>(path.front());
        const std::array<char, 3> escaped{'%', kHex[byte >> 4], kHex[byte & 15]};
        put({escaped.data(), escaped.size()});
        path.remove_prefix(1);
    }
}

void HeadWriter::request(Method method, std::string_view path, std::string_view query)
{
    put(textOf(method));
    put(" ");
    putPath(path);
    if (!query.empty()) {
        if (!areBytes(query, kTargetByte))
            refuse();
        put("?");
        put(query);
    }
    put(" HTTP/1.1\r\n");
}

void HeadWriter::response(int status)
{
    if (status < 100 || status > 599)
        refuse();
    const std::array<char, 3> digits{static_cast<char>('0' + status / 100 % 10),
                                     static_cast<char>('0' + status / 10 % 10),
                                     static_cast<char>('0' + status % 10)};
    put("HTTP/1.1 ");
    put({digits.data(), digits.size()});
    put(" ");
    put(reasonPhrase(status));
    put("\r\n");
}

void HeadWriter::putField(std::string_view name, std::string_view value)
{
    constexpr std::size_t kMarks = 4; // ": " and CRLF
    const std::size_t bytes = name.size() + value.size() + kMarks;
    if (bytes > buffer_.size() - size_) {
        refuse();
        return;
    }
    char* at = buffer_.data() + size_;
    at += name.copy(at, name.size());
    *at++ = ':';
    *at++ = ' ';
    at += value.copy(at, value.size());
    *at++ = '\r';
    *at = '\n';
    size_ += bytes;
}

void HeadWriter::field(HeaderName name, std::string_view value)
{
    const std::string_view text = textOf(name);
    if (text.empty() || !isValue(value))
        refuse();
    putField(text, value);
}

void HeadWriter::field(std::string_view name, std::string_view value)
{
    if (name.empty() || !areBytes(name, kTokenByte) || !isValue(value))
        refuse();
    putField(name, value);
}

void HeadWriter::field(HeaderName name, std::uint64_t value)
{
    const Decimal digits(value);
    field(name, digits.view());
}

void HeadWriter::field(std::string_view name, std::uint64_t value)
{
    const Decimal digits(value);
    field(name, digits.view());
}

std::string_view HeadWriter::finish()
{
    return finish({});
}

std::string_view HeadWriter::finish(std::string_view body)
{
    put("\r\n");
    put(body);
    return good_ ? std::string_view(buffer_.data(), size_) : std::string_view{};
}

ChunkHead::ChunkHead(std::size_t bytes)
{
    const auto end = std::to_chars(text_.data(), text_.data() + text_.size() - 2, bytes, 16).ptr;
    end[0] = '\r';
    end[1] = '\n';
    size_ = static_cast<std::uint8_t>(end + 2 - text_.data());
}

std::string_view reasonPhrase(int status)
{
    switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 424: return "Failed Dependency";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return status < 400 ? "OK" : "Error";
    }
}

} // namespace signalbox::http
