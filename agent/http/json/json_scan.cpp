// SPDX-License-Identifier: Apache-2.0
#include "agent/http/json/json_scan.h"

#include "agent/http/json/byte_scan.h"
#include "shared/base/limits.h"

#include <charconv>

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

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHex(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
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

bool JsonScan::string(JsonText& text)
{
    if (!take('"'))
        return fail();
    const char* start = at_;
    text.hasEscapes = false;
    for (;;) {
        at_ = findStringStop(at_, end_, isAscii_);
        if (at_ == end_)
            return fail();
        if (*at_ == '"') {
            text.raw = {start, static_cast<std::size_t>(at_ - start)};
            ++at_;
            return true;
        }
        if (*at_ != '\\' || !escape())
            return fail();
        text.hasEscapes = true;
    }
}

// At a backslash.
bool JsonScan::escape()
{
    constexpr std::string_view kKinds = "\"\\/bfnrtu";
    if (end_ - at_ < 2 || kKinds.find(at_[1]) == std::string_view::npos)
        return false;
    const bool isUnicode = at_[1] == 'u';
    at_ += 2;
    if (!isUnicode)
        return true;
    for (int i = 0; i < 4; ++i, ++at_) {
        if (at_ == end_ || !isHex(*at_))
            return false;
    }
    return true;
}

bool JsonScan::integer(std::int64_t& value)
{
    value = -1;
    const char first = peek();
    if (first != '-' && !isDigit(first))
        return skip();
    const char* start = at_;
    if (!scalar())
        return false;
    std::int64_t read = 0;
    const auto [end, failure] = std::from_chars(start, at_, read);
    if (failure == std::errc{} && end == at_)
        value = read;
    return true;
}

bool JsonScan::word()
{
    for (const std::string_view literal : {"null", "true", "false"}) {
        if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(literal)) {
            at_ += literal.size();
            return true;
        }
    }
    return fail();
}

bool JsonScan::number()
{
    const auto digits = [this] {
        const char* start = at_;
        while (at_ != end_ && isDigit(*at_))
            ++at_;
        return at_ != start;
    };
    const auto takes = [this](char a, char b) {
        if (at_ == end_ || (*at_ != a && *at_ != b))
            return false;
        ++at_;
        return true;
    };
    (void)takes('-', '-');
    if (!takes('0', '0') && !digits())
        return fail();
    if (takes('.', '.') && !digits())
        return fail();
    if (takes('e', 'E')) {
        (void)takes('+', '-');
        if (!digits())
            return fail();
    }
    return true;
}

// A number or a literal; whatever follows it must end it.
bool JsonScan::scalar()
{
    if (at_ == end_)
        return fail();
    if (!(*at_ == '-' || isDigit(*at_) ? number() : word()))
        return false;
    const bool ends = at_ == end_ || *at_ == ',' || *at_ == '}' || *at_ == ']' || *at_ == ' '
        || *at_ == '\n' || *at_ == '\r' || *at_ == '\t';
    return ends || fail();
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
            if (depth == limits::kJsonScanDepth)
                return fail();
            ++at_;
            arrays = c == '[' ? arrays | 1ULL << depth : arrays & ~(1ULL << depth);
            if (!take(c == '[' ? ']' : '}')) {
                ++depth;
                if (c == '{' && !key(ignored))
                    return false;
                continue;
            }
        } else if (!(c == '"' ? string(ignored) : scalar())) {
            return false;
        }
        // A value has ended: close what closes, or go on after a comma.
        for (;;) {
            if (depth == 0)
                return true;
            const bool isArray = (arrays >> (depth - 1) & 1U) != 0;
            if (take(',')) {
                if (!isArray && !key(ignored))
                    return false;
                break;
            }
            if (!take(isArray ? ']' : '}'))
                return fail();
            --depth;
        }
    }
}

bool JsonScan::raw(std::string_view& value)
{
    const char* start = position();
    if (!skip())
        return false;
    value = {start, static_cast<std::size_t>(at_ - start)};
    return true;
}

bool JsonScan::nextKey(bool& first, JsonText& text)
{
    if (failed_)
        return false;
    if (first) {
        first = false;
        if (!take('{'))
            return fail();
        return take('}') ? false : key(text);
    }
    if (take(','))
        return key(text);
    return take('}') ? false : fail();
}

bool JsonScan::nextItem(bool& first)
{
    if (failed_)
        return false;
    if (first) {
        first = false;
        if (!take('['))
            return fail();
        return !take(']');
    }
    if (take(','))
        return true;
    return take(']') ? false : fail();
}

} // namespace signalbox::http
