// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/embedded/store_engine.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace signalbox::state {

// The store's one thread: takes what waits, runs it as one group, sends what it owes, then sleeps
// until the next request, lease end or minute.
// Lives on: post() and counters from any thread; the engine on its own thread, named "store".
// Owned by EtcdServer. A full queue refuses; stop() finishes what was accepted.
class StoreThread {
public:
    StoreThread(std::unique_ptr<StoreEngine> engine, const base::Clock& clock);
    ~StoreThread();
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;

    // Refused when the queue is full or the thread is stopping; then finish() is never called.
    base::Status post(StoreJob job);
    void stop();

    std::uint64_t refusedTotal() const { return refusedTotal_.load(); }
    // As of the last round.
    struct Snapshot {
        StoreEngineCounters engine;
        WatchCounters watches;
        Revision revision = 0;
        Revision compacted = 0;
        std::size_t leases = 0;
        std::int64_t databaseBytes = 0;
        std::vector<std::string> troubles;
    };
    Snapshot snapshot() const;

private:
    void run();
    bool takeJobs(bool isBusy);
    void publishSnapshot();

    std::unique_ptr<StoreEngine> engine_;
    const base::Clock& clock_;

    mutable std::mutex mutex_; // guards what follows, up to the blank line
    std::condition_variable changed_;
    std::deque<StoreJob> queue_;
    std::size_t queueBytes_ = 0;
    bool isStopping_ = false;
    Snapshot snapshot_;

    std::vector<StoreJob> group_; // the store thread's
    bool tookAll_ = false;
    base::Monotonic takenAt_;
    std::atomic<std::uint64_t> refusedTotal_{0};
    std::thread thread_;
};

} // namespace signalbox::state
