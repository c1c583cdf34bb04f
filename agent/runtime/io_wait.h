// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/address.h"
#include "agent/runtime/deadline.h"
#include "agent/runtime/socket.h"
#include "agent/runtime/wait.h"

namespace signalbox::runtime {

// What the awaiters of Loop's socket operations give back, and the awaiters themselves.

// They have constructors because g++ 12 destroys aggregates twice in statements that await.

struct Read {
    Read(Lent b, Fault f) : bytes(b), fault(f) {}
    Lent bytes; // empty when there is a fault
    Fault fault;
};

struct Connected {
    Connected(Socket s, Fault f) : socket(std::move(s)), fault(f) {}
    Socket socket; // open when there is no fault
    Fault fault;
};

struct Accepted {
    Accepted() : fault(Fault::None) {}
    Socket socket; // open when there is no fault
    Address peer;
    Fault fault;
};

// Waits for a socket to become readable, connected or acceptable; at most one a socket.
// Lives on: core; base of the three below.
class ReadinessWait : public Wait {
public:
    ReadinessWait(const ReadinessWait&) = delete;
    ReadinessWait& operator=(const ReadinessWait&) = delete;
    void await_suspend(std::coroutine_handle<> coroutine);

protected:
    ReadinessWait(Loop& loop, SocketState* socket, Deadline deadline)
        : loop_(loop), socket_(socket), deadline_(deadline)
    {
    }
    ~ReadinessWait();

    friend class Loop;
    Loop& loop_;
    SocketState* socket_; // null once the socket is gone
    Deadline deadline_;
};

// Lives on: core; made by Loop::recv() and awaited at once.
class [[nodiscard]] RecvWait final : public ReadinessWait {
public:
    RecvWait(Loop& loop, SocketState* socket, Deadline deadline)
        : ReadinessWait(loop, socket, deadline)
    {
    }
    bool await_ready();
    Read await_resume() const;

private:
    friend class Loop;
    Lent bytes_;
};

// Lives on: core; made by Loop::connect() and awaited at once.
class [[nodiscard]] ConnectWait final : public ReadinessWait, private LeaveHook {
public:
    ConnectWait(Loop& loop, SocketState* connecting, Fault fault, Deadline deadline,
                Socket* client);
    bool await_ready();
    void await_suspend(std::coroutine_handle<> coroutine);
    Connected await_resume();

private:
    static void onLeft(LeaveHook& hook);
    Socket connected_; // closes when the wait is dropped
    Socket* client_;
};

// Lives on: core; made by Loop::accept() and awaited at once.
class [[nodiscard]] AcceptWait final : public ReadinessWait {
public:
    AcceptWait(Loop& loop, SocketState* socket, Deadline deadline)
        : ReadinessWait(loop, socket, deadline)
    {
    }
    bool await_ready();
    Accepted await_resume();

private:
    friend class Loop;
    Accepted accepted_;
};

// Waits for unsent bytes to fall to a mark; the bytes were taken when it was made.
// Lives on: core; made by Loop::send() and Loop::flush() and awaited at once.
class [[nodiscard]] SendWait final : public Wait {
public:
    // Done, with this fault.
    explicit SendWait(Fault fault) : done_(true) { fault_ = fault; }
    SendWait(SocketState& socket, std::size_t mark) : socket_(&socket), mark_(mark) {}
    SendWait(const SendWait&) = delete;
    SendWait& operator=(const SendWait&) = delete;
    ~SendWait();
    bool await_ready() const { return done_; }
    void await_suspend(std::coroutine_handle<> coroutine);
    [[nodiscard]] Fault await_resume() const { return fault_; }

private:
    friend class Loop;
    SocketState* socket_ = nullptr; // null once the socket is gone
    std::size_t mark_ = 0;
    bool done_ = false;
};

} // namespace signalbox::runtime
