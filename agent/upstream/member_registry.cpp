// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/member_registry.h"

#include <algorithm>

namespace signalbox::upstream {

std::shared_ptr<MemberCell> MemberRegistry::cell(const MemberKey& key)
{
    auto& cell = cells_[key];
    if (cell)
        return cell;
    cell = std::make_shared<MemberCell>();
    const bool poolWorks = std::any_of(cells_.begin(), cells_.end(), [&](const auto& item) {
        return item.first.pool == key.pool && item.second->requestsTotal() > 0;
    });
    if (poolWorks)
        cell->joinLate();
    return cell;
}

std::shared_ptr<RetryBudget> MemberRegistry::budget(const std::string& pool)
{
    auto& budget = budgets_[pool];
    if (!budget)
        budget = std::make_shared<RetryBudget>();
    return budget;
}

std::vector<std::shared_ptr<MemberCell>> MemberRegistry::cellsAt(const std::string& address) const
{
    std::vector<std::shared_ptr<MemberCell>> found;
    for (const auto& [key, cell] : cells_) {
        if (key.address == address)
            found.push_back(cell);
    }
    return found;
}

void MemberRegistry::forgetUnused()
{
    std::erase_if(cells_, [](const auto& item) { return item.second.use_count() == 1; });
    std::erase_if(budgets_, [](const auto& item) { return item.second.use_count() == 1; });
}

} // namespace signalbox::upstream
