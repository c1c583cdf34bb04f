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

namespace {

constexpr std::uint32_t kSocketsPerChunk = 256;
constexpr std::uint64_t kWakeEvent = ~std::uint64_t{0};
constexpr std::uint32_t kLeft = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
// What the kernel may hold unsent for one socket; beyond it a slow reader is back-pressure on us
// instead of kernel memory.
constexpr int kUnsentInKernelBytes = 128 * 1024;
constexpr std::chrono::milliseconds kForEver{-1};

std::uint64_t eventOf(const SocketState& socket)
{
    return std::uint64_t{socket.generation} << 32 | socket.index;
}

base::Error systemError(std::string_view what)
{
    return {base::Code::Unavailable, fmt::format("{}: {}", what, std::strerror(errno))};
}

} // namespace

// The outermost frame of a spawned task; destroys itself when the task ends.
struct Loop::Root {
    struct promise_type : ListNode {
        promise_type(Roots& roots, const Task<void>& task);
        static void* operator new(std::size_t size) { return core_pool::allocate(size); }
        static void operator delete(void* memory, std::size_t size)
        {
            core_pool::release(memory, size);
        }
        Root get_return_object() const { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { std::terminate(); }
    };
};

struct Loop::Roots {
    IntrusiveList<Root::promise_type> running;
};

Loop::Root::promise_type::promise_type(Roots& roots, const Task<void>&)
{
    roots.running.pushBack(*this);
}

Loop::Root Loop::runRoot(Roots&, Task<void> task)
{
    co_await task;
}

Loop::Loop(const base::Clock& clock, LoopOptions options)
    : clock_(clock), options_(options), now_(clock.monotonic()), timers_(now_),
      readBuffer_(new char[limits::kReadBufferBytes]), roots_(std::make_unique<Roots>())
{
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (epoll_ < 0 || wake_ < 0)
        SB_FATAL("runtime", fmt::format("cannot make an event loop: {}", std::strerror(errno)));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kWakeEvent;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
}

Loop::~Loop()
{
    endTasks();
    posted_.clear();
    SB_ASSERT(openSockets_ == 0);
    ASAN_UNPOISON_MEMORY_REGION(readBuffer_.get(), limits::kReadBufferBytes);
    ::close(wake_);
    ::close(epoll_);
    core_pool::drain();
}

// --- Sockets ---

SocketState* Loop::adopt(int fd)
{
    if (freeSockets_ == nullptr) {
        const auto first = static_cast<std::uint32_t>(sockets_.size()) * kSocketsPerChunk;
        sockets_.push_back(std::make_unique<SocketState[]>(kSocketsPerChunk));
        for (std::uint32_t i = kSocketsPerChunk; i-- > 0;) {
            SocketState& state = sockets_.back()[i];
            state.loop = this;
            state.index = first + i;
            state.nextFree = std::exchange(freeSockets_, &state);
        }
    }
    SocketState* state = freeSockets_;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = eventOf(*state);
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) {
        ::close(fd);
        return nullptr;
    }
    freeSockets_ = std::exchange(state->nextFree, nullptr);
    state->fd = fd;
    state->readable = state->connecting = state->listening = state->peerLeft = false;
    state->writable = true;
    state->fault = Fault::None;
    state->burst = 0;
    ++openSockets_;
    return state;
}

SocketState* Loop::find(SocketId id)
{
    const std::size_t chunk = id.index / kSocketsPerChunk;
    if (chunk >= sockets_.size())
        return nullptr;
    SocketState& state = sockets_[chunk][id.index % kSocketsPerChunk];
    return state.fd >= 0 && state.generation == id.generation ? &state : nullptr;
}

void Loop::closeSocket(SocketState& socket)
{
    ::close(forgetSocket(socket));
}

int Loop::releaseSocket(SocketState& socket)
{
    // Closing a descriptor takes it out of the set by itself; one that lives on must be taken out.
    epoll_ctl(epoll_, EPOLL_CTL_DEL, socket.fd, nullptr);
    return forgetSocket(socket);
}

