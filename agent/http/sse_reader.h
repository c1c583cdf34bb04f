// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::http {

// One server-sent event. Views are valid until the reader's next call, and no longer than the
// input.
struct SseEvent {
    std::string_view name; // empty: "message"
    std::string_view data; // lines joined by LF; never empty
    std::string_view id; // of this event only; empty when it has none
};

enum class SseState : std::uint8_t {
    NeedMore, // all input was taken
    Event,
    Bad, // a line or an event above limits::kSseLineBytes, kSseEventBytes; final
};

// Cuts a byte stream into events by the WHATWG rules: LF, CR and CRLF, a BOM, comments, fields in
// any order, data on several lines, split anywhere. An event that lies whole in one input costs no
// copy. Lives on: core; owned by the exchange, one for each upstream body.
// What stands after the last blank line is no event; isMidEvent() tells that there was something.
class SseReader {
public:
    // Takes bytes off the front of `input`. Call until NeedMore.
    SseState next(std::string_view& input);
    // Valid after Event.
    const SseEvent& event() const { return event_; }

    bool isMidEvent() const { return !line_.empty() || hasData_ || !name_.empty(); }
    std::uint64_t events() const { return events_; }
    // Bytes of comment lines (keep-alives), which are no events.
    std::uint64_t comments() const { return comments_; }

private:
    SseState takeLine(std::string_view line, bool inPlace);
    bool takeData(std::string_view value, bool inPlace);
    bool dispatch();
    bool keep(std::string_view& input);
    SseState fail();
    void forgetEvent();

    SseEvent event_;
    std::string line_; // the start of a line whose end has not come
    std::string data_; // data that had to be copied
    std::string_view dataInPlace_; // the only data line so far, in the current input
    std::string name_;
    std::string id_;
    bool hasData_ = false;
    bool dispatched_ = false; // event_ may point into data_
    bool skipLf_ = false; // the last byte was a CR
    bool atStart_ = true;
    bool bad_ = false;
    std::uint64_t events_ = 0;
    std::uint64_t comments_ = 0;
};

} // namespace signalbox::http
