// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/unique_function.h"
#include "shared/base/bounded_queue.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace signalbox::runtime {

// A thread of its own for calls that block (SQLite, files), fed by a bounded queue, in order.
// Lives on: any thread posts; made and stopped by the thread that composes the process.
// A full queue refuses and counts. stop() runs what was taken, then ends.
class DiskThread {
public:
    DiskThread(std::string name, std::size_t capacity);
    DiskThread(const DiskThread&) = delete;
    DiskThread& operator=(const DiskThread&) = delete;
    ~DiskThread() { stop(); }

    // False when the queue is full or the thread is stopping.
    bool post(UniqueFunction work);
    void stop();
    std::uint64_t refused() const;
    std::size_t waiting() const;

private:
    void run();

    mutable std::mutex mutex_; // guards what follows
    std::condition_variable changed_;
    base::BoundedQueue<UniqueFunction> queue_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace signalbox::runtime
