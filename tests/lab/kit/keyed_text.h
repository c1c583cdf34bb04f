// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/kit/vocabulary.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::lab {

// Everything an answer depends on. Equal topics give equal answers, on every engine and always.
struct Topic {
    std::string_view key;    // shared by engines and clients; another key is another model revision
    std::string_view model;  // the name the engine answers with
    std::string_view prompt; // chat: as rendered by renderChat()
    std::size_t choice = 0;
};

// A place in an answer: `token` whole tokens, then `bytes` bytes of the next one.
struct Position {
    std::size_t token = 0;
    std::size_t bytes = 0;
    bool operator==(const Position&) const = default;
};

// The answer to one topic: token i is a pure function of topic and i, so that a client that
// knows the key can prove every cut, gap, repeat, reordering and mix-up between answers.
// The first token is the same in all answers and found nowhere else: where an answer begins
// inside a longer text is therefore known, which is what continuing a plain completion needs.
// Lives on: any thread (a value).
class KeyedText {
public:
    static constexpr std::string_view kDefaultKey = "signalbox-lab";

    explicit KeyedText(const Topic& topic);

    TokenId tokenId(std::size_t index) const;
    std::string_view token(std::size_t index) const;
    // Tokens [from, to).
    std::string text(std::size_t from, std::size_t to) const;

    // Where the answer ends by itself, 24 to 400 tokens; a larger max_tokens is not used up.
    std::size_t naturalLength() const;

    // Where the answer goes on after `written`; nothing when it does not begin that way.
    std::optional<Position> positionAfter(std::string_view written) const;

private:
    std::uint64_t seed_;
};

struct ChatMessage {
    std::string role;
    std::string content;
};

// The chat template of the simulated models, up to the start of the next assistant message.
std::string renderChat(const std::vector<ChatMessage>& messages);

// A plain prompt that ends inside an answer to its own beginning.
struct SplitPrompt {
    std::string_view prompt;
    std::string_view written;
};

// Splits "prompt + partial answer"; `written` is empty when the text does not end in an answer.
SplitPrompt splitContinuation(const Topic& topic);

} // namespace signalbox::lab
