// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/fleet/fleet_changes.h"

#include <functional>
#include <mutex>

namespace signalbox::link {

// How soon the window wants to know.
enum class Urgency : std::uint8_t { Numbers, State };

// What the link has heard and the window has not taken yet. A window that is slow, hidden or frozen
// finds each agent once, and what did not fit counted.
// Lives on: put() on the link thread, take() on the gui thread.
class Inbox {
public:
    // `wake` is called on the link thread, once when the first change is put, and once more when
    // the first urgent one is; then not again until everything was taken.
    explicit Inbox(std::function<void(Urgency)> wake) : wake_(std::move(wake)) {}

    void put(fleet::FleetChanges changes, Urgency urgency);
    fleet::FleetChanges take();

private:
    std::function<void(Urgency)> wake_;
    std::mutex mutex_; // guards what follows
    fleet::FleetChanges waiting_;
    bool isWoken_ = false;
    bool isUrgent_ = false;
};

} // namespace signalbox::link
