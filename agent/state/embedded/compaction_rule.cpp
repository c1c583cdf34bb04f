// SPDX-License-Identifier: Apache-2.0
#include "agent/state/embedded/compaction_rule.h"

#include <algorithm>

namespace signalbox::state {

void CompactionRule::note(base::Monotonic now, Revision revision)
{
    notes_.emplace_back(now, revision);
    // The newest note that is old enough is the one that counts; older ones say nothing more.
    while (notes_.size() > 1 && now - notes_[1].first >= retention_.keepFor)
        notes_.pop_front();
}

std::optional<Revision> CompactionRule::target(base::Monotonic now, Revision revision,
                                               Revision compacted) const
{
    Revision target = revision - retention_.keepRevisions;
    if (!notes_.empty() && now - notes_.front().first >= retention_.keepFor)
        target = std::max(target, notes_.front().second);
    if (target <= std::max<Revision>(compacted, 1))
        return std::nullopt;
    return target;
}

} // namespace signalbox::state
