// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/socket.h"

#include "agent/runtime/address.h"
#include "agent/runtime/io_wait.h"
#include "agent/runtime/loop.h"
#include "shared/base/check.h"
#include "shared/base/limits.h"

#include <cerrno>
#include <sys/socket.h>

namespace signalbox::runtime {

namespace {

Moved movedBy(std::ptrdiff_t count)
{
    Moved moved;
    moved.count = count;
    if (count < 0) {
        moved.again = errno == EAGAIN || errno == EWOULDBLOCK;
        moved.fault = moved.again ? Fault::None : faultOf(errno);
    }
    return moved;
}

} // namespace

Fault faultOf(int error)
{
    switch (error) {
    case 0: return Fault::None;
    case ECONNREFUSED: return Fault::Refused;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL: return Fault::Unreachable;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return Fault::Exhausted;
    case ETIMEDOUT: return Fault::Deadline;
    default: return Fault::Reset;
    }
}

Moved readSome(SocketState& socket, std::span<char> into)
{
    std::ptrdiff_t count = 0;
    do
        count = ::recv(socket.fd, into.data(), into.size(), 0);
    while (count < 0 && errno == EINTR);
    return movedBy(count);
}

Moved writeSome(SocketState& socket, std::span<const iovec> pieces)
{
    std::ptrdiff_t count = 0;
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data()); // sendmsg() only reads it
    message.msg_iovlen = pieces.size();
    do {
        count = pieces.size() == 1
            ? ::send(socket.fd, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL)
            : ::sendmsg(socket.fd, &message, MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    return movedBy(count);
}

SocketState::SocketState() : Timer(&Loop::onSocketTimer) {}

void SocketState::appendUnsent(std::string_view bytes)
{
    if (unsentStart > 0 && unsent.size() + bytes.size() > unsent.capacity()) {
        const std::size_t left = unsentBytes();
        std::memmove(unsent.data(), unsent.data() + unsentStart, left);
        unsent.truncate(left);
        unsentStart = 0;
    }
    unsent.append(bytes);
}

void SocketState::dropUnsent(std::size_t count)
{
    unsentStart += count;
    if (unsentBytes() > 0)
        return;
    unsentStart = 0;
    unsent.release();
}

SocketId Socket::id() const
{
    SocketId id;
    if (state_ != nullptr) {
        id.index = state_->index;
        id.generation = state_->generation;
    }
    return id;
}

void Socket::onLeave(LeaveHook& hook)
{
    if (peerLeft())
        hook.left_(hook);
    else
        state_->leaveHooks.pushBack(hook);
}

void Socket::close()
{
    if (SocketState* state = std::exchange(state_, nullptr))
        state->loop->closeSocket(*state);
}

int Socket::release()
{
    if (state_ == nullptr || state_->fault != Fault::None || state_->unsentBytes() != 0)
        return -1;
    SocketState* state = std::exchange(state_, nullptr);
    return state->loop->releaseSocket(*state);
}

void Socket::reset()
{
    if (state_ == nullptr)
        return;
    const linger none{1, 0};
    // Failing to set it makes this an ordinary close, which the message's framing still shows.
    (void)setsockopt(state_->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close();
}

void Socket::endSending()
{
    if (state_ != nullptr)
        (void)::shutdown(state_->fd, SHUT_WR); // fails only where the connection is gone already
}

std::uint16_t Socket::localPort() const
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (state_ == nullptr
        || getsockname(state_->fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return 0;
    return Address::fromSystem(address).port();
}

// --- Awaiters ---

ReadinessWait::~ReadinessWait()
{
    if (socket_ != nullptr && socket_->reader == this)
        socket_->reader = nullptr;
}

void ReadinessWait::await_suspend(std::coroutine_handle<> coroutine)
{
    coroutine_ = coroutine;
    SB_ASSERT(socket_->reader == nullptr);
    socket_->reader = this;
    socket_->readDeadline = deadline_.when();
    if (!deadline_.isNever())
        loop_.armSocket(*socket_);
    if (socket_->readable && !socket_->connecting)
        loop_.readLater(*this);
}

bool RecvWait::await_ready()
{
    if (socket_ == nullptr) {
        fault_ = Fault::Closed;
        return true;
    }
    fault_ = socket_->fault;
    if (fault_ != Fault::None)
        return true;
    if (!socket_->readable || socket_->burst >= limits::kReadBurst)
        return false;
    ++socket_->burst;
    return loop_.receive(*socket_, bytes_, fault_);
}

Read RecvWait::await_resume() const
{
    return Read(bytes_, fault_);
}

ConnectWait::ConnectWait(Loop& loop, SocketState* connecting, Fault fault, Deadline deadline,
                         Socket* client)
    : ReadinessWait(loop, connecting, deadline), LeaveHook(&onLeft), client_(client)
{
    fault_ = fault;
    if (connecting != nullptr)
        connected_ = Socket(*connecting);
}

bool ConnectWait::await_ready()
{
    if (client_ != nullptr && client_->peerLeft())
        fault_ = Fault::Cancelled;
    return fault_ != Fault::None || !socket_->connecting;
}

void ConnectWait::await_suspend(std::coroutine_handle<> coroutine)
{
    ReadinessWait::await_suspend(coroutine);
    if (client_ != nullptr)
        client_->onLeave(*this);
}

void ConnectWait::onLeft(LeaveHook& hook)
{
    auto& wait = static_cast<ConnectWait&>(hook);
    wait.loop_.cancel(wait.connected_.id());
}

Connected ConnectWait::await_resume()
{
    if (fault_ == Fault::None && socket_->connecting) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(socket_->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        fault_ = faultOf(error);
        socket_->connecting = false;
    }
    if (fault_ != Fault::None)
        connected_.close();
    return Connected(std::move(connected_), fault_);
}

bool AcceptWait::await_ready()
{
    if (socket_ == nullptr || socket_->fault != Fault::None) {
        accepted_.fault = socket_ == nullptr ? Fault::Closed : socket_->fault;
        return true;
    }
    if (!socket_->readable || socket_->burst >= limits::kReadBurst)
        return false;
    ++socket_->burst;
    return loop_.acceptOne(*socket_, accepted_);
}

Accepted AcceptWait::await_resume()
{
    if (fault_ != Fault::None)
        accepted_.fault = fault_;
    return std::move(accepted_);
}

SendWait::~SendWait()
{
    if (socket_ != nullptr && socket_->writer == this)
        socket_->writer = nullptr;
}

void SendWait::await_suspend(std::coroutine_handle<> coroutine)
{
    coroutine_ = coroutine;
    SB_ASSERT(socket_->writer == nullptr);
    socket_->writer = this;
    socket_->writerMark = mark_;
}

bool TimedWait::await_ready()
{
    if (client_ != nullptr && client_->peerLeft()) {
        fault_ = Fault::Closed;
        return true;
    }
    if (until_ == Until::Notified && deadline_.passed(loop_.now())) {
        fault_ = Fault::Deadline;
        return true;
    }
    return false;
}

void TimedWait::await_suspend(std::coroutine_handle<> coroutine)
{
    coroutine_ = coroutine;
    if (deadline_.passed(loop_.now())) {
        loop_.makeReady(*this, Fault::None); // a yield
        return;
    }
    if (!deadline_.isNever())
        loop_.timers().arm(*this, deadline_.when());
    if (waiting_ != nullptr)
        waiting_->pushBack(*this);
    if (client_ != nullptr)
        client_->onLeave(*this);
}

void TimedWait::onTimer(Timer& timer)
{
    auto& wait = static_cast<TimedWait&>(timer);
    wait.finish(wait.until_ == Until::Moment ? Fault::None : Fault::Deadline);
}

void TimedWait::onLeft(LeaveHook& hook)
{
    static_cast<TimedWait&>(hook).finish(Fault::Closed);
}

void TimedWait::finish(Fault fault)
{
    Timer::disarm();
    LeaveHook::unlink();
    loop_.makeReady(*this, fault);
}

void Condition::notifyOne()
{
    if (Wait* wait = waiting_.popFront())
        static_cast<TimedWait*>(wait)->finish(Fault::None);
}

void Condition::finishAll(Fault fault)
{
    while (Wait* wait = waiting_.popFront())
        static_cast<TimedWait*>(wait)->finish(fault);
}

} // namespace signalbox::runtime
