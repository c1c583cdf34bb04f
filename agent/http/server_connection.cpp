// SPDX-License-Identifier: Apache-2.0
#include "agent/http/server_connection.h"

#include "agent/http/h1_writer.h"
#include "agent/http/json/json_gate.h"
#include "agent/http/json/openai_error.h"

#include <array>

namespace signalbox::http {

using runtime::Fault;
using runtime::Task;

namespace {

constexpr auto kGentleClose = std::chrono::seconds(1);

ParseFault tooLarge()
{
    return ParseFault{413, "body_too_large", "the body is larger than this server accepts"};
}

// Of a refusal that no exchange stands behind; to be quoted, and found in the client's own log.
std::string refusalId(base::Monotonic now)
{
    static constexpr std::string_view kHex = "0123456789abcdef";
    thread_local std::uint64_t count = 0;
    // splitmix64: any two of them differ.
    std::uint64_t bits = static_cast<std::uint64_t>(now.time_since_epoch().count())
        + ++count * 0x9E3779B97F4A7C15U;
    bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
    bits ^= bits >> 31U;
    std::string id = "refused-";
    for (int i = 0; i < 16; ++i, bits >>= 4U)
        id.push_back(kHex[bits & 15U]);
    return id;
}

ParseFault tooSlow(std::string_view what)
{
    return ParseFault{408, "request_timeout", what};
}

} // namespace

Task<Arrival> ServerConnection::readRequest(Request& request)
{
    startNext();
    Arrival arrival = co_await readHead(request);
    if (arrival != Arrival::Request)
        co_return arrival;
    if (request.head.body.kind == BodyKind::Length)
        arrival = co_await readBody(request);
    else if (request.head.body.kind == BodyKind::Chunked)
        arrival = co_await readChunks(request);
    else
        messageBytes_ = headBytes_;
    if (arrival == Arrival::Request)
        finishReading(request);
    co_return arrival;
}

// Keeps only what came behind the last request; a connection without bytes holds no buffer.
void ServerConnection::startNext()
{
    const std::string_view behind = received_.view().substr(messageBytes_);
    if (behind.empty()) {
        received_.release();
    } else if (messageBytes_ > 0) {
        runtime::Block rest = runtime::Block::copyOf(behind);
        received_ = std::move(rest);
    }
    unchunked_.release();
    head_.release();
    scanner_.reset();
    headBytes_ = messageBytes_ = 0;
    isStreaming_ = false;
}

Task<Fault> ServerConnection::receive(runtime::Deadline deadline)
{
    const runtime::Read read = co_await loop_.recv(socket_, deadline);
    if (read.fault == Fault::None) {
        // Most requests come in one piece: with the parser's padding it is the only allocation.
        received_.reserve(received_.size() + read.bytes.size() + JsonGate::kPadding);
        received_.append(read.bytes.view());
    }
    co_return read.fault;
}

// The whole body has a deadline; on the way to it, each second after the grace needs its bytes.
runtime::Deadline ServerConnection::bodyDeadline(base::Monotonic begun, std::size_t bytes) const
{
    const auto whole = runtime::Deadline::after(begun, limits_.bodyDeadline);
    if (limits_.bodyBytesPerSecond == 0)
        return whole;
    const auto earned = std::chrono::milliseconds(bytes * 1'000 / limits_.bodyBytesPerSecond);
    return whole.earlier(runtime::Deadline::after(begun, limits_.bodyRateGrace + earned));
}

Task<Arrival> ServerConnection::readHead(Request& request)
{
    auto deadline = loop_.after(limits_.keepAliveIdle);
    bool isIdle = true;
    for (;;) {
        if (!received_.empty()) {
            const ParseResult result = parseRequestHead(received_.view(), request.head, scanner_);
            if (result.state == ParseState::Bad)
                co_return co_await refuse(result.fault);
            if (result.state == ParseState::Done) {
                headBytes_ = result.consumed;
                isHttp10_ = request.head.isHttp10;
                isHeadRequest_ = request.head.method == Method::Head;
                keepsAlive_ = keepsAlive_ && request.head.keepAlive;
                co_return Arrival::Request;
            }
            if (isIdle) {
                isIdle = false;
                deadline = loop_.after(limits_.headDeadline);
            }
        }
        const Fault fault = co_await receive(deadline);
        if (fault == Fault::Deadline && !isIdle)
            co_return co_await refuse(tooSlow("the request head took too long"));
        if (fault != Fault::None)
            co_return Arrival::Closed;
    }
}

Task<Arrival> ServerConnection::readBody(Request& request)
{
    if (announcesMoreThan(request.head.body, limits_.bodyBytes))
        co_return co_await refuse(tooLarge());
    messageBytes_ = headBytes_ + request.head.body.length;
    if (request.head.expectsContinue && received_.size() < messageBytes_)
        (void)co_await loop_.send(socket_, kContinue);
    received_.reserve(messageBytes_ + JsonGate::kPadding);
    const base::Monotonic begun = loop_.now();
    while (received_.size() < messageBytes_) {
        const Fault fault
            = co_await receive(bodyDeadline(begun, received_.size() - headBytes_));
        if (fault == Fault::Deadline)
            co_return co_await refuse(tooSlow("the request body took too long"));
        if (fault != Fault::None)
            co_return Arrival::Closed;
    }
    co_return Arrival::Request;
}

Task<Arrival> ServerConnection::readChunks(Request& request)
{
    if (request.head.expectsContinue && received_.size() == headBytes_)
        (void)co_await loop_.send(socket_, kContinue);
    const base::Monotonic begun = loop_.now();
    ChunkDecoder decoder(ChunkSizes::Guarded);
    std::size_t at = headBytes_;
    for (;;) {
        const ChunkStep step = decoder.next(received_.view().substr(at), loop_.now());
        at += step.consumed;
        if (step.state == ChunkState::Bad)
            co_return co_await refuse(step.fault);
        if (step.state == ChunkState::Complete)
            break;
        if (step.state == ChunkState::Data) {
            if (unchunked_.size() + step.data.size() > limits_.bodyBytes)
                co_return co_await refuse(tooLarge());
            unchunked_.append(step.data);
            continue;
        }
        // What has been decoded makes room: only the head must stay.
        received_.truncate(headBytes_);
        at = headBytes_;
        const Fault fault = co_await receive(bodyDeadline(begun, unchunked_.size()));
        if (fault == Fault::Deadline)
            co_return co_await refuse(tooSlow("the request body took too long"));
        if (fault != Fault::None)
            co_return Arrival::Closed;
    }
    messageBytes_ = at;
    co_return Arrival::Request;
}

void ServerConnection::finishReading(Request& request)
{
    request.head.rebase(received_.data());
    if (request.head.body.kind == BodyKind::Chunked) {
        unchunked_.reserve(unchunked_.size() + JsonGate::kPadding);
        request.body = unchunked_.view();
        request.readable = unchunked_.capacity();
        return;
    }
    request.body = received_.view().substr(headBytes_, messageBytes_ - headBytes_);
    request.readable = received_.capacity() - headBytes_;
}

Task<Arrival> ServerConnection::refuse(ParseFault fault)
{
    keepsAlive_ = false;
    OpenAiError error;
    error.status = fault.status;
    error.type = errorTypeOf(fault.status);
    error.code = fault.code;
    error.message = fault.message;
    const std::string body = errorBody(error);
    std::array<char, kHeadBufferBytes> buffer;
    HeadWriter head(buffer);
    head.response(fault.status);
    head.field(HeaderName::ContentType, "application/json");
    head.field(HeaderName::RequestId, refusalId(loop_.now()));
    head.close();
    head.contentLength(body.size());
    isHeadRequest_ = false;
    (void)co_await sendWhole(head.finish(), body);
    co_return Arrival::Refused;
}

Task<Fault> ServerConnection::sendWhole(std::string_view head, std::string_view body)
{
    if (isHeadRequest_)
        body = {};
    const std::array<std::string_view, 2> first{head, body.substr(0, limits::kSendSliceBytes)};
    body.remove_prefix(first[1].size());
    Fault fault = co_await loop_.send(socket_, first);
    while (fault == Fault::None && !body.empty()) {
        const std::string_view slice = body.substr(0, limits::kSendSliceBytes);
        body.remove_prefix(slice.size());
        fault = co_await loop_.send(socket_, slice);
    }
    co_return fault;
}

Task<Fault> ServerConnection::sendChunk(std::string_view bytes)
{
    if (bytes.empty() && head_.empty())
        co_return Fault::None;
    const ChunkHead size(std::max<std::size_t>(bytes.size(), 1));
    const bool isFramed = canChunk() && !bytes.empty();
    const std::array<std::string_view, 4> pieces{
        head_.view(), isFramed ? size.view() : std::string_view{}, bytes,
        isFramed ? kChunkEnd : std::string_view{}};
    // The loop takes the bytes before send() returns.
    auto sending = loop_.send(socket_, pieces);
    head_.release();
    co_return co_await sending;
}

Task<Fault> ServerConnection::finishStream(std::string_view lastBytes)
{
    if (!canChunk()) {
        keepsAlive_ = false;
        co_return co_await sendChunk(lastBytes);
    }
    const ChunkHead size(std::max<std::size_t>(lastBytes.size(), 1));
    const bool hasBytes = !lastBytes.empty();
    const std::array<std::string_view, 5> pieces{
        head_.view(), hasBytes ? size.view() : std::string_view{}, lastBytes,
        hasBytes ? kChunkEnd : std::string_view{}, kLastChunk};
    auto sending = loop_.send(socket_, pieces);
    head_.release();
    co_return co_await sending;
}

Task<Fault> ServerConnection::flush()
{
    co_return co_await loop_.flush(socket_);
}

void ServerConnection::abort()
{
    keepsAlive_ = false;
    if (isStreaming_ && canChunk())
        socket_.close();
    else
        socket_.reset();
}

int ServerConnection::release()
{
    stopKeepingAlive();
    return received_.size() > messageBytes_ ? -1 : socket_.release();
}

Task<void> ServerConnection::closeGently()
{
    if (!socket_.isOpen())
        co_return;
    const Fault fault = co_await loop_.flush(socket_);
    if (fault != Fault::None)
        co_return;
    socket_.endSending();
    const auto deadline = loop_.after(kGentleClose);
    for (;;) {
        const runtime::Read read = co_await loop_.recv(socket_, deadline);
        if (read.fault != Fault::None)
            co_return;
    }
}

} // namespace signalbox::http
