// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/store_thread.h"

#include "agent/state/store_rules.h"
#include "shared/base/limits.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace signalbox::state {

StoreThread::StoreThread(std::unique_ptr<StoreEngine> engine, const base::Clock& clock)
    : engine_(std::move(engine)), clock_(clock)
{
    publishSnapshot();
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "store");
        run();
    });
}

StoreThread::~StoreThread()
{
    stop();
}

base::Status StoreThread::post(StoreJob job)
{
    {
        const std::lock_guard lock(mutex_);
        if (isStopping_)
            return fault::serverStopped();
        if (queue_.size() >= limits::kStoreQueue
            || queueBytes_ + job.bytes > limits::kStoreQueueBytes) {
            ++refusedTotal_;
            return fault::tooManyRequests();
        }
        queueBytes_ += job.bytes;
        queue_.push_back(std::move(job));
    }
    changed_.notify_one();
    return {};
}

void StoreThread::stop()
{
    {
        const std::lock_guard lock(mutex_);
        isStopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable())
        thread_.join();
}

// Waits until there is something to do; false when the thread is to end.
bool StoreThread::takeJobs(bool isBusy)
{
    std::unique_lock lock(mutex_);
    const auto isReady = [this] { return isStopping_ || !queue_.empty(); };
    if (!isBusy && !isReady()) {
        const auto wait = engine_->nextWake() - clock_.monotonic();
        changed_.wait_for(lock, std::max(wait, base::Monotonic::duration{0}), isReady);
    }
    group_.clear();
    while (!queue_.empty() && group_.size() < limits::kStoreBatch) {
        queueBytes_ -= queue_.front().bytes;
        group_.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    tookAll_ = queue_.empty();
    takenAt_ = clock_.monotonic();
    return !group_.empty() || !isStopping_;
}

void StoreThread::run()
{
    bool isBusy = false;
    while (takeJobs(isBusy)) {
        engine_->runGroup(group_);
        group_.clear();
        // A renewal that waited behind a slow disk was in the queue by then and has been run: only
        // with nothing left of that moment may a lease be called ended.
        if (tookAll_)
            engine_->expireLeases(takenAt_);
        isBusy = engine_->workInBackground();
        publishSnapshot();
    }
    engine_->stop();
}

void StoreThread::publishSnapshot()
{
    Snapshot snapshot;
    snapshot.engine = engine_->counters();
    snapshot.watches = engine_->watches().counters();
    snapshot.revision = engine_->keys().header().revision;
    snapshot.compacted = engine_->keys().compacted();
    snapshot.leases = engine_->leases().size();
    snapshot.databaseBytes = engine_->keys().database().fileBytes();
    snapshot.troubles = engine_->troubles();
    const std::lock_guard lock(mutex_);
    snapshot_ = std::move(snapshot);
}

StoreThread::Snapshot StoreThread::snapshot() const
{
    const std::lock_guard lock(mutex_);
    return snapshot_;
}

} // namespace signalbox::state
