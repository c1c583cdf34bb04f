// SPDX-License-Identifier: Apache-2.0
#include "shared/model/admin_change.h"

#include "shared/base/names.h"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace signalbox::model {

namespace {

base::Error invalid(std::string text)
{
    return base::Error(base::Code::InvalidArgument, std::move(text), base::Origin::Client);
}

base::Status check(const std::vector<AdminChange>& changes)
{
    std::set<std::string> named;
    for (const AdminChange& change : changes) {
        if (!base::isValidName(change.agent))
            return invalid(fmt::format("'{}' is not the name of an agent: a name is "
                                       "[a-z0-9][a-z0-9._-]*, at most 63 bytes",
                                       change.agent.substr(0, 63)));
        if (!named.insert(change.agent).second)
            return invalid(fmt::format("agent '{}' is named twice", change.agent));
        if (change.deadlineUnixMs < 0)
            return invalid(fmt::format("the deadline of '{}' lies before 1970", change.agent));
        if (change.deadlineUnixMs != 0 && change.admin != Admin::Drain)
            return invalid(fmt::format("'{}' is given a deadline without a drain", change.agent));
    }
    return {};
}

} // namespace

AdminChange adminBefore(const Policy& policy, const std::string& agent)
{
    const auto found = policy.admin.find(agent);
    if (found == policy.admin.end())
        return AdminChange{agent, Admin::Run, 0};
    return AdminChange{agent, found->second.admin, found->second.deadlineUnixMs};
}

std::vector<AdminChange> adminBefore(const Policy& policy, const std::vector<AdminChange>& changes)
{
    std::vector<AdminChange> before;
    for (const AdminChange& change : changes) {
        AdminChange was = adminBefore(policy, change.agent);
        if (was != change)
            before.push_back(std::move(was));
    }
    return before;
}

base::Status changeAdmin(const std::vector<AdminChange>& changes, std::string_view cause,
                         Policy& policy)
{
    SB_CHECK(check(changes));
    for (const AdminChange& change : changes) {
        if (adminBefore(policy, change.agent) == change)
            continue;
        if (change.admin == Admin::Run)
            policy.admin.erase(change.agent);
        else
            policy.admin[change.agent] = AdminIntent{change.agent, change.admin,
                                                     change.deadlineUnixMs, std::string(cause)};
    }
    return {};
}

} // namespace signalbox::model
