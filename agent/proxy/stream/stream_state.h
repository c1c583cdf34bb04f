// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/json/chat_event.h"
#include "agent/proxy/stream/served_path.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::proxy {

// Why a stream cannot be taken for whole; None = nothing is wrong.
enum class StreamBreak : std::uint8_t {
    None,
    Lost, // reset, or the body ended without its last chunk
    EndedUnfinished, // a clean end before every choice had its finish_reason
    Aborted, // finish_reason abort or error
    ErrorEvent, // an error object inside the stream
    Stalled, // no event for longer than this stream's own rhythm allows
    TooLarge, // an event above its limit
};
std::string_view nameOf(StreamBreak broken);

// What one stream has said so far, from its events alone: has a token come, is every choice
// finished, is it whole. Pure; no IO, no clock. Lives on: core; owned by the exchange.
class StreamState {
public:
    explicit StreamState(Api api) : api_(api) {}

    // What the relay must do with an event.
    enum class Step : std::uint8_t {
        Forward,
        Last, // forward it, then the stream is whole
        Break, // do not forward; broken() says why
        Ignore, // it came after the end
    };
    Step take(const http::ChatEvent& event);

    // The upstream's body has ended in order. True when [DONE] must be supplied for the client.
    // Where the stream is not whole broken() says why.
    bool endOfBody();
    // The connection was lost, or too slow, or the event too large.
    void lose(StreamBreak why) { broken_ = why; }

    bool hasToken() const { return tokenEvents_ > 0; }
    // The event that take() saw last carried text, a tool call or a refusal.
    bool lastWasToken() const { return lastWasToken_; }
    bool isWhole() const { return isWhole_; }
    StreamBreak broken() const { return broken_; }
    const http::TokenUsage& usage() const { return usage_; }
    std::uint64_t tokenEvents() const { return tokenEvents_; }
    std::uint64_t notJsonEvents() const { return notJsonEvents_; }

private:
    Step takeFinish(const http::ChatEvent& event);
    bool everyChoiceFinished() const;

    Api api_;
    StreamBreak broken_ = StreamBreak::None;
    bool isWhole_ = false;
    bool lastWasToken_ = false;
    std::vector<bool> finished_; // by choice index; grows as choices appear
    http::TokenUsage usage_;
    std::uint64_t tokenEvents_ = 0;
    std::uint64_t notJsonEvents_ = 0;
};

} // namespace signalbox::proxy
