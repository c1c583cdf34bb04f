// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/embedded/store_thread.h"
#include "shared/base/clock.h"
#include "shared/base/secret.h"

#include <memory>
#include <optional>
#include <string>

namespace signalbox::state {

// Texts in PEM form.
struct EtcdServerTls {
    std::string certificate;
    base::Secret key;
    // Who may sign the certificates of clients. Empty = clients need none.
    std::string clientAuthorities;
};

// Plain text on an address that others can reach only after somebody said so.
enum class Exposure : std::uint8_t { LoopbackOnly, AnyAddress };

struct EtcdServerOptions {
    std::string listen = "127.0.0.1:8803"; // port 0 = one that the system picks
    std::optional<EtcdServerTls> tls;
    Exposure withoutTls = Exposure::LoopbackOnly;
    std::string name = "signalbox"; // in the member list
    StoreEngineOptions store;
    // How long stop() lets running calls end by themselves.
    std::chrono::milliseconds stopGrace{2'000};
};

// The etcd v3 API over SQLite: etcdctl and every etcd client work against it.
// Lives on: start() and stop() on the thread that composes the process; all work on the store
// thread, gRPC's threads only hand over. Owned by agent/process.
// Failure: start() says what is wrong (file in use or damaged, port taken, address not loopback);
// stop() ends watches with "server stopped", finishes accepted writes and folds the log.
class EtcdServer {
public:
    static base::Result<std::unique_ptr<EtcdServer>>
    start(EtcdServerOptions options, const base::Clock& clock = base::systemClock());
    ~EtcdServer();
    EtcdServer(const EtcdServer&) = delete;
    EtcdServer& operator=(const EtcdServer&) = delete;

    void stop();

    // host:port as clients reach it.
    const std::string& address() const { return address_; }
    StoreThread::Snapshot snapshot() const;
    std::uint64_t refusedTotal() const;

private:
    struct Wires;

    EtcdServer();
    base::Status listen(const EtcdServerOptions& options);

    std::unique_ptr<StoreThread> thread_;
    std::unique_ptr<Wires> wires_;
    std::string address_;
    std::chrono::milliseconds stopGrace_{0};
};

} // namespace signalbox::state
