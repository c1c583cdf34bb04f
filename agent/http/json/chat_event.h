// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/json/json_scan.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::http {

// What an event means for the relay, the weightiest thing in it; the rest is in ChatEvent's fields.
enum class ChatEventKind : std::uint8_t {
    NotJson,
    Done, // [DONE]
    Error, // an error object
    Finish, // at least one choice has a finish_reason (it may carry text too)
    ToolCall,
    Token, // text, reasoning or a refusal that is not empty
    Role, // choices, but none of the above
    Usage, // usage without choices
    Other, // JSON that is none of these
};

enum class FinishReason : std::uint8_t {
    None,
    Stop,
    Length,
    ToolCalls, // also function_call
    ContentFilter,
    Abort, // an engine was stopped: a cut
    Error, // a cut
    Other, // genuine, unknown here
};
// A cut is not an end the model chose.
inline bool isCut(FinishReason reason)
{
    return reason == FinishReason::Abort || reason == FinishReason::Error;
}

struct ChoiceDelta {
    std::uint32_t index = 0;
    FinishReason finish = FinishReason::None;
    bool hasRole = false;
    bool hasToolCall = false;
    JsonText text; // delta.content, message.content or text
    JsonText reasoning; // reasoning or reasoning_content
    JsonText refusal;
    std::string_view finishText; // the reason as it was sent
};

// Token counts of one answer so far. Numbers no engine can mean are left out (isPlausible false).
struct TokenUsage {
    bool isPresent = false;
    bool isPlausible = true;
    std::uint64_t prompt = 0;
    std::uint64_t completion = 0;
    std::uint64_t cached = 0; // of the prompt
    std::uint64_t reasoning = 0; // of the completion
};

struct ChatEvent {
    ChatEventKind kind = ChatEventKind::Other;
    TokenUsage usage;
    std::span<const ChoiceDelta> choices; // of the reader; valid until its next call
    std::string_view id; // raw JSON values, with quotes; empty: absent
    std::string_view created;
    std::string_view model;
    std::string_view errorMessage; // raw between its quotes; Error only
};

// Reads one streamed chunk, or one whole answer, in a single pass without building anything: chat
// and text completions, and the text, end and usage of responses, messages and Triton events.
// Tolerates whatever it does not know; tells what is no JSON. Lives on: core; one per core, reused.
// Views point into the data; the event is valid until the next call.
class ChatEventReader {
public:
    ChatEventReader();
    const ChatEvent& readChunk(std::string_view data) { return read(data); }
    // A whole answer: message in place of delta; kind Finish where every choice has a reason.
    const ChatEvent& readAnswer(std::string_view body) { return read(body); }

private:
    friend class ChatEventScan;
    const ChatEvent& read(std::string_view data);

    ChatEvent event_;
    std::vector<ChoiceDelta> choices_; // at most limits::kChoicesPerEvent
};

} // namespace signalbox::http
