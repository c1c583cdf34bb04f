// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::lab {

using TokenId = std::uint32_t;

// The words of the simulated models: 4,096 of them in several scripts, with JSON's, HTTP's and
// SSE's awkward characters among them, so that every escape and every multi-byte cut is met.
// Text outside the vocabulary is tokenized in pieces of up to three bytes, so every text has ids
// and every id has a text. Lives on: any thread (immutable once made).
class Vocabulary {
public:
    static constexpr TokenId kWords = 4096;
    // Words below this id never occur by chance in an answer or in a generated prompt.
    static constexpr TokenId kReservedWords = 8;
    static constexpr TokenId kOpening = 0; // the first token of every answer

    static const Vocabulary& instance();

    std::string_view word(TokenId id) const { return words_[id]; }

    // Greedy, longest word first; the same text always gives the same ids.
    std::vector<TokenId> tokenize(std::string_view text) const;
    std::size_t count(std::string_view text) const;
    // Empty for an id that no text can have.
    std::string textOf(TokenId id) const;

private:
    Vocabulary();
    void addWord(std::string word);
    TokenId next(std::string_view text, std::size_t& length) const;

    std::vector<std::string> words_;
    struct Bucket {
        std::uint32_t lengths = 0; // bit n: a word of n bytes starts with this byte
        std::vector<std::pair<std::string_view, TokenId>> sorted;
    };
    std::vector<Bucket> byFirstByte_;
};

// A generated prompt of exactly `tokens` vocabulary words; equal seeds give equal texts.
std::string promptText(std::uint64_t seed, std::size_t tokens);

} // namespace signalbox::lab
