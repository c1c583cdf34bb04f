// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/upstream_call.h"

#include "agent/http/h1_writer.h"
#include "agent/proxy/core_proxy.h"
#include "agent/proxy/request_head.h"
#include "agent/upstream/report_header.h"
#include "shared/base/limits.h"

#include <fmt/format.h>

#include <charconv>

namespace signalbox::proxy {

namespace {

using runtime::Fault;
using runtime::Task;
using upstream::AttemptEnd;

// Once the client has its answer, an engine's last chunk is worth this wait and no more: without
// it the connection cannot be used again.
constexpr auto kLastChunkWait = std::chrono::milliseconds(20);

std::optional<std::chrono::milliseconds> secondsOf(std::string_view text)
{
    double seconds = 0;
    const char* last = text.data() + text.size();
    const auto [end, failure] = std::from_chars(text.data(), last, seconds);
    const bool isPlausible = seconds >= 0 && seconds <= 86'400; // false for NaN
    if (failure != std::errc{} || end != last || !isPlausible)
        return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1'000));
}

bool isEventStream(std::string_view contentType)
{
    return contentType.starts_with("text/event-stream");
}

CallEnd clientLeft()
{
    CallEnd end;
    end.what = CallEnd::What::ClientLeft;
    return end;
}

CallEnd answered()
{
    CallEnd end;
    end.what = CallEnd::What::Answer;
    return end;
}

} // namespace

UpstreamCall::UpstreamCall(CoreProxy& core, Exchange& exchange, const upstream::Member& member,
                           int number)
    : core_(core), exchange_(exchange), member_(member), number_(number),
      placement_(member.cell, exchange.facts.estimatedPromptTokens(), exchange.now())
{
    member_.cell->countRequest();
    core_.statistics().attempts.add();
    exchange_.placedOn = &member_;
    ++exchange_.record.attempts;
}

UpstreamCall::~UpstreamCall()
{
    exchange_.watch.release();
}

upstream::Ticks UpstreamCall::firstTokenAt() const
{
    return pump_ == nullptr ? 0 : pump_->firstTokenAt();
}

CallEnd UpstreamCall::failed(AttemptEnd end, std::string reason)
{
    exchange_.placedOn = nullptr;
    CallEnd result;
    result.attempt.end = end;
    result.attempt.status = status_;
    result.reason = std::move(reason);
    result.attempt.retryAfter = retryAfter_;
    member_.cell->countFailure();
    core_.statistics().attemptEnds[static_cast<std::size_t>(end)].add();
    return result;
}

CallEnd UpstreamCall::lost(Fault fault, bool hadAnswer)
{
    if (exchange_.watch.clientLeft())
        return clientLeft();
    if (fault == Fault::Deadline) {
        if (exchange_.deadline.passed(exchange_.loop.now()))
            return failed(AttemptEnd::FirstTokenDeadline, "the request's own deadline passed");
        return failed(AttemptEnd::FirstTokenDeadline, "no token came in time");
    }
    return failed(hadAnswer ? AttemptEnd::LostBeforeToken : AttemptEnd::LostWithoutByte,
                  fmt::format("the connection was {}", runtime::nameOf(fault)));
}

// A pooled connection that died before a response byte was stale, which says nothing about the
// member: the same request goes over a new one, unseen.
Task<CallEnd> UpstreamCall::run(std::chrono::nanoseconds firstTokenLimit)
{
    CallEnd end = co_await runOnce(firstTokenLimit);
    const bool isStale = end.what == CallEnd::What::Failed && wasReused_
        && end.attempt.end == AttemptEnd::LostWithoutByte;
    if (isStale) {
        core_.statistics().staleConnections.add();
        wasReused_ = false;
        connection_ = nullptr;
        core_.connections().closeIdle(member_.address);
        end = co_await runOnce(firstTokenLimit);
    }
    tellBreaker(end);
    co_return end;
}

// Only the first hop judges; a request that ran out of its own time says nothing of the member.
void UpstreamCall::tellBreaker(const CallEnd& end)
{
    if (exchange_.role == Role::Hop || end.what == CallEnd::What::ClientLeft)
        return;
    upstream::Breaker& breaker = member_.cell->breaker();
    if (end.what == CallEnd::What::Answer) {
        if (status_ < 400)
            breaker.succeeded(exchange_.now());
        return;
    }
    const upstream::Failure failure = upstream::failureOf(end.attempt);
    if (failure != upstream::Failure::None && !exchange_.deadline.passed(exchange_.loop.now()))
        breaker.failed(failure, exchange_.now());
}

void UpstreamCall::brokeOff(StreamBreak why)
{
    if (exchange_.role == Role::Hop || exchange_.deadline.passed(exchange_.loop.now()))
        return;
    member_.cell->breaker().failed(why == StreamBreak::Stalled ? upstream::Failure::Stall
                                                               : upstream::Failure::Cut,
                                   exchange_.now());
}

Task<CallEnd> UpstreamCall::runOnce(std::chrono::nanoseconds firstTokenLimit)
{
    auto refused = co_await connect();
    if (refused)
        co_return std::move(*refused);
    exchange_.watch.guard(connection_->socket());
    sentAt_ = exchange_.now();
    if (member_.kind == upstream::MemberKind::Engine)
        running_ = core_.startOnEngine(
            member_, exchange_.isStream() ? LocalLoad::Kind::Stream : LocalLoad::Kind::Plain,
            exchange_.facts.estimatedPromptTokens(), sentAt_);
    const Fault fault = co_await send();
    // An engine may answer and close before it has read everything: the answer counts.
    if (fault != Fault::None && fault != Fault::Closed && fault != Fault::Reset)
        co_return lost(fault, false);
    const auto limit = exchange_.isStream()
        ? exchange_.loop.after(firstTokenLimit).earlier(exchange_.deadline)
        : exchange_.deadline;
    co_return co_await readAnswer(limit);
}

Task<std::optional<CallEnd>> UpstreamCall::connect()
{
    connection_ = core_.connections().take(member_, exchange_.now());
    wasReused_ = connection_ != nullptr;
    if (wasReused_)
        co_return std::nullopt;
    const auto address = core_.addressOf(member_);
    if (!address)
        co_return failed(AttemptEnd::Refused, address.error().text());
    const auto deadline = exchange_.loop.after(exchange_.view->settings.connectDeadline)
                              .earlier(exchange_.deadline);
    auto connected
        = co_await exchange_.loop.connect(*address, deadline, &exchange_.client.socket());
    if (connected.fault != Fault::None) {
        if (exchange_.client.socket().peerLeft())
            co_return clientLeft();
        member_.cell->suspect(exchange_.now());
        core_.suspected(member_);
        co_return failed(AttemptEnd::Refused,
                         fmt::format("connecting was {}", runtime::nameOf(connected.fault)));
    }
    core_.statistics().connectionsOpened.add();
    connection_
        = std::make_unique<http::ClientConnection>(exchange_.loop, std::move(connected.socket));
    co_return std::nullopt;
}

Task<Fault> UpstreamCall::send()
{
    std::array<char, http::kHeadBufferBytes> buffer;
    const UpstreamBody body(exchange_, member_);
    const std::string_view head
        = writeRequestHead(buffer, exchange_, member_, number_, body.size());
    if (head.empty())
        co_return Fault::Cancelled;
    const std::array<std::string_view, 4> pieces{head, body.before(), body.model(), body.after()};
    co_return co_await connection_->send(pieces);
}

Task<CallEnd> UpstreamCall::readAnswer(runtime::Deadline deadline)
{
    const http::AnswerHead answer = co_await connection_->readHead(http::Method::Post, deadline);
    if (answer.fault != Fault::None)
        co_return lost(answer.fault, connection_->hasReceived());
    if (answer.isBad)
        co_return failed(AttemptEnd::BadAnswer, std::string(answer.why));
    const http::ResponseHead& head = connection_->head();
    status_ = head.status;
    contentType_ = head.headers.get(http::HeaderName::ContentType);
    retryAfter_ = secondsOf(head.headers.get(http::HeaderName::RetryAfter));
    noteReport();
    const std::string_view refused = head.headers.find("x-signalbox-refused");
    if (member_.kind == upstream::MemberKind::Agent && !refused.empty())
        co_return refusedBy(refused);
    if (const std::string_view oddity = oddityOf(head); !oddity.empty())
        co_return failed(AttemptEnd::BadAnswer, std::string(oddity));
    if (status_ == 200 && isEventStream(contentType_) && exchange_.isStream())
        co_return co_await readToFirstToken(deadline);
    co_return co_await readWholeBody(exchange_.deadline);
}

// What makes a head of no use before its body is read; empty = nothing. Behind a gateway only what
// could not even be passed on: the gateway judges.
std::string_view UpstreamCall::oddityOf(const http::ResponseHead& head) const
{
    const std::string_view coding = head.headers.get(http::HeaderName::ContentEncoding);
    if (!coding.empty() && !http::equalsIgnoringCase(coding, "identity"))
        return "its body is compressed, which was not asked for";
    if (exchange_.role == Role::Hop || status_ >= 300)
        return {};
    const bool wantsStream = exchange_.isStream() && canStream(exchange_.api);
    if (wantsStream && !isEventStream(contentType_))
        return "it answered a stream with something else";
    if (!wantsStream && isEventStream(contentType_))
        return "it answered with a stream that was not asked for";
    return {};
}

Task<CallEnd> UpstreamCall::readWholeBody(runtime::Deadline deadline)
{
    for (;;) {
        const http::BodyPiece piece = co_await connection_->readBody(deadline);
        if (piece.fault != Fault::None)
            co_return lost(piece.fault, true);
        if (piece.isBad)
            co_return failed(AttemptEnd::BadAnswer, std::string(piece.why));
        if (body_.size() + piece.data.size() > limits::kResponseBodyBytes)
            co_return failed(AttemptEnd::BadAnswer, "the answer is larger than the limit");
        body_.append(piece.data);
        if (piece.isEnd)
            break;
    }
    isBodyWhole_ = true;
    co_return judgeWholeBody();
}

CallEnd UpstreamCall::judgeWholeBody()
{
    const bool isRedirect = status_ >= 300 && status_ < 400;
    if (isRedirect)
        return failed(AttemptEnd::BadAnswer, "it answered with a redirect");
    if (status_ >= 400)
        return judgeErrorBody();
    const http::ChatEvent& event = core_.reader().readAnswer(body_.view());
    if (exchange_.role == Role::Entry && event.kind == http::ChatEventKind::NotJson)
        return failed(AttemptEnd::BadAnswer, "its answer is not JSON");
    if (exchange_.role == Role::Entry && event.kind == http::ChatEventKind::Error) {
        // Some engines say 200 and then that it went wrong. Clients go by the status.
        status_ = isRequestsFault(classOf(0, body_.view())) ? 400 : 502;
        return judgeErrorBody();
    }
    for (const http::ChoiceDelta& choice : event.choices) {
        if (http::isCut(choice.finish) && exchange_.role == Role::Entry)
            return failed(AttemptEnd::LostBeforeToken, "the engine aborted the generation");
    }
    if (event.usage.isPresent && event.usage.isPlausible)
        usage_ = event.usage;
    running_.firstToken(exchange_.now());
    if (usage_.completion > 1)
        running_.furtherTokens(usage_.completion - 1);
    return answered();
}

CallEnd UpstreamCall::judgeErrorBody()
{
    const upstream::AnswerClass answerClass = classOf(status_, body_.view());
    if (upstream::isRetryableStatus(status_) && !isRequestsFault(answerClass))
        return failed(AttemptEnd::Status, fmt::format("it answered {}", status_));
    CallEnd end = answered();
    end.answerClass = answerClass;
    return end;
}

upstream::AnswerClass UpstreamCall::classOf(int status, std::string_view body) const
{
    if (member_.traits != nullptr && member_.traits->classify)
        return member_.traits->classify(status, body);
    return status == 0 || status >= 500 ? upstream::AnswerClass::Broken
        : status == 429                 ? upstream::AnswerClass::Overloaded
                                        : upstream::AnswerClass::BadRequest;
}

Task<CallEnd> UpstreamCall::readToFirstToken(runtime::Deadline deadline)
{
    pump_ = std::make_unique<StreamPump>(
        exchange_.api, exchange_.role,
        StreamPump::Meters{&core_.statistics(), &core_.reader(), &running_}, sentAt_);
    // Behind a gateway nothing is held back: the gateway holds what must be held.
    if (exchange_.role == Role::Hop)
        co_return answered();
    for (;;) {
        const http::BodyPiece piece = co_await connection_->readBody(deadline);
        if (piece.fault != Fault::None)
            co_return lost(piece.fault, true);
        if (piece.isBad)
            co_return failed(AttemptEnd::BadAnswer, std::string(piece.why));
        const bool goesOn = pump_->take(piece.data, exchange_.now());
        if (goesOn && piece.isEnd)
            pump_->endOfBody();
        if (pump_->state().hasToken() || pump_->state().isWhole())
            co_return answered();
        if (!goesOn || piece.isEnd)
            co_return judgeFirstEvents();
    }
}

// The stream ended without a token. Where its error is the request's, it is the client's answer as
// if the engine had said so with its status.
CallEnd UpstreamCall::judgeFirstEvents()
{
    const std::string_view said = pump_->errorEvent();
    if (said.empty() || !isRequestsFault(classOf(0, said)))
        return failed(AttemptEnd::BadAnswer, std::string(nameOf(pump_->state().broken())));
    status_ = 400;
    contentType_ = "application/json";
    body_.append(said);
    pump_.reset();
    isBodyWhole_ = true;
    return judgeErrorBody();
}

Task<bool> UpstreamCall::readMore(std::chrono::nanoseconds stallFloor)
{
    StreamPump& pump = *pump_;
    if (pump.state().isWhole() || pump.state().broken() != StreamBreak::None)
        co_return false;
    // Comments and empty lines prove that a connection lives, not that a model generates.
    if (pump.events() != eventsSeen_) {
        eventsSeen_ = pump.events();
        quietSince_ = exchange_.loop.now();
    }
    // An agent behind a gateway waits as long as the request may take: the gateway's patience ends
    // first, and hanging up is its to do.
    const auto deadline = exchange_.role == Role::Hop
        ? exchange_.deadline
        : runtime::Deadline::after(quietSince_, pump.stallLimit(stallFloor))
              .earlier(exchange_.deadline);
    const http::BodyPiece piece = co_await connection_->readBody(deadline);
    if (piece.fault != Fault::None || piece.isBad) {
        pump.lose(piece.fault == Fault::Deadline ? StreamBreak::Stalled : StreamBreak::Lost);
        co_return false;
    }
    const bool goesOn = pump.take(piece.data, exchange_.now());
    if (piece.isEnd && goesOn)
        pump.endOfBody();
    isBodyWhole_ = piece.isEnd;
    co_return goesOn && !piece.isEnd;
}

Task<void> UpstreamCall::keepConnection()
{
    running_.end();
    placement_.release();
    exchange_.watch.release();
    if (connection_ == nullptr)
        co_return;
    const auto deadline = exchange_.loop.after(kLastChunkWait);
    while (!connection_->isAtEnd()) {
        const http::BodyPiece piece = co_await connection_->readBody(deadline);
        if (piece.fault != Fault::None || piece.isBad)
            co_return;
    }
    core_.connections().put(member_, std::move(connection_), exchange_.now());
}

// The agent there did not ask its engine: nothing was spent, and it gets no new work until it says
// that it takes some.
CallEnd UpstreamCall::refusedBy(std::string_view why)
{
    member_.cell->refusedWork();
    if (why == "draining")
        return failed(AttemptEnd::Draining, "it is draining");
    return failed(AttemptEnd::Refused, "its engine was not reached");
}

void UpstreamCall::noteReport()
{
    const std::string_view text
        = connection_->head().headers.get(http::HeaderName::SignalboxReport);
    if (text.empty() || member_.kind != upstream::MemberKind::Agent)
        return;
    if (const auto report = upstream::parseReportHeader(text))
        member_.cell->take(*report, exchange_.now());
}

} // namespace signalbox::proxy
