// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/block.h"
#include "agent/runtime/fault.h"
#include "agent/runtime/intrusive_list.h"
#include "agent/runtime/timer_wheel.h"

#include <cstdint>
#include <sys/uio.h>
#include <utility>

namespace signalbox::runtime {

class Loop;
class Wait;

// Called once when the peer of a socket leaves (FIN, RST, or it took no byte for the write-stall
// time), also while nobody reads. Attached with Socket::onLeave(); detaches when destroyed.
// Lives on: core; owned by who wants to know, and must not destroy the socket from the call.
class LeaveHook : public ListNode {
public:
    using Left = void (*)(LeaveHook&);
    explicit LeaveHook(Left left) : left_(left) {}

private:
    friend class Loop;
    friend class Socket;
    Left left_;
};

// The loop's side of a socket. Lives on: core; owned by the loop, which reuses it; only the loop
// and its awaiters touch it.
struct SocketState : Timer {
    SocketState();

    Loop* loop = nullptr;
    int fd = -1;
    std::uint32_t index = 0;
    std::uint32_t generation = 1; // of the descriptor: tells late events of an earlier one apart
    bool readable = false;
    bool writable = true;
    bool connecting = false;
    bool listening = false;
    bool peerLeft = false;
    Fault fault = Fault::None; // final: every later operation ends with it
    std::uint8_t burst = 0;    // reads since the last event; bounds how long one socket runs
    Wait* reader = nullptr;    // waits for readability, a connection, or a client to accept
    Wait* writer = nullptr;    // waits for the unsent bytes to shrink
    std::size_t writerMark = 0;
    base::Monotonic readDeadline{};
    base::Monotonic writeDeadline{};
    Block unsent;
    std::size_t unsentStart = 0;
    IntrusiveList<LeaveHook> leaveHooks;
    SocketState* nextFree = nullptr;

    std::size_t unsentBytes() const { return unsent.size() - unsentStart; }
    void appendUnsent(std::string_view bytes);
    void dropUnsent(std::size_t count);
};

// Names a socket without keeping it alive; of a closed one it names nothing. Generation 0 is none.
struct SocketId {
    std::uint32_t index = 0;
    std::uint32_t generation = 0;
};

// A connected or listening TCP socket of one loop; closes when destroyed.
// Lives on: core; owned by whoever holds it, and must not outlive its loop. Coroutines that still
// wait on it when it closes get Fault::Cancelled.
class Socket {
public:
    Socket() = default;
    Socket(Socket&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    Socket& operator=(Socket&& other) noexcept
    {
        std::swap(state_, other.state_);
        return *this;
    }
    ~Socket() { close(); }

    bool isOpen() const { return state_ != nullptr; }
    SocketId id() const;
    // True once a FIN or RST was seen, or the peer stalled our writes too long.
    bool peerLeft() const { return state_ == nullptr || state_->peerLeft; }
    // True when nothing can have gone wrong unseen: no unread byte, no unsent byte, peer there.
    // What may be kept for another request (with a message that ended exactly) is quiet.
    bool isQuiet() const
    {
        return state_ != nullptr && !state_->peerLeft && !state_->readable
            && state_->fault == Fault::None && state_->unsentBytes() == 0;
    }
    std::size_t unsentBytes() const { return state_ == nullptr ? 0 : state_->unsentBytes(); }
    // Calls the hook at once when the peer has already left.
    void onLeave(LeaveHook& hook);

    // Ends the connection in order (FIN). Unsent bytes are lost: flush first.
    void close();
    // Leaves the loop: the descriptor is the caller's now, non-blocking, with nothing read or sent
    // since. -1 where something stands between, as an unsent byte or a fault.
    int release();
    // Ends it abnormally (RST), so that no peer takes what it has for the whole.
    void reset();
    // Ends our sending side only. Never towards an upstream: engines take it for a client that
    // left.
    void endSending();
    // The port this socket is bound to.
    std::uint16_t localPort() const;

private:
    friend class Loop;
    friend class ConnectWait;
    explicit Socket(SocketState& state) : state_(&state) {}
    SocketState* state_ = nullptr;
};

// The only two functions that move bytes, so that an encrypted transport fits behind them.
// The count, or -1 with `again` set when the kernel has nothing or takes nothing just now.
struct Moved {
    std::ptrdiff_t count = 0;
    Fault fault = Fault::None;
    bool again = false;
};
Fault faultOf(int error); // an errno
Moved readSome(SocketState& socket, std::span<char> into);
Moved writeSome(SocketState& socket, std::span<const iovec> pieces);

} // namespace signalbox::runtime
