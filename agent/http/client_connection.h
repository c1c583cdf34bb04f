// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/chunk_decoder.h"
#include "agent/http/h1_parser.h"
#include "agent/runtime/loop.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace signalbox::http {

// They have constructors because g++ 12 destroys aggregates twice in statements that await.

// Reading an answer's head ended: head() is true where nothing is wrong.
struct AnswerHead {
    explicit AnswerHead(runtime::Fault f) : fault(f) {}
    explicit AnswerHead(std::string_view reason) : isBad(true), why(reason) {}
    AnswerHead() = default;
    runtime::Fault fault = runtime::Fault::None;
    bool isBad = false; // not HTTP that we accept
    std::string_view why;
};

// A piece of the body without its framing; the bytes are valid until the caller next awaits.
struct BodyPiece {
    explicit BodyPiece(runtime::Fault f) : fault(f) {}
    explicit BodyPiece(std::string_view reason) : isBad(true), why(reason) {}
    BodyPiece(std::string_view bytes, bool end) : data(bytes), isEnd(end) {}
    runtime::Fault fault = runtime::Fault::None;
    bool isBad = false;
    std::string_view why;
    std::string_view data;
    bool isEnd = false; // in order: the length was reached, or the last chunk seen
};

// The upstream side of one connection: a request out, an answer in, again while both agree.
// Lives on: core; owned by the exchange, or idle by the connection pool. Holds no buffer while it
// is idle. Never half-closes: engines take that for a client that left.
class ClientConnection {
public:
    ClientConnection(runtime::Loop& loop, runtime::Socket socket)
        : loop_(loop), socket_(std::move(socket))
    {
    }

    // Head and body gathered; large bodies go in slices with back-pressure. Starts a new message.
    // The views must live until it ends.
    runtime::Task<runtime::Fault> send(std::span<const std::string_view> pieces);
    runtime::Task<AnswerHead> readHead(Method method, runtime::Deadline deadline);
    // Everything that has come, in one piece.
    runtime::Task<BodyPiece> readBody(runtime::Deadline deadline);

    // Its views are valid until the next await after readHead().
    const ResponseHead& head() const { return head_; }
    bool hasReceived() const { return hasReceived_; } // a byte of the present answer
    bool isAtEnd() const { return isAtEnd_; }
    // The message ended exactly, both sides keep the connection, and nothing came since.
    bool isReusable() const
    {
        return isAtEnd_ && head_.keepAlive && !hasExtra_ && socket_.isQuiet();
    }
    std::uint32_t requests() const { return requests_; }
    runtime::Socket& socket() { return socket_; }

private:
    ParseResult parse();
    void startBody(std::size_t headBytes);
    BodyPiece take(std::span<char> bytes);
    BodyPiece takeChunks(std::span<char> bytes);

    runtime::Loop& loop_;
    runtime::Socket socket_;
    ResponseHead head_;
    Method method_ = Method::Get;
    HeadScanner scanner_;
    ChunkDecoder chunks_;
    runtime::Block received_; // a head in parts, then what came behind it
    std::size_t bodyAt_ = 0; // in received_; what readBody gives first
    std::uint64_t left_ = 0; // of a body with a length
    std::uint32_t requests_ = 0;
    bool hasReceived_ = false;
    bool isAtEnd_ = false;
    bool hasExtra_ = false;
};

} // namespace signalbox::http
