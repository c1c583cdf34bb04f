// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/embedded/compaction_rule.h"
#include "agent/state/embedded/key_space.h"
#include "agent/state/embedded/lease_keeper.h"
#include "agent/state/embedded/watch_hub.h"
#include "shared/base/clock.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace signalbox::state {

class StoreEngine;

// One request on its way through the store.
struct StoreJob {
    enum class Kind : std::uint8_t { Read, Write };
    Kind kind = Kind::Read;
    std::size_t bytes = 0; // held in memory while it waits
    // Inside a group; may run again when the group has failed and each job is tried alone.
    std::function<void(StoreEngine&)> run;
    // Once, after the group is on disk or has failed.
    std::function<void(StoreEngine&, const base::Status&)> finish;
};

struct StoreEngineOptions {
    std::string path;
    std::int64_t quotaBytes = 256 * 1024 * 1024;
    Retention retention;
};

struct StoreEngineCounters {
    std::uint64_t groups = 0; // commits, each with one fsync
    std::uint64_t writes = 0; // requests in them
    std::uint64_t failedCommits = 0;
    std::uint64_t expiredLeases = 0;
    std::uint64_t compactions = 0; // by rule, not by request
};

// The embedded store without threads and wires: keys, leases and watches under one order.
// Lives on: the store thread. Owned by StoreThread.
// Promises: what a finished write reports is on disk; watchers hear of a change only after that; a
// group that fails leaves nothing behind, and the reason is shown until a commit succeeds again.
class StoreEngine {
public:
    static base::Result<std::unique_ptr<StoreEngine>> open(StoreEngineOptions options,
                                                           const base::Clock& clock);

    // All writes of the jobs in one commit; each keeps its own revision.
    void runGroup(std::span<StoreJob> jobs);

    // Leases that had ended at that moment. Requests that came before it must already have run.
    void expireLeases(base::Monotonic moment);
    // Replays, sweeps, compacts by rule. True when there is more to do at once.
    bool workInBackground();
    base::Monotonic nextWake() const;
    void stop();

    KeySpace& keys() { return *keys_; }
    LeaseKeeper& leases() { return leases_; }
    WatchHub& watches() { return watches_; }
    base::Monotonic now() const { return clock_.monotonic(); }
    LeaseId unusedLeaseId();
    // What an operator must know: cannot write, out of space. Empty when all is well.
    std::vector<std::string> troubles();
    const StoreEngineCounters& counters() const { return counters_; }

private:
    StoreEngine(std::unique_ptr<KeySpace> keys, StoreEngineOptions options,
                const base::Clock& clock);
    base::Status runTogether(std::span<StoreJob> jobs);
    base::Status commit();
    void compactByRule();
    bool sweep();

    std::unique_ptr<KeySpace> keys_;
    LeaseKeeper leases_;
    WatchHub watches_;
    CompactionRule rule_;
    const base::Clock& clock_;
    std::string trouble_; // of the last commit that failed
    bool isSweeping_ = true; // a sweep may have been cut off by the last stop
    base::Monotonic nextMinute_;
    base::Monotonic nextProgress_;
    std::uint64_t leaseSeed_;
    StoreEngineCounters counters_;
};

} // namespace signalbox::state
