// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/command.h"
#include "shared/model/policy.h"

#include <string>
#include <string_view>
#include <vector>

// What an edit does to policy, how to take it back, and how to say both to a person. All pure:
// preview shows it, apply writes it, undo is the inverse against what is there then.
namespace signalbox::model {

// The one object of kind access.
inline constexpr std::string_view kAccessName = "clients";

// The policy as the edit would leave it; changes that repeat what is there leave their object
// alone. `cause` becomes the cause of the intents that do change. The revision stays the old one:
// only the store gives a new one.
// InvalidArgument: an edit that makes no sense by itself (no changes, an agent named twice, a name
// that is none, a deadline without drain, a weight for no pool). NotFound: the route or pool is not
// there. FailedPrecondition: it makes no sense now (a failback of what has not failed over).
base::Result<Policy> applyEdit(const Policy& policy, const Edit& edit, std::string_view cause);

// The edit that restores what `edit` would change in `policy`; without changes when it changes
// nothing. Compute it before the edit is applied.
Edit inverseOf(const Policy& policy, const Edit& edit);

// An inverse that has nothing to take back: of a command that changed no policy.
bool isNothing(const Edit& edit);

// Every field that differs, objects in the order of PolicyKind and then by name. "none" stands for
// what is not there. Never shows more of a key than the first 8 digits of its hash.
std::vector<DiffLine> diffOf(const Policy& before, const Policy& after);

// One object of policy, as it is kept under its key.
struct PolicyObject {
    PolicyKind kind = PolicyKind::Admin;
    std::string name;
    auto operator<=>(const PolicyObject&) const = default;
};
// The objects in which the two differ.
std::vector<PolicyObject> changedObjects(const Policy& before, const Policy& after);

// Agents that the edit names, in its order.
std::vector<std::string> agentsOf(const Edit& edit);
// Those of them that it gives another admin state or deadline.
std::vector<std::string> agentsChangedBy(const Policy& policy, const Edit& edit);

// "chat 80, big 20, then spare": where requests go, without the targets that get none.
std::string placementText(const RoutePlacement& placement);
// "2026-01-01 03:12:07 UTC"; "none" for 0.
std::string timeText(std::int64_t unixMs);
// "4 s", "12 min", "3 h 20 min": for ages and waits, rounded down.
std::string spanText(std::int64_t ms);

} // namespace signalbox::model
