// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/loop.h"

#include "shared/base/check.h"
#include "shared/base/log.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(memory, size) ((void)(memory), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(memory, size) ((void)(memory), (void)(size))
#endif

namespace signalbox::runtime {

RecvWait Loop::recv(Socket& socket, Deadline deadline)
{
    return {*this, socket.state_, deadline};
}

bool Loop::receive(SocketState& socket, Lent& bytes, Fault& fault)
{
    char* buffer = readBuffer_.get();
    ASAN_UNPOISON_MEMORY_REGION(buffer, limits::kReadBufferBytes);
    const Moved moved = readSome(socket, {buffer, limits::kReadBufferBytes});
    if (moved.again) {
        socket.readable = false;
        return false;
    }
    if (moved.count > 0) {
        const auto count = static_cast<std::size_t>(moved.count);
        ASAN_POISON_MEMORY_REGION(buffer + count, limits::kReadBufferBytes - count);
        // A short read has emptied the socket; new bytes are a new event. Not so once the peer has
        // left: its FIN is behind the bytes and makes no further event.
        if (count < limits::kReadBufferBytes && !socket.peerLeft)
            socket.readable = false;
        ++counters_.received;
        bytes = Lent({buffer, count});
        return true;
    }
    fault = moved.count == 0 ? Fault::Closed : moved.fault;
    if (moved.count < 0)
        socket.fault = fault;
    peerLeft(socket);
    return true;
}

SendWait Loop::send(Socket& socket, std::string_view bytes)
{
    return send(socket, std::span(&bytes, 1));
}

SendWait Loop::send(Socket& socket, std::span<const std::string_view> pieces)
{
    SocketState* state = socket.state_;
    if (state == nullptr || state->fault != Fault::None)
        return SendWait(state == nullptr ? Fault::Closed : state->fault);
    std::size_t taken = 0;
    if (state->writable && state->unsentBytes() == 0) {
        SB_ASSERT(pieces.size() <= limits::kSendPieces);
        std::array<iovec, limits::kSendPieces> vectors;
        std::size_t total = 0;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            vectors[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
            total += pieces[i].size();
        }
        if (total == 0)
            return SendWait(Fault::None);
        const Moved moved = writeSome(*state, std::span(vectors.data(), pieces.size()));
        if (moved.count < 0 && !moved.again) {
            fail(*state, moved.fault);
            return SendWait(moved.fault);
        }
        ++counters_.sent;
        taken = moved.again ? 0 : static_cast<std::size_t>(moved.count);
        if (taken == total)
            return SendWait(Fault::None);
        state->writable = false;
    }
    const bool wasEmpty = state->unsentBytes() == 0;
    for (std::string_view piece : pieces) {
        const std::size_t skipped = std::min(taken, piece.size());
        taken -= skipped;
        state->appendUnsent(piece.substr(skipped));
    }
    if (wasEmpty && state->unsentBytes() > 0) {
        state->writeDeadline = now_ + options_.writeStall;
        armSocket(*state);
    }
    if (state->unsentBytes() <= options_.highWaterBytes)
        return SendWait(Fault::None);
    return {*state, options_.highWaterBytes / 2};
}

SendWait Loop::flush(Socket& socket)
{
    SocketState* state = socket.state_;
    if (state == nullptr || state->fault != Fault::None)
        return SendWait(state == nullptr ? Fault::Closed : state->fault);
    if (state->unsentBytes() == 0)
        return SendWait(Fault::None);
    return {*state, 0};
}

void Loop::flushUnsent(SocketState& socket)
{
    while (socket.writable && socket.unsentBytes() > 0) {
        const iovec rest{socket.unsent.data() + socket.unsentStart, socket.unsentBytes()};
        const Moved moved = writeSome(socket, std::span(&rest, 1));
        if (moved.count < 0 && !moved.again) {
            fail(socket, moved.fault);
            return;
        }
        if (moved.again || static_cast<std::size_t>(moved.count) < rest.iov_len)
            socket.writable = false;
        if (moved.count > 0) {
            ++counters_.sent;
            socket.dropUnsent(static_cast<std::size_t>(moved.count));
            socket.writeDeadline = now_ + options_.writeStall;
        }
    }
    if (socket.writer != nullptr && socket.unsentBytes() <= socket.writerMark)
        makeReady(*std::exchange(socket.writer, nullptr), Fault::None);
}

} // namespace signalbox::runtime
