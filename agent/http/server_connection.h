// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/chunk_decoder.h"
#include "agent/http/h1_parser.h"
#include "agent/runtime/loop.h"
#include "shared/base/limits.h"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace signalbox::http {

struct ServerLimits {
    std::size_t bodyBytes = limits::kRequestBodyBytes;
    std::chrono::milliseconds headDeadline = limits::kHeadDeadline;
    std::chrono::milliseconds bodyDeadline = limits::kBodyDeadline;
    std::chrono::milliseconds keepAliveIdle = limits::kKeepAliveIdle;
    // A body that comes slower than this, once the grace is over, is an attack or a broken client.
    std::size_t bodyBytesPerSecond = limits::kBodyBytesPerSecond;
    std::chrono::milliseconds bodyRateGrace = limits::kBodyRateGrace;
};

// One request with its whole body. Views are valid until the next readRequest().
struct Request {
    RequestHead head;
    std::string_view body;
    std::size_t readable = 0; // bytes of memory from the body's start that may be read
};

enum class Arrival : std::uint8_t {
    Request,
    Closed, // the client is gone, or was idle too long
    Refused, // the bytes were no acceptable request; it has been answered: close
};

// The client's side of one connection: requests in, one answer each, in order.
// Lives on: core; owned by the connection's coroutine. Holds no buffer between requests. Framing
// errors are answered once and end the connection; what follows them is never parsed.
class ServerConnection {
public:
    ServerConnection(runtime::Loop& loop, runtime::Socket socket, runtime::Address peer,
                     ServerLimits limits)
        : loop_(loop), socket_(std::move(socket)), peer_(peer), limits_(limits)
    {
    }

    runtime::Task<Arrival> readRequest(Request& request);
    // Between requests: not a byte of the next one has come, and no buffer is held.
    bool isIdle() const { return received_.empty(); }

    // --- the answer: sendWhole(), or beginStream(), sendChunk()..., finishStream() ---
    runtime::Task<runtime::Fault> sendWhole(std::string_view head, std::string_view body);
    // The head waits for the first chunk, so that both go in one send.
    void beginStream(std::string_view head)
    {
        head_.append(head);
        isStreaming_ = true;
    }
    // Awaiting it is back-pressure. Nothing is kept of the bytes afterwards.
    runtime::Task<runtime::Fault> sendChunk(std::string_view bytes);
    runtime::Task<runtime::Fault> finishStream(std::string_view lastBytes);
    // Waits until the kernel has all of it.
    runtime::Task<runtime::Fault> flush();
    // Ends abnormally: no client takes what it has for the whole. The connection is over. A chunked
    // stream ends without its last chunk, which lets what was sent before still arrive; anything
    // else ends with a reset. Unsent bytes are lost: flush first.
    void abort();
    // Hands the connection over to another protocol, after a request that was not answered: the
    // descriptor, or -1 where the client has sent more already. The connection is over here.
    int release();
    // Ends in order after an answer that is the last one: reads what the client still sends for a
    // moment, since unread bytes would turn the end into a reset that may eat the answer.
    runtime::Task<void> closeGently();

    // HTTP/1.0 knows no chunks: there the end of the connection ends a stream.
    bool canChunk() const { return !isHttp10_; }
    bool keepsAlive() const { return keepsAlive_; }
    void stopKeepingAlive() { keepsAlive_ = false; }
    const runtime::Address& peer() const { return peer_; }
    runtime::Socket& socket() { return socket_; }
    runtime::Loop& loop() { return loop_; }

private:
    runtime::Task<Arrival> readHead(Request& request);
    runtime::Task<Arrival> readBody(Request& request);
    runtime::Task<Arrival> readChunks(Request& request);
    runtime::Task<runtime::Fault> receive(runtime::Deadline deadline);
    runtime::Deadline bodyDeadline(base::Monotonic begun, std::size_t bytes) const;
    runtime::Task<Arrival> refuse(ParseFault fault);
    void startNext();
    void finishReading(Request& request);

    runtime::Loop& loop_;
    runtime::Socket socket_;
    runtime::Address peer_;
    ServerLimits limits_;
    runtime::Block received_; // head, body, and what came behind them
    runtime::Block unchunked_; // the body where it came in chunks
    runtime::Block head_; // of a stream that has not begun
    HeadScanner scanner_;
    std::size_t headBytes_ = 0;
    std::size_t messageBytes_ = 0; // of the present request in received_
    bool isHttp10_ = false;
    bool isHeadRequest_ = false;
    bool isStreaming_ = false;
    bool keepsAlive_ = true;
};

} // namespace signalbox::http