int Loop::forgetSocket(SocketState& socket)
{
    if (auto* reader = static_cast<ReadinessWait*>(std::exchange(socket.reader, nullptr))) {
        reader->socket_ = nullptr;
        makeReady(*reader, Fault::Cancelled);
    }
    if (auto* writer = static_cast<SendWait*>(std::exchange(socket.writer, nullptr))) {
        writer->socket_ = nullptr;
        makeReady(*writer, Fault::Cancelled);
    }
    while (socket.leaveHooks.popFront() != nullptr) { }
    socket.disarm();
    socket.unsent.release();
    socket.unsentStart = 0;
    const int fd = std::exchange(socket.fd, -1);
    if (++socket.generation == 0)
        socket.generation = 1;
    socket.nextFree = std::exchange(freeSockets_, &socket);
    --openSockets_;
    return fd;
}

namespace {
bool mayShare(int fd)
{
    const int on = 1;
    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
}
} // namespace

base::Result<Socket> Loop::listen(const Address& address, Sharing sharing, int backlog)
{
    const int family = address.isIpv6() ? AF_INET6 : AF_INET;
    const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return systemError("cannot make a listening socket");
    const int on = 1;
    // Accepted sockets inherit the last two, which saves two calls a connection.
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || (sharing == Sharing::Joins && !mayShare(fd))
        || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0
        || setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentInKernelBytes,
                      sizeof kUnsentInKernelBytes)
            != 0
        || ::bind(fd, address.system(), address.systemSize()) != 0
        || (sharing == Sharing::First && !mayShare(fd)) || ::listen(fd, backlog) != 0) {
        base::Error error = systemError(fmt::format("cannot listen on {}", address.text()));
        ::close(fd);
        return error;
    }
    SocketState* state = adopt(fd);
    if (state == nullptr)
        return systemError("cannot watch a listening socket");
    state->listening = true;
    return Socket(*state);
}

AcceptWait Loop::accept(Socket& listener, Deadline deadline)
{
    return {*this, listener.state_, deadline};
}

bool Loop::acceptOne(SocketState& listener, Accepted& accepted)
{
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    int fd = -1;
    do
        fd = accept4(listener.fd, reinterpret_cast<sockaddr*>(&peer), &size,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (fd < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            listener.readable = false;
            return false;
        }
        // Still readable: whoever accepts waits a moment before asking again.
        accepted.fault = Fault::Exhausted;
        return true;
    }
    SocketState* state = adopt(fd);
    if (state == nullptr) {
        accepted.fault = Fault::Exhausted;
        return true;
    }
    accepted.socket = Socket(*state);
    accepted.peer = Address::fromSystem(peer);
    return true;
}

ConnectWait Loop::connect(const Address& address, Deadline deadline, Socket* client)
{
    const int family = address.isIpv6() ? AF_INET6 : AF_INET;
    const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return {*this, nullptr, Fault::Exhausted, deadline, client};
    const int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // slower without, never wrong
    int done = 0;
    do
        done = ::connect(fd, address.system(), address.systemSize());
    while (done != 0 && errno == EINTR);
    if (done != 0 && errno != EINPROGRESS) {
        const Fault fault = faultOf(errno);
        ::close(fd);
        return {*this, nullptr, fault, deadline, client};
    }
    SocketState* state = adopt(fd);
    if (state == nullptr)
        return {*this, nullptr, Fault::Exhausted, deadline, client};
    state->connecting = done != 0;
    return {*this, state, Fault::None, deadline, client};
}

void Loop::cancel(SocketId id)
{
    if (SocketState* socket = find(id); socket != nullptr && socket->fault == Fault::None)
        endWaits(*socket, Fault::Cancelled);
}

void Loop::fail(SocketState& socket, Fault fault)
{
    endWaits(socket, fault);
    peerLeft(socket);
}

