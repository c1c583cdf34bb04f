// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/upstream/member.h"
#include "agent/upstream/retry_budget.h"

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace signalbox::upstream {

// Names a member for good: breaker, load and suspicion belong to the pair of address and model in
// one pool, never to an address alone (product.md §12).
struct MemberKey {
    std::string pool;
    std::string address;
    std::string model;
    auto operator<=>(const MemberKey&) const = default;
};

// Hands out the cells and budgets that outlive policy snapshots, and forgets those nobody names.
// Lives on: control. Owned by agent/process; the cells themselves are read by every core.
class MemberRegistry {
public:
    std::shared_ptr<MemberCell> cell(const MemberKey& key);
    std::shared_ptr<RetryBudget> budget(const std::string& pool);

    // What is true of an address itself (connect refused, its probe) counts for all members on it.
    std::vector<std::shared_ptr<MemberCell>> cellsAt(const std::string& address) const;

    // Drops the cells and budgets that only this registry still holds. Called after a snapshot was
    // replaced on every core.
    void forgetUnused();
    std::size_t size() const { return cells_.size(); }

private:
    std::map<MemberKey, std::shared_ptr<MemberCell>> cells_;
    std::map<std::string, std::shared_ptr<RetryBudget>> budgets_;
};

} // namespace signalbox::upstream
