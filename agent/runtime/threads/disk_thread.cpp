// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/threads/disk_thread.h"

#include <pthread.h>
#include <utility>

namespace signalbox::runtime {

DiskThread::DiskThread(std::string name, std::size_t capacity)
    : queue_(capacity, base::WhenFull::Refuse), thread_([this] { run(); })
{
    // The kernel keeps fifteen characters.
    pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

bool DiskThread::post(UniqueFunction work)
{
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || !queue_.push(std::move(work)))
            return false;
    }
    changed_.notify_one();
    return true;
}

void DiskThread::stop()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable())
        thread_.join();
}

std::uint64_t DiskThread::refused() const
{
    const std::lock_guard lock(mutex_);
    return queue_.lost();
}

std::size_t DiskThread::waiting() const
{
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

void DiskThread::run()
{
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        auto work = queue_.pop();
        if (!work)
            return;
        lock.unlock();
        (*work)();
        work.reset(); // what it owns ends outside the lock
        lock.lock();
    }
}

} // namespace signalbox::runtime