void Loop::endWaits(SocketState& socket, Fault fault)
{
    socket.fault = fault;
    socket.unsent.release();
    socket.unsentStart = 0;
    if (socket.reader != nullptr)
        makeReady(*std::exchange(socket.reader, nullptr), fault);
    if (socket.writer != nullptr)
        makeReady(*std::exchange(socket.writer, nullptr), fault);
}

void Loop::peerLeft(SocketState& socket)
{
    if (std::exchange(socket.peerLeft, true))
        return;
    while (LeaveHook* hook = socket.leaveHooks.popFront())
        hook->left_(*hook);
}

// --- Deadlines ---

// The timer stands at or before the earliest deadline. A later deadline leaves it alone, so that a
// stream whose deadline moves with every event touches no timer; one that fires early looks again.
void Loop::armSocket(SocketState& socket)
{
    base::Monotonic first = base::Monotonic::max();
    if (socket.reader != nullptr)
        first = socket.readDeadline;
    if (socket.unsentBytes() > 0)
        first = std::min(first, socket.writeDeadline);
    if (first != base::Monotonic::max() && !timers_.isArmedBy(socket, first))
        timers_.arm(socket, first);
}

void Loop::onSocketTimer(Timer& timer)
{
    auto& socket = static_cast<SocketState&>(timer);
    Loop& loop = *socket.loop;
    if (socket.reader != nullptr && socket.readDeadline <= loop.now_)
        loop.makeReady(*std::exchange(socket.reader, nullptr), Fault::Deadline);
    if (socket.unsentBytes() > 0 && socket.writeDeadline <= loop.now_) {
        ++loop.counters_.writeStalls;
        loop.fail(socket, Fault::Deadline);
    }
    loop.armSocket(socket);
}

TimedWait Loop::sleep(std::chrono::nanoseconds wait, Socket* client)
{
    return {*this, TimedWait::Until::Moment, nullptr, after(wait), client};
}

TimedWait Loop::yield()
{
    return {*this, TimedWait::Until::Moment, nullptr, Deadline::at(now_), nullptr};
}

// --- The round ---

std::chrono::milliseconds Loop::timeToNextTimer() const
{
    const auto next = timers_.next();
    if (!next)
        return kForEver;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - now_);
    return std::clamp<std::chrono::milliseconds>(wait, std::chrono::milliseconds{0},
                                                 std::chrono::hours{1});
}

bool Loop::round(std::chrono::milliseconds longest)
{
    std::array<epoll_event, limits::kEventsPerWakeup> events;
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(longest.count()));
    now_ = clock_.monotonic();
    ++counters_.wakeups;
    ASAN_POISON_MEMORY_REGION(readBuffer_.get(), limits::kReadBufferBytes);
    bool active = count > 0;
    IntrusiveList<Wait> again;
    deferred_.moveAllTo(again);
    for (int i = 0; i < count; ++i) {
        const std::uint64_t data = events[static_cast<std::size_t>(i)].data.u64;
        if (data == kWakeEvent) {
            runPosted();
            continue;
        }
        SocketId id;
        id.index = static_cast<std::uint32_t>(data);
        id.generation = static_cast<std::uint32_t>(data >> 32);
        if (SocketState* socket = find(id))
            dispatch(*socket, events[static_cast<std::size_t>(i)].events);
    }
    while (Wait* wait = again.popFront()) {
        SocketState& socket = *static_cast<ReadinessWait*>(wait)->socket_;
        socket.burst = 0;
        onReadable(socket);
        active = true;
    }
    if (const auto next = timers_.next(); next && *next <= now_)
        timers_.advance(now_);
    return runReady() || active;
}

void Loop::run()
{
    owner_.bind();
    while (!stopping_.load(std::memory_order_acquire)) {
        const bool more = !ready_.empty() || !deferred_.empty();
        round(more ? std::chrono::milliseconds{0} : timeToNextTimer());
    }
    runPosted();
}

