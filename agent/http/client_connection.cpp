// SPDX-License-Identifier: Apache-2.0
#include "agent/http/client_connection.h"

#include "shared/base/limits.h"

#include <array>
#include <cstring>

namespace signalbox::http {

using runtime::Fault;
using runtime::Task;

Task<Fault> ClientConnection::send(std::span<const std::string_view> pieces)
{
    ++requests_;
    head_.status = 0;
    scanner_.reset();
    chunks_ = ChunkDecoder();
    received_.release();
    bodyAt_ = 0;
    hasReceived_ = isAtEnd_ = hasExtra_ = false;
    std::size_t bytes = 0;
    for (const std::string_view piece : pieces)
        bytes += piece.size();
    if (bytes <= limits::kSendSliceBytes)
        co_return co_await loop_.send(socket_, pieces);
    for (std::string_view piece : pieces) {
        while (!piece.empty()) {
            const std::string_view slice = piece.substr(0, limits::kSendSliceBytes);
            piece.remove_prefix(slice.size());
            const Fault fault = co_await loop_.send(socket_, slice);
            if (fault != Fault::None)
                co_return fault;
        }
    }
    co_return Fault::None;
}

Task<AnswerHead> ClientConnection::readHead(Method method, runtime::Deadline deadline)
{
    method_ = method;
    std::size_t interim = 0;
    for (;;) {
        const ParseResult result = parse();
        if (result.state == ParseState::Bad)
            co_return AnswerHead(result.fault.message);
        if (result.state == ParseState::Done && !head_.isInterim) {
            startBody(result.consumed);
            co_return AnswerHead();
        }
        if (result.state == ParseState::Done) {
            if (++interim > limits::kInterimResponses)
                co_return AnswerHead(std::string_view("too many interim answers"));
            runtime::Block rest = runtime::Block::copyOf(received_.view().substr(result.consumed));
            received_ = std::move(rest);
            scanner_.reset();
            continue;
        }
        const runtime::Read read = co_await loop_.recv(socket_, deadline);
        if (read.fault != Fault::None)
            co_return AnswerHead(read.fault);
        hasReceived_ = true;
        received_.append(read.bytes.view());
    }
}

ParseResult ClientConnection::parse()
{
    return received_.empty() ? ParseResult{}
                             : parseResponseHead(received_.view(), method_, head_, scanner_);
}

void ClientConnection::startBody(std::size_t headBytes)
{
    bodyAt_ = headBytes;
    left_ = head_.body.length;
    if (head_.body.kind == BodyKind::None) {
        isAtEnd_ = true;
        hasExtra_ = received_.size() > headBytes;
    }
}

Task<BodyPiece> ClientConnection::readBody(runtime::Deadline deadline)
{
    if (isAtEnd_)
        co_return BodyPiece({}, true);
    if (bodyAt_ < received_.size()) {
        const std::span<char> held = received_.bytes().subspan(bodyAt_);
        bodyAt_ = received_.size();
        co_return take(held);
    }
    received_.release();
    bodyAt_ = 0;
    const runtime::Read read = co_await loop_.recv(socket_, deadline);
    if (read.fault == Fault::Closed && head_.body.kind == BodyKind::UntilClose) {
        isAtEnd_ = true;
        co_return BodyPiece({}, true);
    }
    if (read.fault != Fault::None)
        co_return BodyPiece(read.fault);
    co_return take(read.bytes.bytes());
}

BodyPiece ClientConnection::take(std::span<char> bytes)
{
    if (head_.body.kind == BodyKind::Chunked)
        return takeChunks(bytes);
    if (head_.body.kind == BodyKind::UntilClose)
        return BodyPiece({bytes.data(), bytes.size()}, false);
    const std::size_t count = std::min<std::uint64_t>(left_, bytes.size());
    left_ -= count;
    isAtEnd_ = left_ == 0;
    hasExtra_ = count < bytes.size();
    return BodyPiece({bytes.data(), count}, isAtEnd_);
}

// The chunks' data moves together in place, so that one receive is one piece.
BodyPiece ClientConnection::takeChunks(std::span<char> bytes)
{
    std::string_view input(bytes.data(), bytes.size());
    std::size_t size = 0;
    for (;;) {
        const ChunkStep step = chunks_.next(input);
        input.remove_prefix(step.consumed);
        switch (step.state) {
        case ChunkState::Bad: return BodyPiece(step.fault.message);
        case ChunkState::NeedMore: return BodyPiece({bytes.data(), size}, false);
        case ChunkState::Complete:
            isAtEnd_ = true;
            hasExtra_ = !input.empty();
            return BodyPiece({bytes.data(), size}, true);
        case ChunkState::Data:
            std::memmove(bytes.data() + size, step.data.data(), step.data.size());
            size += step.data.size();
            break;
        }
    }
}

} // namespace signalbox::http
