// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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

// Walks one JSON text without building anything. Each call takes one thing off the front; false
// means that it is not there or not JSON, and failed() stays true from then on where it is not.
// Numbers and literals are checked for their bytes only: what is walked here is relayed, not used.
// Lives on: any thread; a local of the function that reads.
class JsonScan {
public:
    explicit JsonScan(std::string_view text) : rest_(text) {}

    bool failed() const { return failed_; }
    // Where the next thing stands in the text that was given.
    std::string_view rest()
    {
        skipSpace();
        return rest_;
    }
    char peek();
    bool take(char mark); // takes it where it stands; never fails
    bool string(JsonText& text);
    bool integer(std::int64_t& value); // a number that is none skips it and gives -1
    bool skip(); // any value, at most limits::kJsonDepth deep
    bool atEnd();

    // for (first = true; scan.nextKey(first, key);) { read or skip the value }
    bool nextKey(bool& first, JsonText& key);
    // The same for the items of an array.
    bool nextItem(bool& first);

private:
    bool fail()
    {
        failed_ = true;
        rest_ = {};
        return false;
    }
    void skipSpace();
    bool skipScalar();

    std::string_view rest_;
    bool failed_ = false;
};

} // namespace signalbox::http
