// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/convergence.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <set>
#include <utility>

namespace signalbox::control {

model::Convergence convergenceOf(const FleetPicture& fleet, const LiveFacts& live,
                                 base::Revision revision, const std::vector<std::string>& altered,
                                 std::int64_t nowUnixMs)
{
    model::Convergence found;
    found.revision = revision;
    const std::set<std::string> alteredSet(altered.begin(), altered.end());
    std::vector<model::Convergence::Behind> others;
    for (const auto& [id, record] : fleet.agents) {
        const auto facts = live.factsOf(id);
        const auto departed = fleet.departedSinceUnixMs.find(id);
        const bool isPresent = departed == fleet.departedSinceUnixMs.end();
        base::Revision applied = record.appliedRevision;
        if (facts)
            applied = std::max(applied, facts->state.record.appliedRevision);
        const bool isApplied = isPresent && applied >= revision;
        const bool isAltered = alteredSet.contains(id);
        found.wholeTotal += 1;
        found.wholeApplied += isApplied ? 1 : 0;
        found.alteredTotal += isAltered ? 1 : 0;
        found.alteredApplied += isAltered && isApplied ? 1 : 0;
        if (isApplied)
            continue;
        model::Convergence::Behind behind{id, applied, 0, ""};
        if (facts)
            behind.lastSeenMs = facts->ageMs;
        else if (!isPresent)
            behind.lastSeenMs = std::max<std::int64_t>(nowUnixMs - departed->second, 0);
        if (record.rejectedRevision >= revision)
            behind.rejectedReason = record.rejectedReason;
        (isAltered ? found.behind : others).push_back(std::move(behind));
    }
    std::move(others.begin(), others.end(), std::back_inserter(found.behind));
    if (found.behind.size() > limits::kBehindShown)
        found.behind.resize(limits::kBehindShown);
    return found;
}

} // namespace signalbox::control
