// SPDX-License-Identifier: Apache-2.0
#include "agent/health/health_table.h"

#include <utility>

namespace signalbox::health {

bool HealthTable::put(const std::string& address, MemberVerdict verdict)
{
    const auto [entry, isNew] = verdicts_.try_emplace(address);
    if (!isNew && entry->second == verdict)
        return false;
    entry->second = std::move(verdict);
    return true;
}

const MemberVerdict* HealthTable::find(const std::string& address) const
{
    const auto found = verdicts_.find(address);
    return found == verdicts_.end() ? nullptr : &found->second;
}

void HealthTable::keepOnly(const std::set<std::string>& addresses)
{
    std::erase_if(verdicts_,
                  [&](const auto& entry) { return !addresses.contains(entry.first); });
}

} // namespace signalbox::health
