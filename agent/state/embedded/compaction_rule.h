// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/store_values.h"
#include "shared/base/clock.h"

#include <chrono>
#include <deque>
#include <optional>
#include <utility>

namespace signalbox::state {

// How much history is kept when nobody compacts by hand.
struct Retention {
    std::chrono::minutes keepFor{60};  // long enough for a watcher to come back and miss nothing
    std::int64_t keepRevisions = 10'000; // and never more than this
};

// Decides what may be forgotten: everything older than an hour, and everything beyond the last ten
// thousand revisions, whichever is more. Pure: it is told the time.
// Lives on: the store thread. Owned by StoreEngine. Ages start anew with the process.
class CompactionRule {
public:
    explicit CompactionRule(Retention retention) : retention_(retention) {}

    // To be told about once a minute.
    void note(base::Monotonic now, Revision revision);
    // The revision to compact to, if that takes anything away.
    std::optional<Revision> target(base::Monotonic now, Revision revision,
                                   Revision compacted) const;

private:
    Retention retention_;
    std::deque<std::pair<base::Monotonic, Revision>> notes_; // a minute apart, an hour in all
};

} // namespace signalbox::state
