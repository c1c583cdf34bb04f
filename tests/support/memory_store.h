// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/state_store.h"
#include "shared/base/executor.h"
#include "tests/support/memory_world.h"

#include <memory>
#include <set>

namespace signalbox::tests {

// The fleet's store in memory, with etcd's true semantics and with faults on demand. Several stores
// over one MemoryWorld are several clients of one store.
// Lives on: one thread (that of the executor). Answers come through the executor, in order.
// Owned by the test; the executor must outlive it.
class MemoryStore final : public state::StateStore {
public:
    // What may go wrong; all off at start.
    struct Faults {
        bool isAway = false;                // every call: UNAVAILABLE, provably not applied
        bool losesAnswers = false;          // writes happen, but their answer is UNAVAILABLE
        std::uint64_t dropsEventsEvery = 0; // every nth event never reaches a watcher
    };

    explicit MemoryStore(base::Executor& executor);
    MemoryStore(base::Executor& executor, std::shared_ptr<MemoryWorld> world);
    ~MemoryStore() override;

    void range(state::Range request, state::Timeout timeout,
               state::Done<state::RangeResult> done) override;
    void put(state::Put request, state::Timeout timeout,
             state::Done<state::PutResult> done) override;
    void remove(state::Delete request, state::Timeout timeout,
                state::Done<state::DeleteResult> done) override;
    void txn(state::Txn request, state::Timeout timeout,
             state::Done<state::TxnResult> done) override;
    void compact(state::Revision revision, state::Timeout timeout,
                 state::Done<void> done) override;
    void grantLease(state::LeaseRequest request, state::Timeout timeout,
                    state::Done<std::unique_ptr<state::Lease>> done) override;
    void leaseLife(state::LeaseId id, state::Timeout timeout,
                   state::Done<state::LeaseLife> done) override;
    [[nodiscard]] std::unique_ptr<state::Watch> watch(state::WatchRequest request,
                                                      state::WatchHandlers handlers) override;
    void status(state::Timeout timeout, state::Done<state::StoreStatus> done) override;

    // --- for tests ---
    const std::shared_ptr<MemoryWorld>& world() const { return world_; }
    Faults& faults() { return faults_; }
    // Cuts every watch, as a lost connection does.
    void breakWatches();
    // Calls fail, watches break, leases are not renewed, until comeBack().
    void goAway();
    void comeBack() { faults_.isAway = false; }
    std::uint64_t callsTotal() const { return callsTotal_; }

private:
    struct WatchState;
    class MemoryWatch;
    class MemoryLease;

    template <typename T, typename Act>
    void answer(state::Done<T> done, Act act, bool isWrite);
    void begin(const std::shared_ptr<WatchState>& watch);
    void deliver(const std::shared_ptr<WatchState>& watch, const std::vector<state::Event>& events);
    void end(const std::shared_ptr<WatchState>& watch, state::WatchEnd why);

    base::Executor& executor_;
    std::shared_ptr<MemoryWorld> world_;
    Faults faults_;
    std::uint64_t callsTotal_ = 0;
    std::uint64_t eventsTotal_ = 0;
    std::set<std::shared_ptr<WatchState>> watches_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::tests
