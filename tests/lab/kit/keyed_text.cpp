// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/keyed_text.h"

#include "tests/lab/kit/hash.h"

#include <algorithm>

namespace signalbox::lab {

namespace {

constexpr std::size_t kNaturalLeast = 24;
constexpr std::size_t kNaturalSpread = 377;
constexpr std::string_view kOpeningBracket = "⟦";

std::string_view opening()
{
    return Vocabulary::instance().word(Vocabulary::kOpening);
}

} // namespace

KeyedText::KeyedText(const Topic& topic)
    : seed_(mix(hashText(topic.prompt, hashText(topic.model, hashText(topic.key))) + topic.choice))
{
}

TokenId KeyedText::tokenId(std::size_t index) const
{
    if (index == 0)
        return Vocabulary::kOpening;
    constexpr TokenId kChoice = Vocabulary::kWords - Vocabulary::kReservedWords;
    return Vocabulary::kReservedWords + static_cast<TokenId>(mix(seed_ + index) % kChoice);
}

std::string_view KeyedText::token(std::size_t index) const
{
    return Vocabulary::instance().word(tokenId(index));
}

std::string KeyedText::text(std::size_t from, std::size_t to) const
{
    std::string text;
    for (std::size_t i = from; i < to; ++i)
        text.append(token(i));
    return text;
}

std::size_t KeyedText::naturalLength() const
{
    return kNaturalLeast + mix(~seed_) % kNaturalSpread;
}

std::optional<Position> KeyedText::positionAfter(std::string_view written) const
{
    for (Position at; ; ++at.token) {
        const std::string_view expected = token(at.token);
        const std::size_t common = std::min(expected.size(), written.size());
        if (written.substr(0, common) != expected.substr(0, common))
            return std::nullopt;
        if (common < expected.size() || written.size() == common) {
            if (common == expected.size())
                return Position{at.token + 1, 0};
            return Position{at.token, common};
        }
        written.remove_prefix(common);
    }
}

std::string renderChat(const std::vector<ChatMessage>& messages)
{
    std::string text;
    for (const ChatMessage& message : messages) {
        text.append("<|im_start|>").append(message.role).append("\n");
        text.append(message.content).append("<|im_end|>\n");
    }
    return text.append("<|im_start|>assistant\n");
}

SplitPrompt splitContinuation(const Topic& topic)
{
    const std::string_view whole = topic.prompt;
    // The last opening, or one that the end of the text cut short after its first character.
    for (const std::size_t start : {whole.rfind(opening()), whole.rfind(kOpeningBracket)}) {
        if (start == std::string_view::npos)
            continue;
        Topic head = topic;
        head.prompt = whole.substr(0, start);
        if (KeyedText(head).positionAfter(whole.substr(start)))
            return {head.prompt, whole.substr(start)};
    }
    return {whole, {}};
}

} // namespace signalbox::lab
