// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/json/chat_event.h"
#include "agent/http/sse_reader.h"
#include "agent/proxy/meters/local_load.h"
#include "agent/proxy/meters/proxy_statistics.h"
#include "agent/proxy/stream/stream_state.h"
#include "agent/runtime/block.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::proxy {

// Turns pieces of an engine's event stream into what goes to the client: each event is read once,
// measured, and framed anew; nothing is held back here. Pure but for the counters it feeds.
// Lives on: core; owned by the answer it belongs to, one for each attempt.
class StreamPump {
public:
    struct Meters {
        CoreStatistics* statistics;
        http::ChatEventReader* reader; // one a core
        LocalLoad::Running* running; // null at a gateway
    };
    StreamPump(Api api, Role role, Meters meters, upstream::Ticks sentAt)
        : state_(api), role_(role), meters_(meters), sentAt_(sentAt), lastTokenAt_(sentAt)
    {
    }

    // Appends what the piece gives to out(). False: the stream is broken or whole; read no more.
    bool take(std::string_view piece, upstream::Ticks now);
    // The upstream's body ended in order; may append [DONE] to out().
    void endOfBody();
    void lose(StreamBreak why) { state_.lose(why); }

    // What is ready for the client; the owner sends it and clears it.
    runtime::Block& out() { return out_; }
    const StreamState& state() const { return state_; }
    upstream::Ticks firstTokenAt() const { return firstTokenAt_; }
    // Events that came, whatever was in them; comments are none.
    std::uint64_t events() const { return events_; }
    // The data of the error event that broke the stream; empty: it was none.
    std::string_view errorEvent() const { return errorEvent_; }
    // How long this stream may be silent: max(floor, 20 x its smoothed gap).
    std::chrono::nanoseconds stallLimit(std::chrono::nanoseconds floor) const;

private:
    bool takeEvent(const http::SseEvent& event, upstream::Ticks now);
    void measure(upstream::Ticks now);

    StreamState state_;
    Role role_;
    Meters meters_;
    http::SseReader sse_;
    runtime::Block out_;
    upstream::Ticks sentAt_;
    upstream::Ticks firstTokenAt_ = 0;
    upstream::Ticks lastTokenAt_;
    double smoothedGap_ = 0; // ns
    std::uint64_t events_ = 0;
    std::string errorEvent_;
};

} // namespace signalbox::proxy
