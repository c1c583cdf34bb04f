// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/kit/keyed_text.h"

#include <string>
#include <string_view>

namespace signalbox::lab {

// Compares an answer with the keyed text as it arrives, in pieces cut anywhere.
// Lives on: one thread. After the first difference it stays wrong, and says what happened:
// a gap, a repeat, or text that is not of this answer at all.
class TextChecker {
public:
    explicit TextChecker(const KeyedText& expected) : expected_(expected) {}

    void feed(std::string_view piece);

    bool isWrong() const { return !fault_.empty(); }
    // "gap of 2 tokens after token 17"; empty while every byte was right.
    const std::string& fault() const { return fault_; }
    // What was right so far.
    Position position() const { return at_; }

private:
    void explain(std::string_view rest);

    KeyedText expected_;
    Position at_;
    std::string fault_;
};

} // namespace signalbox::lab
