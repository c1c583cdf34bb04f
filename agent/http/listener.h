// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/server_connection.h"
#include "agent/runtime/core_set.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

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
    bool enter(const runtime::Address& peer);
    void leave(const runtime::Address& peer);
    std::size_t open() const { return open_.load(std::memory_order_relaxed); }
    std::uint64_t refusedTotal() const { return refused_.load(std::memory_order_relaxed); }
    std::uint64_t acceptedTotal() const { return accepted_.load(std::memory_order_relaxed); }

private:
    const ListenerLimits limits_;
    std::mutex mutex_; // guards bySource_
    std::map<std::string, std::size_t> bySource_;
    std::atomic<std::size_t> open_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> accepted_{0};
};

// Accepts on every core with SO_REUSEPORT and runs one coroutine a connection.
// Lives on: made and stopped by the thread that composes the process; the rest on the cores.
class Listener {
public:
    Listener(runtime::CoreSet& cores, ListenerLimits limits, RequestHandler handler);

    // The address that is bound; port 0 was replaced by the system's choice. Blocks until every
    // core listens.
    base::Result<runtime::Address> start(const runtime::Address& address);
    // No new connection, no new request on old ones; what runs goes on. Any thread, once.
    void stopAccepting();

    const ConnectionCount& connections() const { return *shared_->count; }

private:
    struct Shared {
        std::unique_ptr<ConnectionCount> count;
        ListenerLimits limits;
        RequestHandler handler;
        std::atomic<bool> isStopping{false};
    };
    static runtime::Task<void> acceptAll(std::shared_ptr<Shared> shared, runtime::Core& core,
                                         runtime::Socket listening, runtime::Gate::Entry entry);
    static runtime::Task<void> serve(std::shared_ptr<Shared> shared, runtime::Core& core,
                                     runtime::Socket socket, runtime::Address peer,
                                     runtime::Gate::Entry entry);

    runtime::CoreSet& cores_;
    std::shared_ptr<Shared> shared_;
};

} // namespace signalbox::http
