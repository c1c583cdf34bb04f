// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/relay.h"

#include "agent/http/h1_writer.h"
#include "agent/http/sse_writer.h"
#include "agent/proxy/core_proxy.h"
#include "agent/upstream/report_header.h"

#include <fmt/format.h>

#include <array>

namespace signalbox::proxy {

namespace {

using runtime::Fault;
using runtime::Task;

// What every answer carries: the id, and towards a gateway the newest load report.
void commonFields(http::HeadWriter& head, CoreProxy& core, const Exchange& exchange)
{
    head.field(http::HeaderName::RequestId, exchange.requestId);
    if (exchange.role == Role::Hop) {
        const upstream::ReportHeader report(core.nextReport());
        head.field(http::HeaderName::SignalboxReport, report.text());
    }
    if (!exchange.client.keepsAlive())
        head.close();
}

void retryAfterField(http::HeadWriter& head, std::chrono::milliseconds wait)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    head.field(http::HeaderName::RetryAfter, static_cast<std::uint64_t>(seconds.count()));
}

Outcome outcomeOf(int status)
{
    if (status == 401 || status == 403)
        return Outcome::Denied;
    return status >= 500 ? Outcome::Unavailable : Outcome::Refused;
}

} // namespace

void Relay::clientLeft()
{
    exchange_.record.outcome = Outcome::ClientLeft;
    exchange_.client.abort();
}

Task<void> Relay::fromUpstream(UpstreamCall& call)
{
    exchange_.record.status = call.status();
    if (call.isStream())
        co_await stream(call);
    else
        co_await whole(call);
}

Task<void> Relay::whole(UpstreamCall& call)
{
    std::array<char, http::kHeadBufferBytes> buffer;
    http::HeadWriter head(buffer);
    head.response(call.status());
    head.field(http::HeaderName::ContentType,
               call.contentType().empty() ? jsonContentType() : call.contentType());
    if (call.retryAfter())
        retryAfterField(head, *call.retryAfter());
    commonFields(head, core_, exchange_);
    head.contentLength(call.body().size());
    exchange_.answerBegun = true;
    exchange_.record.outcome
        = call.status() < 400 ? Outcome::Completed : outcomeOf(call.status());
    if (call.usage().isPresent) {
        exchange_.record.promptTokens = call.usage().prompt;
        exchange_.record.completionTokens = call.usage().completion;
    }
    const Fault fault = co_await exchange_.client.sendWhole(head.finish(), call.body());
    if (fault != Fault::None)
        clientLeft();
    co_await call.keepConnection();
}

Task<void> Relay::stream(UpstreamCall& call)
{
    std::array<char, http::kHeadBufferBytes> buffer;
    http::HeadWriter head(buffer);
    head.response(200);
    head.field(http::HeaderName::ContentType, "text/event-stream; charset=utf-8");
    head.field(http::HeaderName::CacheControl, "no-cache");
    commonFields(head, core_, exchange_);
    head.chunked();
    exchange_.answerBegun = true;
    // The head goes with the events that waited for the first token, in one send.
    exchange_.client.beginStream(head.finish());
    bool goesOn = co_await flushEvents(call);
    while (goesOn) {
        const bool hasMore = co_await call.readMore(exchange_.view->settings.stallFloor);
        if (!hasMore)
            break;
        goesOn = co_await flushEvents(call);
    }
    if (exchange_.watch.clientLeft() || !goesOn) {
        clientLeft();
        co_return;
    }
    co_await endStream(call);
}

// False when the client is gone.
Task<bool> Relay::flushEvents(UpstreamCall& call)
{
    const std::uint64_t tokens = call.pump().state().tokenEvents();
    if (tokens != exchange_.tokensCounted)
        exchange_.lastTokenAt = exchange_.now();
    core_.statistics().completionTokens.add(tokens - exchange_.tokensCounted);
    exchange_.tokensCounted = tokens;
    runtime::Block& out = call.pump().out();
    const Fault fault = co_await exchange_.client.sendChunk(out.view());
    out.truncate(0);
    co_return fault == Fault::None;
}

Task<void> Relay::endStream(UpstreamCall& call)
{
    const StreamState& state = call.pump().state();
    exchange_.record.firstTokenAt = call.firstTokenAt();
    exchange_.record.completionTokens
        = state.usage().isPresent ? state.usage().completion : state.tokenEvents();
    if (state.usage().isPresent)
        exchange_.record.promptTokens = state.usage().prompt;
    const bool isWhole = exchange_.role == Role::Hop ? call.isAtEnd() : state.isWhole();
    if (!isWhole) {
        co_await interrupt(call);
        co_return;
    }
    exchange_.record.outcome = Outcome::Completed;
    const Fault fault = co_await exchange_.client.finishStream(call.pump().out().view());
    call.pump().out().truncate(0);
    if (fault != Fault::None)
        clientLeft();
    co_await call.keepConnection();
}

Task<void> Relay::interrupt(UpstreamCall& call)
{
    const StreamState& state = call.pump().state();
    exchange_.record.outcome = Outcome::Interrupted;
    exchange_.record.reason = nameOf(state.broken());
    call.brokeOff(state.broken());
    // Behind a gateway an aborted body is the whole message: the gateway tells the client.
    if (exchange_.role == Role::Entry) {
        http::appendSseError(call.pump().out(), reply::interrupted(exchange_.record.reason));
        (void)co_await exchange_.client.sendChunk(call.pump().out().view());
        (void)co_await exchange_.client.flush();
    }
    exchange_.client.abort();
}

Task<void> Relay::local(LocalReply reply)
{
    std::array<char, http::kHeadBufferBytes> buffer;
    http::HeadWriter head(buffer);
    head.response(reply.error.status);
    head.field(http::HeaderName::ContentType, jsonContentType());
    if (reply.retryAfter)
        retryAfterField(head, *reply.retryAfter);
    if (reply.shouldNotRetry)
        head.field(http::HeaderName::ShouldRetry, "false");
    if (!reply.refusedHop.empty())
        head.field("x-signalbox-refused", reply.refusedHop);
    commonFields(head, core_, exchange_);
    const std::string body = http::errorBody(reply.error);
    head.contentLength(body.size());
    exchange_.record.status = reply.error.status;
    exchange_.record.outcome = outcomeOf(reply.error.status);
    if (exchange_.record.reason.empty())
        exchange_.record.reason = reply.error.message;
    exchange_.answerBegun = true;
    const Fault fault = co_await exchange_.client.sendWhole(head.finish(), body);
    if (fault != Fault::None)
        clientLeft();
}

Task<void> Relay::own(int status, std::string_view contentType, std::string_view body)
{
    std::array<char, http::kHeadBufferBytes> buffer;
    http::HeadWriter head(buffer);
    head.response(status);
    head.field(http::HeaderName::ContentType, contentType);
    commonFields(head, core_, exchange_);
    head.contentLength(body.size());
    exchange_.record.status = status;
    exchange_.record.outcome = Outcome::Completed;
    exchange_.answerBegun = true;
    const Fault fault = co_await exchange_.client.sendWhole(head.finish(), body);
    if (fault != Fault::None)
        clientLeft();
}

} // namespace signalbox::proxy
