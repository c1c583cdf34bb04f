// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/io_wait.h"
#include "agent/runtime/task.h"
#include "agent/runtime/timer_wheel.h"
#include "agent/runtime/unique_function.h"
#include "shared/base/clock.h"
#include "shared/base/limits.h"
#include "shared/base/on_thread.h"
#include "shared/base/result.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace signalbox::runtime {

struct LoopOptions {
    // A send waits while more than this is unsent, until half of it is left.
    std::size_t highWaterBytes = limits::kStreamBufferBytes;
    // A peer that takes no byte for this long has left.
    std::chrono::nanoseconds writeStall = limits::kWriteStall;
};

struct LoopCounters {
    std::uint64_t wakeups = 0;
    std::uint64_t received = 0;     // reads that gave bytes
    std::uint64_t sent = 0;         // writes that took bytes
    std::uint64_t writeStalls = 0;  // peers given up for taking no byte
    std::uint64_t postsRefused = 0; // by a full queue
};

// One edge-triggered epoll loop; shaped by completion, so that another kernel interface could
// carry it. Bytes are lent from one read buffer a loop: a socket that waits holds no buffer.
// Lives on: core; owned by its thread, never shared; post() and stop() are for any thread.
// Ends every spawned task when destroyed. Failures are a Fault of the operation, never thrown.
class Loop {
public:
    explicit Loop(const base::Clock& clock = base::systemClock(), LoopOptions options = {});
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    // Of this wakeup: read once after each wait.
    base::Monotonic now() const { return now_; }
    Deadline after(std::chrono::nanoseconds wait) const { return Deadline::after(now_, wait); }

    // Each core has a listener of its own on the same port. The first one takes the port for this
    // process alone: of two agents with one port each would get half of the requests. Port 0 lets
    // the system choose.
    enum class Sharing : std::uint8_t { First, Joins };
    base::Result<Socket> listen(const Address& address, Sharing sharing = Sharing::First,
                                int backlog = 4096);
    AcceptWait accept(Socket& listener, Deadline deadline = Deadline::never());
    // `client`, where given, ends the attempt with Fault::Cancelled when it leaves.
    ConnectWait connect(const Address& address, Deadline deadline, Socket* client = nullptr);

    // Whatever has come; the bytes are valid until the caller next awaits.
    RecvWait recv(Socket& socket, Deadline deadline);

    // Takes the bytes before it returns (what the kernel does not take is copied), so views need
    // to live no longer than the call. Awaiting it is back-pressure: at once below the high-water
    // mark. Send large things in slices of kSendSliceBytes. At most kSendPieces pieces.
    SendWait send(Socket& socket, std::string_view bytes);
    SendWait send(Socket& socket, std::span<const std::string_view> pieces);
    // Waits until the kernel has every byte.
    SendWait flush(Socket& socket);

    // Ends what waits on the socket with Fault::Cancelled, and every later operation on it.
    void cancel(Socket& socket) { cancel(socket.id()); }
    void cancel(SocketId id);

    // None when the time is over; Closed when `client` left before (where one is given).
    TimedWait sleep(std::chrono::nanoseconds wait, Socket* client = nullptr);
    // Lets everything that is ready run first.
    TimedWait yield();

    // Runs a task that nobody awaits until it first waits, and then as its waits end. Destroying
    // the loop destroys it. Give it a Gate::Entry as a parameter where its end matters.
    void spawn(Task<void> task);
    // Destroys every spawned task where it waits; the thread that runs the loop calls it.
    void endTasks();

    // Any thread. Runs the function on the loop's thread in order; false when the queue is full.
    bool post(UniqueFunction function);

    // Until stop(). stop() may come from any thread, before run() too.
    void run();
    void stop();
    // One round that waits at most this long; true when anything happened. For tests.
    bool poll(std::chrono::milliseconds longest = std::chrono::milliseconds{0})
    {
        return round(ready_.empty() && deferred_.empty() ? longest : std::chrono::milliseconds{0});
    }

    const LoopCounters& counters() const { return counters_; }
    std::size_t openSockets() const { return openSockets_; }

    // --- For the awaiters. ---
    void makeReady(Wait& wait, Fault fault);
    void readLater(ReadinessWait& wait) { deferred_.pushBack(wait); }
    TimerWheel& timers() { return timers_; }
    void armSocket(SocketState& socket);
    // False when nothing has come.
    bool receive(SocketState& socket, Lent& bytes, Fault& fault);
    bool acceptOne(SocketState& listener, Accepted& accepted);
    void closeSocket(SocketState& socket);
    int releaseSocket(SocketState& socket);
    int forgetSocket(SocketState& socket);
    static void onSocketTimer(Timer& timer);

private:
    struct Root;
    struct Roots;

    bool round(std::chrono::milliseconds longest);
    std::chrono::milliseconds timeToNextTimer() const;
    void dispatch(SocketState& socket, std::uint32_t events);
    void onReadable(SocketState& socket);
    void flushUnsent(SocketState& socket);
    void peerLeft(SocketState& socket);
    void fail(SocketState& socket, Fault fault);
    void endWaits(SocketState& socket, Fault fault);
    bool runReady();
    void runPosted();
    void wake();
    static void resume(Wait& wait);
    SocketState* adopt(int fd);
    SocketState* find(SocketId id);
    static Root runRoot(Roots& roots, Task<void> task);

    const base::Clock& clock_;
    const LoopOptions options_;
    base::OnThread owner_;
    base::Monotonic now_;
    int epoll_ = -1;
    int wake_ = -1;
    TimerWheel timers_;
    IntrusiveList<Wait> ready_;    // go on in this wakeup, or in the next
    IntrusiveList<Wait> deferred_; // had their share of this wakeup, and there is more
    std::unique_ptr<char[]> readBuffer_;
    std::vector<std::unique_ptr<SocketState[]>> sockets_;
    SocketState* freeSockets_ = nullptr;
    std::size_t openSockets_ = 0;
    LoopCounters counters_;
    std::unique_ptr<Roots> roots_;

    std::mutex postMutex_; // guards posted_ and postsRefused_
    std::vector<UniqueFunction> posted_;
    std::uint64_t postsRefused_ = 0;
    std::atomic<bool> woken_ = false;
    std::atomic<bool> stopping_ = false;
};

// While it lives, a client that leaves cancels what the exchange guards, so that no wait on the
// upstream outlives its reason. Lives on: core; owned by the exchange's coroutine.
class Watch : private LeaveHook {
public:
    Watch(Loop& loop, Socket& client);
    // Cancels at once when the client has already left. The last one guarded counts.
    void guard(Socket& upstream);
    void release() { guarded_ = SocketId{}; }
    bool clientLeft() const { return clientLeft_; }

private:
    static void onLeft(LeaveHook& hook);
    Loop& loop_;
    SocketId guarded_;
    bool clientLeft_ = false;
};

} // namespace signalbox::runtime
