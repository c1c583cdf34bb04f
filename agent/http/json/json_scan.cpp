// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/json_scan.h"

#include "shared/base/limits.h"

#include <charconv>
#include <cstring>

namespace signalbox::http {

namespace {

// -1 where the four bytes are no hex number.
int hexQuad(std::string_view text)
{
    unsigned value = 0;
    if (text.size() < 4)
        return -1;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + 4, value, 16);
    return failure == std::errc{} && end == text.data() + 4 ? static_cast<int>(value) : -1;
}

void appendCodePoint(std::string& out, std::uint32_t point)
{
    if (point < 0x80) {
        out.push_back(static_cast<char>(point));
    } else if (point < 0x800) {
        out.push_back(static_cast<char>(0xC0 | point >> 6));
        out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
    } else if (point < 0x10000) {
        out.push_back(static_cast<char>(0xE0 | point >> 12));
        out.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3F)));
        out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
    } else {
        out.push_back(static_cast<char>(0xF0 | point >> 18));
        out.push_back(static_cast<char>(0x80 | (point >> 12 & 0x3F)));
        out.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3F)));
        out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
    }
}

// After "\u": appends the character and gives the bytes it took.
std::size_t appendUnicode(std::string& out, std::string_view text)
{
    constexpr std::uint32_t kReplacement = 0xFFFD;
    const int high = hexQuad(text);
    if (high < 0) {
        appendCodePoint(out, kReplacement);
        return 0;
    }
    if (high < 0xD800 || high > 0xDFFF) {
        appendCodePoint(out, static_cast<std::uint32_t>(high));
        return 4;
    }
    const int low = text.substr(4, 2) == "\\u" ? hexQuad(text.substr(6)) : -1;
    if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF) {
        appendCodePoint(out, kReplacement);
        return 4;
    }
    appendCodePoint(out, 0x10000U + ((high - 0xD800U) << 10U) + (low - 0xDC00U));
    return 10;
}

char plainEscape(char c)
{
    switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    default: return c;
    }
}

bool isScalarByte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.'
        || c == 'E';
}

} // namespace

void appendText(std::string& out, JsonText text)
{
    std::string_view rest = text.raw;
    while (!rest.empty()) {
        const std::size_t slash = rest.find('\\');
        out.append(rest.substr(0, slash));
        if (slash == std::string_view::npos || slash + 1 >= rest.size())
            return;
        const char kind = rest[slash + 1];
        rest.remove_prefix(slash + 2);
        if (kind == 'u')
            rest.remove_prefix(appendUnicode(out, rest));
        else
            out.push_back(plainEscape(kind));
    }
}

void JsonScan::skipSpace()
{
    while (!rest_.empty()
           && (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\r'
               || rest_.front() == '\t'))
        rest_.remove_prefix(1);
}

char JsonScan::peek()
{
    skipSpace();
    return rest_.empty() ? '\0' : rest_.front();
}

bool JsonScan::take(char mark)
{
    if (peek() != mark || rest_.empty())
        return false;
    rest_.remove_prefix(1);
    return true;
}

bool JsonScan::string(JsonText& text)
{
    if (!take('"'))
        return fail();
    std::size_t at = 0;
    text.hasEscapes = false;
    for (;;) {
        const auto* quote = rest_.size() > at
            ? static_cast<const char*>(std::memchr(rest_.data() + at, '"', rest_.size() - at))
            : nullptr;
        if (quote == nullptr)
            return fail();
        const auto end = static_cast<std::size_t>(quote - rest_.data());
        std::size_t slashes = 0;
        while (slashes < end && rest_[end - 1 - slashes] == '\\')
            ++slashes;
        if (slashes % 2 == 0) {
            text.raw = rest_.substr(0, end);
            text.hasEscapes = std::memchr(text.raw.data(), '\\', end) != nullptr;
            rest_.remove_prefix(end + 1);
            return true;
        }
        at = end + 1;
    }
}

bool JsonScan::integer(std::int64_t& value)
{
    skipSpace();
    value = -1;
    std::int64_t read = 0;
    const auto [end, failure] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), read);
    const auto length = static_cast<std::size_t>(end - rest_.data());
    const bool isWhole = failure == std::errc{}
        && (length == rest_.size() || !isScalarByte(rest_[length]));
    if (!isWhole)
        return skip();
    value = read;
    rest_.remove_prefix(length);
    return true;
}

bool JsonScan::skipScalar()
{
    std::size_t length = 0;
    while (length < rest_.size() && isScalarByte(rest_[length]))
        ++length;
    const std::string_view word = rest_.substr(0, length);
    const bool isNumber = length > 0
        && (word.front() == '-' || (word.front() >= '0' && word.front() <= '9'));
    if (!isNumber && word != "true" && word != "false" && word != "null")
        return fail();
    rest_.remove_prefix(length);
    return true;
}

bool JsonScan::skip()
{
    // Bit d: the open bracket at depth d is an array's.
    std::uint64_t arrays = 0;
    std::size_t depth = 0;
    JsonText ignored;
    for (;;) {
        const char c = peek();
        if (c == '{' || c == '[') {
            if (depth + 1 >= limits::kJsonDepth)
                return fail();
            rest_.remove_prefix(1);
            arrays = c == '[' ? arrays | 1ULL << depth : arrays & ~(1ULL << depth);
            ++depth;
            if (c == '[' ? !take(']') : !take('}')) {
                if (c == '{' && !(string(ignored) && (take(':') || fail())))
                    return false;
                continue;
            }
            --depth;
        } else if (!(c == '"' ? string(ignored) : skipScalar())) {
            return false;
        }
        // A value has ended: close what closes, or go on after a comma.
        for (;;) {
            if (depth == 0)
                return true;
            const bool isArray = (arrays >> (depth - 1) & 1U) != 0;
            if (take(isArray ? ']' : '}')) {
                --depth;
                continue;
            }
            if (!take(','))
                return fail();
            if (!isArray && !(string(ignored) && (take(':') || fail())))
                return false;
            break;
        }
    }
}

bool JsonScan::atEnd()
{
    skipSpace();
    return rest_.empty() && !failed_;
}

bool JsonScan::nextKey(bool& first, JsonText& key)
{
    if (failed_)
        return false;
    const bool opens = first;
    if (opens && !take('{'))
        return fail();
    first = false;
    if (take('}'))
        return false;
    if (!opens && !take(','))
        return fail();
    return string(key) && (take(':') || fail());
}

bool JsonScan::nextItem(bool& first)
{
    if (failed_)
        return false;
    const bool opens = first;
    if (opens && !take('['))
        return fail();
    first = false;
    if (take(']'))
        return false;
    if (!opens && !take(','))
        return fail();
    return peek() != '\0' || fail();
}

} // namespace signalbox::http
