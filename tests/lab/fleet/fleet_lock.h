// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <filesystem>
#include <utility>

namespace signalbox::lab_fleet {

// One fleet per data folder: held by a lock on a file, which ends with the process however it
// ends. Lives on: one thread.
class FleetLock {
public:
    // AlreadyExists while another fleet runs; the message says which process and where.
    static base::Result<FleetLock> take(const std::filesystem::path& dataFolder);

    FleetLock(FleetLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FleetLock& operator=(FleetLock&& other) noexcept
    {
        std::swap(file_, other.file_);
        return *this;
    }
    ~FleetLock();

private:
    explicit FleetLock(int file) : file_(file) {}
    int file_ = -1;
};

} // namespace signalbox::lab_fleet