void Loop::dispatch(SocketState& socket, std::uint32_t events)
{
    socket.burst = 0;
    if (socket.connecting) {
        if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0 && socket.reader != nullptr)
            resume(*std::exchange(socket.reader, nullptr));
        return;
    }
    if ((events & EPOLLOUT) != 0 || (events & kLeft) != 0)
        socket.writable = true;
    if ((events & (EPOLLIN | kLeft)) != 0)
        socket.readable = true;
    if (socket.unsentBytes() > 0)
        flushUnsent(socket);
    if ((events & kLeft) != 0)
        peerLeft(socket);
    if (socket.readable && socket.reader != nullptr)
        onReadable(socket);
}

// Last in a dispatch: what it resumes may close the socket.
void Loop::onReadable(SocketState& socket)
{
    if (socket.listening) {
        auto& wait = static_cast<AcceptWait&>(*socket.reader);
        if (!acceptOne(socket, wait.accepted_))
            return;
    } else {
        auto& wait = static_cast<RecvWait&>(*socket.reader);
        if (!receive(socket, wait.bytes_, wait.fault_))
            return;
    }
    // Reading may have found the peer gone, and told those who then ended this wait.
    if (socket.reader != nullptr)
        resume(*std::exchange(socket.reader, nullptr));
}

void Loop::makeReady(Wait& wait, Fault fault)
{
    wait.fault_ = fault;
    ready_.pushBack(wait);
}

void Loop::resume(Wait& wait)
{
    wait.unlink();
    wait.coroutine_.resume();
}

bool Loop::runReady()
{
    IntrusiveList<Wait> batch;
    ready_.moveAllTo(batch);
    const bool any = !batch.empty();
    while (Wait* wait = batch.popFront())
        wait->coroutine_.resume();
    return any;
}

void Loop::spawn(Task<void> task)
{
    owner_.check();
    runRoot(*roots_, std::move(task));
}

void Loop::endTasks()
{
    // What the tasks own closes its sockets here, while they still have a loop.
    while (Root::promise_type* root = roots_->running.popFront())
        std::coroutine_handle<Root::promise_type>::from_promise(*root).destroy();
}

// --- From other threads ---

bool Loop::post(UniqueFunction function)
{
    {
        const std::lock_guard lock(postMutex_);
        if (posted_.size() >= limits::kLoopPosts) {
            ++postsRefused_;
            return false;
        }
        posted_.push_back(std::move(function));
    }
    wake();
    return true;
}

// One write wakes the loop for all who post until it looks.
void Loop::wake()
{
    if (woken_.exchange(true, std::memory_order_acq_rel))
        return;
    const std::uint64_t one = 1;
    (void)!::write(wake_, &one, sizeof one); // a counter at its limit has woken the loop already
}

void Loop::runPosted()
{
    std::uint64_t ignored = 0;
    (void)!::read(wake_, &ignored, sizeof ignored);
    woken_.store(false, std::memory_order_release);
    std::vector<UniqueFunction> taken;
    {
        const std::lock_guard lock(postMutex_);
        taken.swap(posted_);
        counters_.postsRefused = postsRefused_;
    }
    for (UniqueFunction& function : taken)
        function();
}

void Loop::stop()
{
    stopping_.store(true, std::memory_order_release);
    wake();
}

// --- Watching a client ---

Watch::Watch(Loop& loop, Socket& client) : LeaveHook(&onLeft), loop_(loop)
{
    client.onLeave(*this);
}

void Watch::guard(Socket& upstream)
{
    guarded_ = upstream.id();
    if (clientLeft_)
        loop_.cancel(guarded_);
}

void Watch::onLeft(LeaveHook& hook)
{
    auto& watch = static_cast<Watch&>(hook);
    watch.clientLeft_ = true;
    watch.loop_.cancel(watch.guarded_);
}

} // namespace signalbox::runtime
