// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/text_checker.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::lab {

namespace {

// How far a jump is searched; one token in 4,088 repeats by chance, so nearest first is right.
constexpr std::size_t kJumpTokens = 512;
constexpr std::size_t kShownBytes = 48;

std::string shown(std::string_view text)
{
    std::string line;
    for (const char c : text.substr(0, kShownBytes)) {
        const auto byte = static_cast<unsigned char>(c);
        line += byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
    }
    return line;
}

} // namespace

void TextChecker::feed(std::string_view piece)
{
    while (!piece.empty() && !isWrong()) {
        const std::string_view expected = expected_.token(at_.token).substr(at_.bytes);
        const std::size_t common = std::min(expected.size(), piece.size());
        if (piece.substr(0, common) != expected.substr(0, common)) {
            explain(piece);
            return;
        }
        piece.remove_prefix(common);
        at_.bytes += common;
        if (common == expected.size())
            at_ = Position{at_.token + 1, 0};
    }
}

void TextChecker::explain(std::string_view rest)
{
    const auto startsAt = [&](std::size_t token) {
        const std::string_view word = expected_.token(token);
        const std::size_t common = std::min(word.size(), rest.size());
        return rest.substr(0, common) == word.substr(0, common);
    };
    for (std::size_t jump = 1; jump <= kJumpTokens; ++jump) {
        if (at_.token >= jump && startsAt(at_.token - jump)) {
            fault_ = fmt::format("repeat of {} tokens after token {}", jump, at_.token);
            return;
        }
        if (startsAt(at_.token + jump)) {
            fault_ = fmt::format("gap of {} tokens after token {}", jump, at_.token);
            return;
        }
    }
    fault_ = fmt::format("text of another answer after token {}: expected '{}', got '{}'",
                         at_.token, shown(expected_.token(at_.token)), shown(rest));
}

} // namespace signalbox::lab
