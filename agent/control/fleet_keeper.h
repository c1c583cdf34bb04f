// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/files/durable_file.h"
#include "agent/control/files/fleet_picture.h"
#include "shared/base/executor.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::control {

// Runs work on a thread that may block; false when it could not be taken.
using RunOnDisk = std::function<bool(std::function<void()>)>;

// Keeps the newest picture of the fleet on disk, for a start while the store is away.
// Lives on: control; the file is written through RunOnDisk. Owned by agent/process, which stops the
// disk's thread before the executor goes.
// Failure: a write that fails is logged and counted; the file stays as it was and the next picture,
// or a retry after the pause, tries again.
class FleetKeeper {
public:
    FleetKeeper(std::string path, base::Executor& executor, RunOnDisk runOnDisk,
                std::string bootId);

    struct Loaded {
        std::optional<SavedFleet> saved; // nothing when there is none, or none that is intact
        std::string problem; // what was wrong with a generation; empty = nothing
    };
    // Blocks on the disk: for the start, before anything runs.
    Loaded load() const;

    // At most one write at a time and one each pause; what comes meanwhile waits, the newest wins.
    void keep(SavedFleet saved);

    std::uint64_t writesTotal() const { return writesTotal_; }
    std::uint64_t failuresTotal() const { return failuresTotal_; }

private:
    void write();
    void onWritten(const base::Status& status);

    const DurableFile file_;
    base::Executor& executor_;
    RunOnDisk runOnDisk_;
    std::string bootId_;
    std::optional<SavedFleet> next_;
    std::optional<SavedFleet> writing_;
    base::Executor::TimerPtr pause_;
    std::uint64_t writesTotal_ = 0;
    std::uint64_t failuresTotal_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::control
