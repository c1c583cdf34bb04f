// SPDX-License-Identifier: Apache-2.0
#include "agent/control/fleet_keeper.h"

#include "shared/base/limits.h"
#include "shared/base/log.h"

#include <utility>

namespace signalbox::control {

namespace {
using namespace std::chrono_literals;
// Health flips of a large fleet come every few seconds, and each write costs a sync of the disk.
constexpr auto kPause = 2s;
} // namespace

FleetKeeper::FleetKeeper(std::string path, base::Executor& executor, RunOnDisk runOnDisk,
                         std::string bootId)
    : file_(std::move(path), limits::kFleetFileBytes), executor_(executor),
      runOnDisk_(std::move(runOnDisk)), bootId_(std::move(bootId))
{
}

FleetKeeper::Loaded FleetKeeper::load() const
{
    Loaded loaded;
    auto content = file_.read();
    if (!content) {
        if (content.error().code() != base::Code::NotFound)
            loaded.problem = content.error().text();
        return loaded;
    }
    loaded.problem = content->newestDamage;
    auto saved = savedFleetFrom(content->body);
    if (saved)
        loaded.saved = std::move(*saved);
    else
        loaded.problem = file_.path() + ": " + saved.error().text();
    return loaded;
}

void FleetKeeper::keep(SavedFleet saved)
{
    saved.bootId = bootId_;
    next_ = std::move(saved);
    if (!writing_ && !pause_)
        write();
}

void FleetKeeper::write()
{
    pause_.reset();
    if (!next_)
        return;
    writing_ = std::exchange(next_, std::nullopt);
    auto work = [file = file_, text = toText(*writing_), &executor = executor_, this,
                 alive = std::weak_ptr(alive_)] {
        executor.post([this, alive, status = file.write(text)] {
            if (!alive.expired())
                onWritten(status);
        });
    };
    if (!runOnDisk_(std::move(work)))
        onWritten(base::Error(base::Code::ResourceExhausted, "the disk's queue is full"));
}

void FleetKeeper::onWritten(const base::Status& status)
{
    auto written = std::exchange(writing_, std::nullopt);
    if (status) {
        ++writesTotal_;
    } else {
        ++failuresTotal_;
        log::warn("control", "fleet_not_saved", "why", status.error().text());
        if (!next_)
            next_ = std::move(written);
    }
    pause_ = executor_.after(kPause, [this] { write(); });
}

} // namespace signalbox::control
