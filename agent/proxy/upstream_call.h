// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/exchange.h"
#include "agent/proxy/stream/stream_pump.h"
#include "agent/upstream/connection_pool.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::proxy {

class CoreProxy;

// What came of one attempt at one member.
struct CallEnd {
    enum class What : std::uint8_t {
        Answer, // a whole answer, or a stream that has its first token: the client may have it
        Failed, // attempt tells why; another endpoint may be asked
        ClientLeft,
    };
    What what = What::Failed;
    upstream::Attempt attempt;
    std::string reason; // of Failed, one lower-case line
    upstream::AnswerClass answerClass = upstream::AnswerClass::Success; // of Answer
};

// One try at one member: connect or reuse, send, read the head, and then the whole answer or the
// stream up to its first token, so that until then a change of endpoint leaves no trace.
// Lives on: core; owned by Forward, then by Relay. Destroying it frees the placement and hangs up
// unless keepConnection() gave the connection back.
class UpstreamCall {
public:
    UpstreamCall(CoreProxy& core, Exchange& exchange, const upstream::Member& member, int number);
    ~UpstreamCall();
    UpstreamCall(const UpstreamCall&) = delete;
    UpstreamCall& operator=(const UpstreamCall&) = delete;

    runtime::Task<CallEnd> run(std::chrono::nanoseconds firstTokenLimit);

    // --- after Answer ---
    int status() const { return status_; }
    bool isStream() const { return pump_ != nullptr; }
    std::string_view contentType() const { return contentType_; }
    // The engine's own wish, passed on with an answer that is final.
    std::optional<std::chrono::milliseconds> retryAfter() const { return retryAfter_; }
    std::string_view body() const { return body_.view(); } // of a whole answer
    StreamPump& pump() { return *pump_; }
    const http::TokenUsage& usage() const { return usage_; }
    upstream::Ticks firstTokenAt() const;

    // The next piece of the stream into pump().out(). False: nothing more comes; the pump's state
    // says whether the stream is whole.
    runtime::Task<bool> readMore(std::chrono::nanoseconds stallFloor);
    // After the end: reads what is left of the body so that the connection can be used again.
    runtime::Task<void> keepConnection();

    const upstream::Member& member() const { return member_; }
    // The stream broke after its first token: that speaks against the member.
    void brokeOff(StreamBreak why);
    // A failed attempt's status and body are the client's answer when nobody else can be asked.
    // Never what only looks like success.
    bool hasAnswer() const { return status_ >= 400 && isBodyWhole_; }
    // The engine's body has ended in order: its last chunk was seen.
    bool isAtEnd() const { return isBodyWhole_; }

private:
    runtime::Task<CallEnd> runOnce(std::chrono::nanoseconds firstTokenLimit);
    runtime::Task<std::optional<CallEnd>> connect();
    runtime::Task<runtime::Fault> send();
    runtime::Task<CallEnd> readAnswer(runtime::Deadline deadline);
    runtime::Task<CallEnd> readWholeBody(runtime::Deadline deadline);
    runtime::Task<CallEnd> readToFirstToken(runtime::Deadline deadline);
    std::string_view oddityOf(const http::ResponseHead& head) const;
    CallEnd judgeWholeBody();
    CallEnd judgeErrorBody();
    CallEnd judgeFirstEvents();
    upstream::AnswerClass classOf(int status, std::string_view body) const;
    CallEnd lost(runtime::Fault fault, bool hadAnswer);
    void tellBreaker(const CallEnd& end);
    CallEnd failed(upstream::AttemptEnd end, std::string reason);
    CallEnd refusedBy(std::string_view why);
    void noteReport();

    CoreProxy& core_;
    Exchange& exchange_;
    const upstream::Member& member_;
    int number_; // 1, 2, 3: which attempt of the exchange
    upstream::Placement placement_;
    LocalLoad::Running running_;
    upstream::ConnectionPool::ConnectionPtr connection_;
    bool wasReused_ = false;
    upstream::Ticks sentAt_ = 0;
    base::Monotonic quietSince_; // of a stream: since then no event has come
    std::uint64_t eventsSeen_ = 0;

    int status_ = 0;
    bool isBodyWhole_ = false;
    std::string contentType_;
    std::optional<std::chrono::milliseconds> retryAfter_;
    runtime::Block body_;
    http::TokenUsage usage_;
    std::unique_ptr<StreamPump> pump_;
};

} // namespace signalbox::proxy
