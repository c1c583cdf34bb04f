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

bool hasPlainSegments(std::string_view path)
{
    if (path == "/")
        return true;
    std::size_t at = 1;
    for (;;) {
        const std::size_t slash = path.find('/', at);
        const std::string_view segment = path.substr(at, slash - at);
        if (segment.empty() || segment == "." || segment == "..")
            return false;
        if (slash == std::string_view::npos)
            return true;
        at = slash + 1;
    }
}

} // namespace

bool decodePath(std::string_view rawPath, std::string& out)
{
    const bool isEscaped = rawPath.find('%') != std::string_view::npos;
    std::string_view path = rawPath;
    if (isEscaped) {
        std::string decoded;
        decoded.reserve(rawPath.size());
        for (std::size_t i = 0; i < rawPath.size(); ++i) {
            if (rawPath[i] != '%') {
                decoded.push_back(rawPath[i]);
                continue;
            }
            if (i + 2 >= rawPath.size() || !areBytes(rawPath.substr(i + 1, 2), kHexByte))
                return false;
            const auto byte = static_cast<char>(hexDigit(rawPath[i + 1]) * 16
                                                + hexDigit(rawPath[i + 2]));
            if (byte == '/')
                return false;
            decoded.push_back(byte);
            i += 2;
        }
        out = std::move(decoded);
        path = out;
    }
    for (const char c : path) {
        if (!isPlainPathByte(static_cast<unsigned char>(c)))
            return false;
    }
    return isValidUtf8(path) && hasPlainSegments(path);
}

} // namespace signalbox::http
