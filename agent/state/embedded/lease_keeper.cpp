// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/lease_keeper.h"

#include <algorithm>

namespace signalbox::state {

void LeaseKeeper::add(LeaseId id, std::chrono::seconds ttl, base::Monotonic now)
{
    remove(id);
    const base::Monotonic end = now + ttl;
    leases_.emplace(id, Entry{ttl, end});
    byEnd_.emplace(end, id);
}

void LeaseKeeper::remove(LeaseId id)
{
    const auto found = leases_.find(id);
    if (found == leases_.end())
        return;
    byEnd_.erase({found->second.end, id});
    leases_.erase(found);
}

void LeaseKeeper::setEnd(LeaseId id, Entry& entry, base::Monotonic end)
{
    byEnd_.erase({entry.end, id});
    entry.end = end;
    byEnd_.emplace(end, id);
}

std::chrono::seconds LeaseKeeper::renew(LeaseId id, base::Monotonic now)
{
    const auto found = leases_.find(id);
    if (found == leases_.end())
        return std::chrono::seconds{0};
    setEnd(id, found->second, now + found->second.ttl);
    return found->second.ttl;
}

void LeaseKeeper::postpone(LeaseId id, base::Monotonic until)
{
    if (const auto found = leases_.find(id); found != leases_.end())
        setEnd(id, found->second, until);
}

std::optional<LeaseKeeper::Life> LeaseKeeper::life(LeaseId id, base::Monotonic now) const
{
    const auto found = leases_.find(id);
    if (found == leases_.end())
        return std::nullopt;
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(found->second.end - now);
    return Life{found->second.ttl, std::max(left, std::chrono::seconds{0})};
}

std::vector<LeaseId> LeaseKeeper::ended(base::Monotonic now, std::size_t most) const
{
    std::vector<LeaseId> ids;
    for (const auto& [end, id] : byEnd_) {
        if (end > now || ids.size() == most)
            break;
        ids.push_back(id);
    }
    return ids;
}

std::optional<base::Monotonic> LeaseKeeper::nextEnd() const
{
    if (byEnd_.empty())
        return std::nullopt;
    return byEnd_.begin()->first;
}

std::vector<LeaseId> LeaseKeeper::ids() const
{
    std::vector<LeaseId> ids;
    for (const auto& [id, entry] : leases_)
        ids.push_back(id);
    return ids;
}

} // namespace signalbox::state
