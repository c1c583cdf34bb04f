// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// Which bytes may stand where in a message head; one table look-up a byte.
namespace signalbox::http {

enum ByteClass : std::uint8_t {
    kTokenByte = 1, // RFC 9110 tchar: methods and field names
    kTargetByte = 2, // visible ASCII but "#"
    kValueByte = 4, // field values: visible, space, tab, and bytes above ASCII
    kDigitByte = 8,
    kHexByte = 16,
    kHostByte = 32, // of a name or an IPv4 address
    kIdByte = 64, // ids that may be shown, logged and sent on
    kCareByte = 128, // in a target: it may end the path, or mean more than itself
};

namespace detail {

consteval std::array<std::uint8_t, 256> makeByteClasses()
{
    constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
    std::array<std::uint8_t, 256> classes{};
    for (int byte = 0; byte < 256; ++byte) {
        const auto c = static_cast<char>(byte);
        const bool isDigit = c >= '0' && c <= '9';
        const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool isHexLetter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        std::uint8_t bits = 0;
        if (isDigit || isLetter || kTokenMarks.find(c) != std::string_view::npos)
            bits |= kTokenByte;
        if (byte > 0x20 && byte < 0x7f && c != '#')
            bits |= kTargetByte;
        if ((byte >= 0x20 && byte != 0x7f) || c == '\t')
            bits |= kValueByte;
        if (isDigit)
            bits |= kDigitByte;
        if (isDigit || isHexLetter)
            bits |= kHexByte;
        if (isDigit || isLetter || c == '.' || c == '-' || c == '_')
            bits |= kHostByte;
        if (isDigit || isLetter || c == '.' || c == '-' || c == ':' || c == '_')
            bits |= kIdByte;
        if (std::string_view("%;.\\?").find(c) != std::string_view::npos)
            bits |= kCareByte;
        classes[static_cast<std::size_t>(byte)] = bits;
    }
    return classes;
}

inline constexpr auto kByteClasses = makeByteClasses();

} // namespace detail

// All classes of one byte, as bits.
inline std::uint8_t classesOf(char c)
{
    return detail::kByteClasses[static_cast<unsigned char>(c)];
}

inline bool isByte(char c, ByteClass wanted)
{
    return (classesOf(c) & wanted) != 0;
}

// Every byte; true for an empty text.
inline bool areBytes(std::string_view text, ByteClass wanted)
{
    for (const char c : text) {
        if (!isByte(c, wanted))
            return false;
    }
    return true;
}

} // namespace signalbox::http
