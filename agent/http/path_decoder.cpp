// SPDX-License-Identifier: Apache-2.0
#include "agent/http/byte_classes.h"
#include "agent/http/h1_parser.h"
#include "agent/http/json/utf8.h"

namespace signalbox::http {

namespace {

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return (c | 0x20) - 'a' + 10;
}

// What no server reads in two ways may stay: no second escape, no separator in disguise.
bool isPlainPathByte(unsigned char c)
{
    return c > 0x20 && c != 0x7f && c != '%' && c != '\\' && c != ';';
}

bool hasDotSegment(std::string_view path)
{
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view segment = path.substr(0, slash);
        if (segment == "." || segment == "..")
            return true;
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    return false;
}

// The byte of the escape at the front; -1 where it is none.
int escapedByte(std::string_view text)
{
    const bool isEscape = text.size() >= 3 && areBytes(text.substr(1, 2), kHexByte);
    return isEscape ? hexDigit(text[1]) * 16 + hexDigit(text[2]) : -1;
}

} // namespace

bool decodePath(std::string_view rawPath, std::string& out)
{
    out.clear();
    if (rawPath.find('%') != std::string_view::npos) {
        out.reserve(rawPath.size());
        for (std::size_t i = 0; i < rawPath.size(); ++i) {
            const bool isEscape = rawPath[i] == '%';
            const int byte = isEscape ? escapedByte(rawPath.substr(i)) : rawPath[i];
            // An encoded slash is a separator to some and a letter to others.
            if (byte < 0 || (isEscape && byte == '/'))
                return false;
            out.push_back(static_cast<char>(byte));
            i += isEscape ? 2 : 0;
        }
    }
    const std::string_view path = out.empty() ? rawPath : out;
    for (const char c : path) {
        if (!isPlainPathByte(static_cast<unsigned char>(c)))
            return false;
    }
    return isValidUtf8(path) && !hasDotSegment(path);
}

bool isPlainQuery(std::string_view query)
{
    for (std::size_t at = query.find('%'); at != std::string_view::npos;
         at = query.find('%', at + 3)) {
        const int byte = escapedByte(query.substr(at));
        if (byte < 0x20 || byte == 0x7f)
            return false;
    }
    return true;
}

} // namespace signalbox::http
