// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace signalbox::http {

// A JSON string as it stands between its quotes. View into the data that was read.
struct JsonText {
    std::string_view raw;
    bool hasEscapes = false;
    bool empty() const { return raw.empty(); }
    bool operator==(std::string_view plain) const { return !hasEscapes && raw == plain; }
};

// Unescaped; a lone surrogate becomes U+FFFD.
void appendText(std::string& out, JsonText text);

// key == "literal" without a call: the length is known while compiling.
template <std::size_t kSize> bool isName(std::string_view key, const char (&name)[kSize])
{
    return key.size() == kSize - 1 && std::memcmp(key.data(), name, kSize - 1) == 0;
}

// Walks one JSON text without building anything. Each call takes one thing off the front; false
// means that it is not there or not JSON, and failed() stays true from then on where it is not.
// Strict as simdjson is, but for two things that readers of answers live with: a lone surrogate
// escape, and a number too large for a double. UTF-8 is left to the caller, see isAscii().
// Lives on: any thread; a local of the function that reads.
class JsonScan {
public:
    explicit JsonScan(std::string_view text)
        : at_(text.data())
        , end_(text.data() + text.size())
    {
    }

    bool failed() const { return failed_; }
    // False where strings held bytes above ASCII: then the text is JSON only if it is valid UTF-8.
    bool isAscii() const { return isAscii_; }
    // Where the next thing stands in the text that was given.
    const char* position()
    {
        skipSpace();
        return at_;
    }
    // The byte that the next thing starts with; NUL at the end.
    char peek()
    {
        skipSpace();
        return at_ == end_ ? '\0' : *at_;
    }
    bool take(char mark) // takes it where it stands; never fails
    {
        if (peek() != mark || at_ == end_)
            return false;
        ++at_;
        return true;
    }
    bool string(JsonText& text);
    bool integer(std::int64_t& value); // any other number: -1
    bool skip(); // any value, at most limits::kJsonScanDepth deep
    // skip() of one value; `value` is its text.
    bool raw(std::string_view& value);
    bool atEnd()
    {
        skipSpace();
        return at_ == end_ && !failed_;
    }

    // for (first = true; scan.nextKey(first, key);) { read or skip the value }
    bool nextKey(bool& first, JsonText& key);
    // The same for the items of an array.
    bool nextItem(bool& first);

private:
    bool fail()
    {
        failed_ = true;
        at_ = end_;
        return false;
    }
    void skipSpace()
    {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'))
            ++at_;
    }
    bool key(JsonText& text) { return string(text) && (take(':') || fail()); }
    bool escape();
    bool word();
    bool number();
    bool scalar();

    const char* at_;
    const char* end_;
    bool failed_ = false;
    bool isAscii_ = true;
};

} // namespace signalbox::http
