// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/vocabulary.h"

#include "tests/lab/kit/hash.h"

#include <algorithm>
#include <array>
#include <bit>

namespace signalbox::lab {

namespace {

constexpr std::size_t kPieceBytes = 3;
constexpr unsigned kPieceShift = 24; // an id of a piece: its length, then its bytes

constexpr std::array kReserved = {
    "⟦sim⟧", "<|im_start|>", "<|im_end|>\n", "system\n", "user\n", "assistant\n", "tool\n", "⟦end⟧",
};

// What breaks careless parsers when it turns up inside a JSON string or an SSE event.
constexpr std::array kAwkward = {
    "\n", "\n\n", "\t", "\r\n", " \"", "\"", "\\", " \\n", "/", "</s>", " data: [DONE]", "data: ",
    "\ndata: [DONE]\n\n", "{", "}", "[", "]", "},{", ":", ",", ".", "?", "!", "\x01", "\x1f",
    "\x7f", "\u2028", "e\u0301", " 👩\u200d🚀", " שלום", " سلام", "ﷺ", "\ufeff", "0\r\n\r\n",
};

void appendUtf8(std::string& out, std::uint32_t point)
{
    if (point < 0x80) {
        out.push_back(static_cast<char>(point));
    } else if (point < 0x800) {
        out.push_back(static_cast<char>(0xc0 | (point >> 6)));
        out.push_back(static_cast<char>(0x80 | (point & 0x3f)));
    } else if (point < 0x10000) {
        out.push_back(static_cast<char>(0xe0 | (point >> 12)));
        out.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3f)));
        out.push_back(static_cast<char>(0x80 | (point & 0x3f)));
    } else {
        out.push_back(static_cast<char>(0xf0 | (point >> 18)));
        out.push_back(static_cast<char>(0x80 | ((point >> 12) & 0x3f)));
        out.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3f)));
        out.push_back(static_cast<char>(0x80 | (point & 0x3f)));
    }
}

// One of 64 syllables of a script; two of them spell every number below 4,096 in one way only.
std::string syllable(std::u32string_view consonants, std::u32string_view vowels, std::uint32_t n)
{
    std::string text;
    appendUtf8(text, consonants[(n / vowels.size()) % consonants.size()]);
    appendUtf8(text, vowels[n % vowels.size()]);
    return text;
}

std::string spelled(std::u32string_view consonants, std::u32string_view vowels, std::uint32_t n)
{
    return " " + syllable(consonants, vowels, n % 64) + syllable(consonants, vowels, n / 64);
}

std::string generatedWord(std::uint32_t n)
{
    constexpr std::u32string_view kLatin = U"bdfgklmnprstvwyz";
    constexpr std::array kEndings = {"", "n", "s", "rel"};
    std::string word;
    switch (n % 16) {
    case 11: return spelled(U"бвгдклмн", U"аеиоуыэя", n);
    case 12: return spelled(U"βγδθκλμνπρστφχψξ", U"αεηο", n);
    case 13:
        appendUtf8(word, 0x4e00 + n);
        return word;
    case 14:
        word = " ";
        appendUtf8(word, 0x1f300 + n / 16); // each n/16 occurs once in this class
        return word;
    case 15: return spelled(U"bdfgklmnprstvwyz", U"äéñü", n);
    default: return spelled(kLatin, U"aeio", n) + kEndings[n % kEndings.size()];
    }
}

} // namespace

const Vocabulary& Vocabulary::instance()
{
    static const Vocabulary vocabulary;
    return vocabulary;
}

Vocabulary::Vocabulary() : byFirstByte_(256)
{
    words_.reserve(kWords); // the buckets hold views of these strings
    for (const char* word : kReserved)
        addWord(word);
    for (const char* word : kAwkward)
        addWord(word);
    for (auto n = static_cast<std::uint32_t>(words_.size()); n < kWords; ++n)
        addWord(generatedWord(n));
    for (Bucket& bucket : byFirstByte_)
        std::sort(bucket.sorted.begin(), bucket.sorted.end());
}

void Vocabulary::addWord(std::string word)
{
    words_.push_back(std::move(word));
    const std::string& stored = words_.back();
    Bucket& bucket = byFirstByte_[static_cast<unsigned char>(stored.front())];
    bucket.lengths |= 1U << stored.size();
    bucket.sorted.emplace_back(stored, static_cast<TokenId>(words_.size() - 1));
}

TokenId Vocabulary::next(std::string_view text, std::size_t& length) const
{
    const Bucket& bucket = byFirstByte_[static_cast<unsigned char>(text.front())];
    for (std::uint32_t left = bucket.lengths; left != 0;) {
        const auto size = static_cast<std::size_t>(31 - std::countl_zero(left));
        left &= ~(1U << size);
        if (size > text.size())
            continue;
        const std::pair wanted(text.substr(0, size), TokenId{0});
        const auto found = std::lower_bound(bucket.sorted.begin(), bucket.sorted.end(), wanted);
        if (found != bucket.sorted.end() && found->first == wanted.first) {
            length = size;
            return found->second;
        }
    }
    std::uint32_t id = 0;
    for (length = 0; length < kPieceBytes && length < text.size(); ++length) {
        if (length > 0 && text[length] == ' ') // words start with a space
            break;
        id = (id << 8) | static_cast<unsigned char>(text[length]);
    }
    return static_cast<TokenId>(length << kPieceShift) | id;
}

std::vector<TokenId> Vocabulary::tokenize(std::string_view text) const
{
    std::vector<TokenId> ids;
    std::size_t length = 0;
    for (; !text.empty(); text.remove_prefix(length))
        ids.push_back(next(text, length));
    return ids;
}

std::size_t Vocabulary::count(std::string_view text) const
{
    std::size_t tokens = 0;
    std::size_t length = 0;
    for (; !text.empty(); text.remove_prefix(length)) {
        next(text, length);
        ++tokens;
    }
    return tokens;
}

std::string Vocabulary::textOf(TokenId id) const
{
    if (id < kWords)
        return words_[id];
    const std::size_t length = id >> kPieceShift;
    if (length == 0 || length > kPieceBytes)
        return {};
    std::string text;
    for (std::size_t i = length; i-- > 0;)
        text.push_back(static_cast<char>((id >> (8 * i)) & 0xff));
    return text;
}

std::string promptText(std::uint64_t seed, std::size_t tokens)
{
    const Vocabulary& vocabulary = Vocabulary::instance();
    constexpr TokenId kChoice = Vocabulary::kWords - Vocabulary::kReservedWords;
    std::string text;
    text.reserve(tokens * 8);
    for (std::size_t i = 0; i < tokens; ++i) {
        const auto pick = static_cast<TokenId>(mix(seed + i) % kChoice);
        text.append(vocabulary.word(Vocabulary::kReservedWords + pick));
    }
    return text;
}

} // namespace signalbox::lab
