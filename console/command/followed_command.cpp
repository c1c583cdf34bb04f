// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/command/followed_command.h"

#include <algorithm>
#include <numeric>

namespace signalbox::command {

namespace {

std::vector<std::string> drainedIn(const std::vector<model::AdminChange>& changes)
{
    std::vector<std::string> agents;
    for (const model::AdminChange& change : changes) {
        if (change.admin == model::Admin::Drain)
            agents.push_back(change.agent);
    }
    return agents;
}

std::vector<std::string> caseDrains(const model::AdminEdit& edit)
{
    return drainedIn(edit.changes);
}

// Who is left out has no work to wait for.
std::vector<std::string> caseDrains(const model::RouteEdit&)
{
    return {};
}

std::vector<std::string> caseDrains(const model::ScaleEdit& edit)
{
    return drainedIn(edit.changes);
}

} // namespace

std::uint32_t FollowedCommand::left() const
{
    return std::accumulate(drains.begin(), drains.end(), 0U,
                           [](std::uint32_t sum, const DrainView& one) { return sum + one.left; });
}

std::uint32_t FollowedCommand::most() const
{
    return std::accumulate(drains.begin(), drains.end(), 0U,
                           [](std::uint32_t sum, const DrainView& one) { return sum + one.most; });
}

std::int64_t FollowedCommand::longestMs() const
{
    std::int64_t longest = 0;
    for (const DrainView& drain : drains)
        longest = std::max(longest, drain.longestMs);
    return longest;
}

std::vector<std::string> drainedBy(const model::Edit& edit)
{
    return std::visit([](const auto& one) { return caseDrains(one); }, edit);
}

} // namespace signalbox::command
