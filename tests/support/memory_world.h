// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/store_values.h"
#include "shared/base/executor.h"
#include "shared/base/result.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace signalbox::tests {

// Keys with their history and leases with their ends: what MemoryStores share. etcd's semantics,
// written plainly and on their own, so that they also check the embedded store's.
// Lives on: one thread (that of the executor, whose timers end leases). Owned by its stores.
// Failure: etcd's errors with etcd's words.
class MemoryWorld {
public:
    explicit MemoryWorld(base::Executor& executor);

    base::Result<state::RangeResult> range(const state::Range& request) const;
    base::Result<state::PutResult> put(const state::Put& request);
    base::Result<state::DeleteResult> remove(const state::Delete& request);
    base::Result<state::TxnResult> txn(const state::Txn& request);
    base::Status compact(state::Revision revision);

    base::Result<state::LeaseLife> grant(state::LeaseId id, std::chrono::seconds ttl);
    // The full time-to-live again; zero seconds when there is no such lease.
    std::chrono::seconds keepAlive(state::LeaseId id);
    base::Status revoke(state::LeaseId id);
    state::LeaseLife life(state::LeaseId id) const;

    state::Header header() const { return header_; }
    state::Revision compacted() const { return compacted_; }
    // Every event at or after the revision, in order.
    std::vector<state::Event> history(state::Revision from) const;

    // Called with the events of each revision as it happens.
    using Listener = std::function<void(const std::vector<state::Event>&)>;
    std::uint64_t listen(Listener listener);
    void unlisten(std::uint64_t id) { listeners_.erase(id); }

    // --- for arranging a test ---
    state::Revision put(std::string key, std::string value);
    state::Revision remove(std::string key);
    std::optional<state::KeyValue> get(const std::string& key) const;
    std::vector<state::LeaseId> leases() const;
    // The same store after a restore from an old backup: the world as it was at the revision.
    void restore(state::Revision revision);
    // The store was made anew: nothing in it, revision 1, another cluster id.
    void becomeOtherCluster();

private:
    struct LeaseState {
        std::chrono::seconds ttl;
        base::Executor::TimerPtr end;
        std::set<std::string> keys;
    };

    using Versions = std::vector<state::KeyValue>; // version 0 = a deletion

    const state::KeyValue* newest(std::string_view key, state::Revision at) const;
    std::vector<state::KeyValue> live(const state::KeyRange& keys, state::Revision at) const;
    base::Status checkRevision(state::Revision revision) const;
    base::Status checkAgainstKeys(const state::Put& request) const;
    bool allHold(const std::vector<state::Compare>& compares) const;
    state::RangeResult readRange(const state::Range& request, state::Revision at) const;
    state::PutResult applyPut(const state::Put& request);
    state::DeleteResult applyDelete(const state::Delete& request);
    void attach(const std::string& key, state::LeaseId from, state::LeaseId to);
    void startTimer(state::LeaseId id);
    void commit();

    base::Executor& executor_;
    state::Header header_{0x5163a1b0, 1, 1};
    state::Revision compacted_ = -1;
    std::map<std::string, Versions, std::less<>> keys_;
    std::vector<state::Event> log_;
    std::vector<state::Event> pending_; // of the revision being written
    std::map<state::LeaseId, LeaseState> leases_;
    state::LeaseId lastLease_ = 1000;
    std::map<std::uint64_t, Listener> listeners_;
    std::uint64_t listenersTotal_ = 0;
};

} // namespace signalbox::tests
