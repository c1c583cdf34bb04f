// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/inbox.h"

#include <utility>

namespace signalbox::link {

void Inbox::put(fleet::FleetChanges changes, Urgency urgency)
{
    bool wakes = false;
    {
        const std::lock_guard lock(mutex_);
        fleet::merge(waiting_, std::move(changes));
        wakes = !isWoken_ || (urgency == Urgency::State && !isUrgent_);
        isWoken_ = true;
        isUrgent_ = isUrgent_ || urgency == Urgency::State;
    }
    if (wakes)
        wake_(urgency);
}

fleet::FleetChanges Inbox::take()
{
    const std::lock_guard lock(mutex_);
    isWoken_ = false;
    isUrgent_ = false;
    return std::exchange(waiting_, {});
}

} // namespace signalbox::link
