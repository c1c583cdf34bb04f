// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/fleet/fleet_changes.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace signalbox::fleet {

namespace {

template <typename T>
std::uint64_t queueUp(std::deque<T>& queue, std::deque<T>&& later, std::size_t most)
{
    std::move(later.begin(), later.end(), std::back_inserter(queue));
    std::uint64_t dropped = 0;
    for (; queue.size() > most; ++dropped)
        queue.pop_front();
    return dropped;
}

template <typename T>
void replace(std::optional<T>& value, std::optional<T>&& later)
{
    if (later)
        value = std::move(later);
}

} // namespace

void merge(FleetChanges& changes, FleetChanges later)
{
    for (auto& [id, change] : later.agents) {
        AgentChange& merged = changes.agents[id];
        if (change.facts)
            merged.facts = std::move(change.facts);
        merged.heardAt = std::max(merged.heardAt, change.heardAt);
        merged.heardUnixMs = std::max(merged.heardUnixMs, change.heardUnixMs);
        merged.isForgotten = change.isForgotten;
        changes.rowsDropped
            += queueUp(merged.rows, std::move(change.rows), limits::kWaitingRows);
    }
    changes.heardAt = std::max(changes.heardAt, later.heardAt);
    changes.eventsDropped += later.eventsDropped
        + queueUp(changes.events, std::move(later.events), limits::kWaitingEvents);
    changes.rowsDropped += later.rowsDropped;
    replace(changes.link, std::move(later.link));
    replace(changes.policy, std::move(later.policy));
    replace(changes.audit, std::move(later.audit));
}

} // namespace signalbox::fleet
