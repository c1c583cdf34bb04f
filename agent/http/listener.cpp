// SPDX-License-Identifier: Apache-2.0
#include "agent/http/listener.h"

#include "shared/base/log.h"

#include <future>
#include <vector>

namespace signalbox::http {

using runtime::Fault;
using runtime::Task;

namespace {

// How often an idle acceptor looks whether it should stop, and how long it pauses when this process
// has no descriptor left: closing connections make room by themselves.
constexpr auto kAcceptRound = std::chrono::milliseconds(200);

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
    : cores_(cores), shared_(std::make_shared<Shared>())
{
    shared_->count = std::make_unique<ConnectionCount>(limits);
    shared_->limits = limits;
    shared_->handler = std::move(handler);
}

base::Result<runtime::Address> Listener::start(const runtime::Address& address)
{
    std::string bound = address.text();
    for (std::size_t n = 0; n < cores_.size(); ++n) {
        // The first core's port is every core's.
        SB_TRY(const runtime::Address wanted, runtime::Address::parse(bound));
        std::promise<base::Result<std::uint16_t>> promise;
        auto listening = promise.get_future();
        cores_.post(n, [shared = shared_, wanted, &promise](runtime::Core& core) {
            auto socket = core.loop().listen(wanted);
            auto entry = core.gate().enter();
            if (!socket || !entry) {
                promise.set_value(socket ? base::Error(base::Code::Unavailable, "stopping")
                                         : socket.error());
                return;
            }
            const std::uint16_t port = socket->localPort();
            core.loop().spawn(
                acceptAll(shared, core, std::move(*socket), std::move(*entry)));
            promise.set_value(port);
        });
        SB_TRY(const std::uint16_t port, listening.get());
        const std::string host = bound.substr(0, bound.rfind(':'));
        bound = host + ":" + std::to_string(port);
    }
    return runtime::Address::parse(bound);
}

void Listener::stopAccepting()
{
    shared_->isStopping = true;
}

Task<void> Listener::acceptAll(std::shared_ptr<Shared> shared, runtime::Core& core,
                               runtime::Socket listening, runtime::Gate::Entry entry)
{
    const runtime::Gate::Entry inside = std::move(entry);
    runtime::Loop& loop = core.loop();
    while (!shared->isStopping) {
        runtime::Accepted accepted = co_await loop.accept(listening, loop.after(kAcceptRound));
        if (accepted.fault == Fault::Exhausted) {
            log::warn("http", "no_descriptor_left", "open", shared->count->open());
            (void)co_await loop.sleep(kAcceptRound);
            continue;
        }
        if (accepted.fault == Fault::Deadline)
            continue;
        if (accepted.fault != Fault::None)
            co_return;
        auto connection = core.gate().enter();
        if (!connection || !shared->count->enter(accepted.peer))
            continue; // closes it
        loop.spawn(serve(shared, core, std::move(accepted.socket), accepted.peer,
                         std::move(*connection)));
    }
}

Task<void> Listener::serve(std::shared_ptr<Shared> shared, runtime::Core& core,
                           runtime::Socket socket, runtime::Address peer,
                           runtime::Gate::Entry entry)
{
    const runtime::Gate::Entry inside = std::move(entry);
    ServerConnection connection(core.loop(), std::move(socket), peer, shared->limits.server);
    Request request;
    bool wasAnswered = false;
    while (!shared->isStopping) {
        const Arrival arrival = co_await connection.readRequest(request);
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
    shared->count->leave(peer);
}

} // namespace signalbox::http
