// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/store_engine.h"

#include "agent/state/store_rules.h"
#include "shared/base/limits.h"
#include "shared/base/log.h"

#include <algorithm>
#include <random>
#include <utility>

namespace signalbox::state {

namespace {

using namespace std::chrono_literals;

constexpr auto kMinute = 60s;
// A watcher that asked for progress can trust its revision to be at most this old.
constexpr auto kProgressEvery = 10s;
constexpr auto kExpiryRetry = 1s;
constexpr std::size_t kExpiriesAtOnce = 256;

base::Error cannotWrite(const base::Error& why)
{
    // Not "refused": the pages may have reached the disk before the error, so the outcome is open.
    return base::Error(base::Code::Unavailable,
                       "etcdserver: the store cannot write: " + why.text(), base::Origin::Store);
}

} // namespace

base::Result<std::unique_ptr<StoreEngine>> StoreEngine::open(StoreEngineOptions options,
                                                             const base::Clock& clock)
{
    SB_TRY(std::unique_ptr<KeySpace> keys, KeySpace::open(options.path, options.quotaBytes));
    std::unique_ptr<StoreEngine> engine(
        new StoreEngine(std::move(keys), std::move(options), clock));
    SB_TRY(const std::vector<LeaseRow> leases, engine->keys_->leases());
    for (const LeaseRow& lease : leases)
        engine->leases_.add(lease.id, lease.ttl, clock.monotonic());
    return engine;
}

StoreEngine::StoreEngine(std::unique_ptr<KeySpace> keys, StoreEngineOptions options,
                         const base::Clock& clock)
    : keys_(std::move(keys)), rule_(options.retention), clock_(clock),
      nextMinute_(clock.monotonic()), nextProgress_(clock.monotonic() + kProgressEvery),
      leaseSeed_(std::random_device{}())
{
}

void StoreEngine::runGroup(std::span<StoreJob> jobs)
{
    if (jobs.empty())
        return;
    const base::Status status = runTogether(jobs);
    if (!status && jobs.size() > 1) {
        // One of them may be the cause; the others must not suffer for it.
        for (StoreJob& job : jobs)
            runGroup(std::span(&job, 1));
        return;
    }
    for (StoreJob& job : jobs)
        job.finish(*this, status);
}

base::Status StoreEngine::runTogether(std::span<StoreJob> jobs)
{
    const auto writes = std::count_if(jobs.begin(), jobs.end(), [](const StoreJob& job) {
        return job.kind == StoreJob::Kind::Write;
    });
    if (writes != 0) {
        if (const base::Status begun = keys_->begin(); !begun)
            return cannotWrite(begun.error());
    }
    for (StoreJob& job : jobs)
        job.run(*this);
    if (keys_->isBroken()) {
        keys_->rollback();
        return base::Error(base::Code::Unavailable, "etcdserver: the store cannot read or write",
                           base::Origin::Store);
    }
    if (writes == 0)
        return {};
    ++counters_.groups;
    counters_.writes += static_cast<std::uint64_t>(writes);
    return commit();
}

base::Status StoreEngine::commit()
{
    base::Result<Committed> committed = keys_->commit();
    if (!committed) {
        ++counters_.failedCommits;
        keys_->rollback();
        if (trouble_.empty())
            log::error("store", "cannot_write", "why", committed.error().text());
        trouble_ = committed.error().text();
        return cannotWrite(committed.error());
    }
    if (!std::exchange(trouble_, {}).empty())
        log::info("store", "writes_again", "revision", keys_->header().revision);
    for (const LeaseRow& lease : committed->granted)
        leases_.add(lease.id, lease.ttl, now());
    for (const LeaseId id : committed->revoked)
        leases_.remove(id);
    isSweeping_ = isSweeping_ || committed->hasCompacted;
    if (!committed->events.empty())
        watches_.publish(committed->events, keys_->header());
    return {};
}

void StoreEngine::expireLeases(base::Monotonic moment)
{
    const std::vector<LeaseId> ended = leases_.ended(moment, kExpiriesAtOnce);
    std::vector<StoreJob> jobs;
    for (const LeaseId id : ended) {
        StoreJob job;
        job.kind = StoreJob::Kind::Write;
        job.run = [id](StoreEngine& engine) { (void)engine.keys().revoke(id); };
        job.finish = [this, id](StoreEngine&, const base::Status& status) {
            if (status) {
                ++counters_.expiredLeases;
                // Also when the log no longer had it: then there is nothing left to end.
                leases_.remove(id);
                log::info("store", "lease_expired", "lease", id);
            } else {
                leases_.postpone(id, now() + kExpiryRetry);
            }
        };
        jobs.push_back(std::move(job));
    }
    runGroup(jobs);
}

bool StoreEngine::workInBackground()
{
    const base::Monotonic moment = now();
    if (moment >= nextMinute_) {
        nextMinute_ = moment + kMinute;
        rule_.note(moment, keys_->header().revision);
        compactByRule();
    }
    if (moment >= nextProgress_) {
        nextProgress_ = moment + kProgressEvery;
        watches_.tellProgress(keys_->header());
    }
    const WatchHub::History history = [this](Revision from, const WatchSpec& spec) {
        return keys_->history(from, spec.wantsPrevious ? KeySpace::Previous::Include
                                                       : KeySpace::Previous::LeaveOut);
    };
    const bool replaysMore = watches_.replay(history, keys_->header(), keys_->compacted());
    return sweep() || replaysMore;
}

void StoreEngine::compactByRule()
{
    const auto target = rule_.target(now(), keys_->header().revision, keys_->compacted());
    if (!target)
        return;
    StoreJob job;
    job.kind = StoreJob::Kind::Write;
    job.run = [revision = *target](StoreEngine& engine) { (void)engine.keys().compact(revision); };
    job.finish = [this, revision = *target](StoreEngine&, const base::Status& status) {
        if (!status)
            return;
        ++counters_.compactions;
        log::info("store", "compacted", "revision", revision);
    };
    runGroup(std::span(&job, 1));
}

bool StoreEngine::sweep()
{
    if (!isSweeping_)
        return false;
    bool hasMore = false;
    if (keys_->begin()) {
        const base::Result<bool> swept = keys_->sweep();
        if (swept && keys_->commit()) {
            hasMore = *swept;
        } else {
            keys_->rollback();
        }
    }
    isSweeping_ = hasMore;
    return hasMore;
}

base::Monotonic StoreEngine::nextWake() const
{
    const base::Monotonic next = std::min(nextMinute_, nextProgress_);
    const auto lease = leases_.nextEnd();
    return lease ? std::min(next, *lease) : next;
}

void StoreEngine::stop()
{
    watches_.closeAll(fault::serverStopped());
    if (const base::Status folded = keys_->database().checkpoint(); !folded)
        log::warn("store", "checkpoint_failed", "why", folded.error().text());
}

// Positive, and unlikely to come again after a restart, so that an old holder cannot mistake it.
LeaseId StoreEngine::unusedLeaseId()
{
    std::mt19937_64 next(leaseSeed_++ ^ static_cast<std::uint64_t>(
                             clock_.wall().time_since_epoch().count()));
    while (true) {
        const auto id = static_cast<LeaseId>(next() >> 1);
        if (id != 0 && !leases_.life(id, now()))
            return id;
    }
}

std::vector<std::string> StoreEngine::troubles()
{
    std::vector<std::string> troubles;
    if (keys_->isFull())
        troubles.push_back(fault::noSpace().message());
    if (!trouble_.empty())
        troubles.push_back("the store cannot write: " + trouble_);
    return troubles;
}

} // namespace signalbox::state
