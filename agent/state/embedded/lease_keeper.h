// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/store_values.h"
#include "shared/base/clock.h"

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace signalbox::state {

// When each lease ends. Pure: it is told the time. The leases themselves and their keys are on
// disk; after a restart each one gets its whole time-to-live again, because nobody could renew it.
// Lives on: the store thread. Owned by StoreEngine.
class LeaseKeeper {
public:
    void add(LeaseId id, std::chrono::seconds ttl, base::Monotonic now);
    void remove(LeaseId id);

    // The full time-to-live, from now on; zero when there is no such lease.
    std::chrono::seconds renew(LeaseId id, base::Monotonic now);
    // Ends it later than it would, for a lease that could not be taken away.
    void postpone(LeaseId id, base::Monotonic until);

    struct Life {
        std::chrono::seconds granted;
        std::chrono::seconds remaining;
    };
    std::optional<Life> life(LeaseId id, base::Monotonic now) const;

    // Those that have ended by now, the oldest first, at most so many.
    std::vector<LeaseId> ended(base::Monotonic now, std::size_t most) const;
    std::optional<base::Monotonic> nextEnd() const;
    std::vector<LeaseId> ids() const;
    std::size_t size() const { return leases_.size(); }

private:
    struct Entry {
        std::chrono::seconds ttl;
        base::Monotonic end;
    };
    void setEnd(LeaseId id, Entry& entry, base::Monotonic end);

    std::map<LeaseId, Entry> leases_;
    std::set<std::pair<base::Monotonic, LeaseId>> byEnd_;
};

} // namespace signalbox::state
