// SPDX-License-Identifier: Apache-2.0
#include "shared/model/scale_edit.h"

#include "shared/model/admin_change.h"

#include <fmt/format.h>

namespace signalbox::model {

base::Result<Policy> applyScaleEdit(const Policy& policy, const ScaleEdit& edit,
                                    std::string_view cause)
{
    Policy after = policy;
    const auto found = after.pools.find(edit.pool);
    if (found == after.pools.end())
        return base::Error(base::Code::NotFound,
                           fmt::format("there is no pool '{}'", edit.pool.substr(0, 63)),
                           base::Origin::Client);
    std::optional<PoolScale>& scale = found->second.scale;
    if (!scale)
        return base::Error(base::Code::FailedPrecondition,
                           fmt::format("pool '{}' cannot be scaled: policy says no scale for it, "
                                       "so nobody knows how to start an instance",
                                       edit.pool),
                           base::Origin::Client);
    if (edit.desired < scale->least || edit.desired > scale->most)
        return base::Error(base::Code::InvalidArgument,
                           fmt::format("pool '{}' may have {} to {} instances, not {}", edit.pool,
                                       scale->least, scale->most, edit.desired),
                           base::Origin::Client);
    scale->desired = edit.desired;
    SB_CHECK(changeAdmin(edit.changes, cause, after));
    return after;
}

// Which instances an undone scale-out takes with it is chosen when it is undone.
Edit inverseOfScaleEdit(const Policy& policy, const ScaleEdit& edit)
{
    ScaleEdit back;
    const auto found = policy.pools.find(edit.pool);
    if (found == policy.pools.end() || !found->second.scale)
        return back;
    back.pool = edit.pool;
    back.desired = found->second.scale->desired;
    if (back.desired >= edit.desired)
        back.changes = adminBefore(policy, edit.changes);
    return back;
}

} // namespace signalbox::model
