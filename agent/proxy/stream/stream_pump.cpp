// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/stream/stream_pump.h"

#include "agent/http/sse_writer.h"

#include <algorithm>

namespace signalbox::proxy {

namespace {
constexpr double kGapSmoothing = 0.1; // weight of the newest gap
constexpr double kStallGaps = 20; // silent for this many of its own gaps is a stall
} // namespace

bool StreamPump::take(std::string_view piece, upstream::Ticks now)
{
    for (;;) {
        switch (sse_.next(piece)) {
        case http::SseState::NeedMore: return true;
        case http::SseState::Bad: state_.lose(StreamBreak::TooLarge); return false;
        case http::SseState::Event:
            if (!takeEvent(sse_.event(), now))
                return false;
            break;
        }
    }
}

bool StreamPump::takeEvent(const http::SseEvent& event, upstream::Ticks now)
{
    meters_.statistics->events.add();
    ++events_;
    const http::ChatEvent& chat = meters_.reader->readChunk(event.data);
    const StreamState::Step step = state_.take(chat);
    if (chat.kind == http::ChatEventKind::NotJson)
        meters_.statistics->notJsonEvents.add();
    if (chat.kind == http::ChatEventKind::Error)
        errorEvent_ = event.data;
    if (state_.lastWasToken())
        measure(now);
    // Behind a gateway every event goes on as the engine sent it: the gateway judges.
    const bool isForwarded = step == StreamState::Step::Forward || step == StreamState::Step::Last
        || role_ == Role::Hop;
    if (isForwarded)
        http::appendSseEvent(out_, event.name, event.data);
    return step == StreamState::Step::Forward || step == StreamState::Step::Ignore
        || role_ == Role::Hop;
}

void StreamPump::measure(upstream::Ticks now)
{
    if (firstTokenAt_ == 0) {
        firstTokenAt_ = now;
        meters_.statistics->timeToFirstToken.record(std::chrono::nanoseconds(now - sentAt_));
        if (meters_.running != nullptr)
            meters_.running->firstToken(now);
    } else {
        const auto gap = static_cast<double>(now - lastTokenAt_);
        smoothedGap_
            = smoothedGap_ == 0 ? gap : smoothedGap_ + kGapSmoothing * (gap - smoothedGap_);
        meters_.statistics->tokenGap.record(std::chrono::nanoseconds(now - lastTokenAt_));
        if (meters_.running != nullptr)
            meters_.running->token(now);
    }
    lastTokenAt_ = now;
}

void StreamPump::endOfBody()
{
    if (role_ == Role::Hop)
        return;
    if (state_.endOfBody()) {
        meters_.statistics->answersCompleted.add();
        out_.append(http::kDoneEvent);
    }
}

std::chrono::nanoseconds StreamPump::stallLimit(std::chrono::nanoseconds floor) const
{
    const auto own = static_cast<std::int64_t>(kStallGaps * smoothedGap_);
    return std::max(floor, std::chrono::nanoseconds(own));
}

} // namespace signalbox::proxy
