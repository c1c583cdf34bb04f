// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/state_store.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/base/secret.h"

#include <optional>
#include <string>
#include <vector>

namespace signalbox::state {

// Texts in PEM form. Without certificate and key the client stays anonymous.
struct StoreTls {
    std::string authorities; // who may sign the server's certificate; empty = the system's
    std::string certificate;
    base::Secret key;
    std::string serverName; // checked instead of the endpoint's host; empty = the host
};

struct EtcdStoreOptions {
    std::vector<std::string> endpoints; // host:port, in order of preference
    std::optional<StoreTls> tls;        // none = plain text
    // Wait between attempts to connect to one endpoint; doubles up to the greatest.
    std::chrono::milliseconds reconnectLeast{100};
    std::chrono::milliseconds reconnectMost{1'000};
    // Pings on a silent connection, so that a dead one is noticed: an operator learns within 15 s
    // that his commands would not arrive. Servers of etcd allow a ping every 5 s.
    std::chrono::milliseconds keepAliveEvery{10'000};
    std::chrono::milliseconds keepAliveTimeout{5'000};
};

struct EtcdStoreCounters {
    std::uint64_t calls = 0;
    std::uint64_t failures = 0;  // calls that ended in an error of the connection or in no time
    std::uint64_t failovers = 0; // changes of the endpoint in use
    std::uint64_t shed = 0;      // calls refused here because too many were outstanding
};

class EtcdCalls;

// The store over gRPC: a real etcd, one member or several, or the embedded server.
// Lives on: control (the executor's thread); gRPC's threads only post to it. Owned by
// agent/process. Reads go on to the next endpoint when one is unreachable; writes do so only when
// they provably never left. The executor and the clock must outlive it; destroying it waits for
// gRPC to let go.
class EtcdStore final : public StateStore {
public:
    EtcdStore(base::Executor& executor, EtcdStoreOptions options,
              const base::Clock& clock = base::systemClock());
    ~EtcdStore() override;

    void range(Range request, Timeout timeout, Done<RangeResult> done) override;
    void put(Put request, Timeout timeout, Done<PutResult> done) override;
    void remove(Delete request, Timeout timeout, Done<DeleteResult> done) override;
    void txn(Txn request, Timeout timeout, Done<TxnResult> done) override;
    void compact(Revision revision, Timeout timeout, Done<void> done) override;
    void grantLease(LeaseRequest request, Timeout timeout,
                    Done<std::unique_ptr<Lease>> done) override;
    void leaseLife(LeaseId id, Timeout timeout, Done<LeaseLife> done) override;
    [[nodiscard]] std::unique_ptr<Watch> watch(WatchRequest request,
                                               WatchHandlers handlers) override;
    void status(Timeout timeout, Done<StoreStatus> done) override;

    // The endpoint in use, for people.
    std::string endpoint() const;
    EtcdStoreCounters counters() const;

private:
    // Shared with watches and leases, which may outlive the store; then they are dead.
    std::shared_ptr<EtcdCalls> calls_;
};

} // namespace signalbox::state
