// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/server_connection.h"
#include "agent/runtime/core_set.h"
#include "agent/runtime/intrusive_list.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::http {

struct ListenerLimits {
    std::size_t connections = limits::kConnectionsPerProcess;
    std::size_t connectionsPerSource = limits::kConnectionsPerSource; // loopback is exempt
    ServerLimits server;
};

// Handles one request on the core that accepted its connection, and answers it.
using RequestHandler
    = std::function<runtime::Task<void>(runtime::Core&, ServerConnection&, Request&)>;

// Counts open connections of the whole process and of each source, so that one source cannot take
// them all. Lives on: any core; a connection is opened and closed far less often than it is used.
class ConnectionCount {
public:
    explicit ConnectionCount(const ListenerLimits& limits) : limits_(limits) {}
    // False, and counted, when the process or the source has its most.
    bool enter(const runtime::Address& peer);
    // Leaves for a connection that has entered, also when its coroutine is dropped.
    class Entry {
    public:
        Entry(ConnectionCount& count, const runtime::Address& peer) : count_(count), peer_(peer) {}
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        ~Entry() { count_.leave(peer_); }

    private:
        ConnectionCount& count_;
        const runtime::Address peer_;
    };
    std::size_t open() const { return open_.load(std::memory_order_relaxed); }
    bool isFull() const { return open() >= limits_.connections; }
    std::uint64_t refusedTotal() const { return refused_.load(std::memory_order_relaxed); }
    // How often accepting had to wait for a connection to end.
    std::uint64_t pausesTotal() const { return pauses_.load(std::memory_order_relaxed); }
    void countPause() { pauses_.fetch_add(1, std::memory_order_relaxed); }
    std::uint64_t acceptedTotal() const { return accepted_.load(std::memory_order_relaxed); }

private:
    void leave(const runtime::Address& peer);

    const ListenerLimits limits_;
    std::mutex mutex_; // guards bySource_
    std::map<std::string, std::size_t> bySource_;
    std::atomic<std::size_t> open_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> pauses_{0};
    std::atomic<std::uint64_t> accepted_{0};
};

// Accepts on every core with SO_REUSEPORT and runs one coroutine a connection.
// Lives on: made and stopped by the thread that composes the process; the rest on the cores.
// At the limit of the process it stops accepting until a connection ends; a source above its own
// limit is hung up on. Both are counted.
class Listener {
public:
    Listener(runtime::CoreSet& cores, ListenerLimits limits, RequestHandler handler);

    // The address that is bound; port 0 was replaced by the system's choice. Blocks until every
    // core listens. Once.
    base::Result<runtime::Address> start(const runtime::Address& address);
    // No new connection; connections without a request end at once, the others after its answer,
    // which says so. Any thread, once, while the cores run.
    void stopAccepting();

    const ConnectionCount& connections() const { return shared_->count; }

private:
    // A connection in the list of those that wait for a request. Lives in its coroutine's frame.
    struct Waiting : runtime::ListNode {
        explicit Waiting(ServerConnection& waiting) : connection(waiting) {}
        ServerConnection& connection;
    };
    // What one core needs in order to stop; only that core touches it.
    struct OnCore {
        runtime::SocketId listening;
        runtime::IntrusiveList<Waiting> waiting;
    };
    struct Shared {
        Shared(ListenerLimits l, RequestHandler h, std::size_t cores)
            : count(l), limits(l), handler(std::move(h)), onCores(cores)
        {
        }
        ConnectionCount count;
        const ListenerLimits limits;
        const RequestHandler handler;
        std::vector<OnCore> onCores;
        std::atomic<bool> isStopping{false};
    };
    using SharedPtr = std::shared_ptr<Shared>;

    static base::Result<std::uint16_t> startOn(const SharedPtr& shared, runtime::Core& core,
                                               const runtime::Address& address);
    static runtime::Task<void> acceptAll(SharedPtr shared, runtime::Core& core,
                                         runtime::Socket listening, runtime::Gate::Entry entry);
    static runtime::Task<void> serve(SharedPtr shared, runtime::Core& core, runtime::Socket socket,
                                     runtime::Address peer, runtime::Gate::Entry entry);
    static void stopOn(Shared& shared, runtime::Core& core);

    runtime::CoreSet& cores_;
    SharedPtr shared_;
};

} // namespace signalbox::http
