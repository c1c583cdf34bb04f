// SPDX-License-Identifier: Apache-2.0
#include "agent/http/listener.h"

#include "shared/base/log.h"

#include <future>
#include <vector>

namespace signalbox::http {

using runtime::Fault;
using runtime::Task;

namespace {

// How long an acceptor pauses when the process is full or has no descriptor left: connections that
// end make room by themselves, and who comes meanwhile waits in the kernel's queue.
constexpr auto kAcceptPause = std::chrono::milliseconds(20);

std::string sourceOf(const runtime::Address& peer)
{
    const in6_addr host = peer.host();
    return {reinterpret_cast<const char*>(&host), sizeof host};
}

} // namespace

bool ConnectionCount::enter(const runtime::Address& peer)
{
    if (open_.fetch_add(1, std::memory_order_relaxed) >= limits_.connections) {
        open_.fetch_sub(1, std::memory_order_relaxed);
        refused_.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    if (!peer.isLoopback()) {
        const std::lock_guard lock(mutex_);
        std::size_t& ofSource = bySource_[sourceOf(peer)];
        if (ofSource >= limits_.connectionsPerSource) {
            open_.fetch_sub(1, std::memory_order_relaxed);
            refused_.fetch_add(1, std::memory_order_relaxed);
            return false;
        }
        ++ofSource;
    }
    accepted_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

void ConnectionCount::leave(const runtime::Address& peer)
{
    open_.fetch_sub(1, std::memory_order_relaxed);
    if (peer.isLoopback())
        return;
    const std::lock_guard lock(mutex_);
    const auto found = bySource_.find(sourceOf(peer));
    if (found != bySource_.end() && --found->second == 0)
        bySource_.erase(found);
}

Listener::Listener(runtime::CoreSet& cores, ListenerLimits limits, RequestHandler handler)
    : cores_(cores), shared_(std::make_shared<Shared>(limits, std::move(handler), cores.size()))
{
}

base::Result<runtime::Address> Listener::start(const runtime::Address& address)
{
    runtime::Address bound = address;
    for (std::size_t n = 0; n < cores_.size(); ++n) {
        std::promise<base::Result<std::uint16_t>> promise;
        const bool isPosted
            = cores_.post(n, [shared = shared_, bound, &promise](runtime::Core& core) {
                  promise.set_value(startOn(shared, core, bound));
              });
        if (!isPosted)
            return base::Error(base::Code::ResourceExhausted, "the core's queue is full");
        // The first core's port is every core's.
        SB_TRY(const std::uint16_t port, promise.get_future().get());
        bound.setPort(port);
    }
    return bound;
}

base::Result<std::uint16_t> Listener::startOn(const SharedPtr& shared, runtime::Core& core,
                                              const runtime::Address& address)
{
    auto entry = core.gate().enter();
    if (!entry)
        return base::Error(base::Code::Unavailable, "this core is stopping");
    SB_TRY(runtime::Socket socket,
           core.loop().listen(address,
                              core.index() == 0 ? runtime::Loop::Sharing::First
                                                : runtime::Loop::Sharing::Joins));
    const std::uint16_t port = socket.localPort();
    shared->onCores[core.index()].listening = socket.id();
    core.loop().spawn(acceptAll(shared, core, std::move(socket), std::move(*entry)));
    return port;
}

void Listener::stopAccepting()
{
    shared_->isStopping = true;
    cores_.broadcast([shared = shared_](runtime::Core& core) { stopOn(*shared, core); });
}

void Listener::stopOn(Shared& shared, runtime::Core& core)
{
    OnCore& here = shared.onCores[core.index()];
    core.loop().cancel(here.listening);
    while (Waiting* waiting = here.waiting.popFront()) {
        if (waiting->connection.isIdle())
            core.loop().cancel(waiting->connection.socket());
    }
}

Task<void> Listener::acceptAll(SharedPtr shared, runtime::Core& core, runtime::Socket listening,
                               runtime::Gate::Entry entry)
{
    const runtime::Gate::Entry inside = std::move(entry);
    runtime::Loop& loop = core.loop();
    bool isPaused = false;
    while (!shared->isStopping) {
        runtime::Accepted accepted;
        if (shared->count.isFull())
            accepted.fault = Fault::Exhausted;
        else
            accepted = co_await loop.accept(listening);
        if (accepted.fault == Fault::Exhausted) {
            // Once for each time of plenty, or the log would be flooded when it matters.
            if (!std::exchange(isPaused, true)) {
                shared->count.countPause();
                log::warn("http", "accepting_paused", "open", shared->count.open());
            }
            (void)co_await loop.sleep(kAcceptPause);
            continue;
        }
        isPaused = false;
        if (accepted.fault != Fault::None)
            co_return; // stopping
        auto connection = core.gate().enter();
        if (!connection || !shared->count.enter(accepted.peer))
            continue; // hangs up
        loop.spawn(serve(shared, core, std::move(accepted.socket), accepted.peer,
                         std::move(*connection)));
    }
}

Task<void> Listener::serve(SharedPtr shared, runtime::Core& core, runtime::Socket socket,
                           runtime::Address peer, runtime::Gate::Entry entry)
{
    const runtime::Gate::Entry inside = std::move(entry);
    const ConnectionCount::Entry counted(shared->count, peer);
    ServerConnection connection(core.loop(), std::move(socket), peer, shared->limits.server);
    Request request;
    Waiting waiting(connection);
    bool wasAnswered = false;
    while (!shared->isStopping) {
        shared->onCores[core.index()].waiting.pushBack(waiting);
        const Arrival arrival = co_await connection.readRequest(request);
        waiting.unlink();
        wasAnswered = wasAnswered || arrival != Arrival::Closed;
        if (arrival != Arrival::Request)
            break;
        if (shared->isStopping)
            connection.stopKeepingAlive();
        co_await shared->handler(core, connection, request);
        if (!connection.keepsAlive())
            break;
    }
    if (wasAnswered)
        co_await connection.closeGently();
}

} // namespace signalbox::http
