// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/health.h"

#include <map>
#include <set>
#include <string>

namespace signalbox::health {

// What probes say of one member's address, seen from this agent.
struct MemberVerdict {
    bool isReachable = true; // false: nobody answers there, for certain
    model::Verdict health; // Unknown until the first answer
    bool operator==(const MemberVerdict&) const = default;
};

// The newest verdict on each address that this agent sends requests to.
// Lives on: control. Owned by the member prober.
class HealthTable {
public:
    // True when that differs from what was known.
    bool put(const std::string& address, MemberVerdict verdict);
    // nullptr: nothing is known of it.
    const MemberVerdict* find(const std::string& address) const;
    // Forgets all others.
    void keepOnly(const std::set<std::string>& addresses);
    const std::map<std::string, MemberVerdict>& all() const { return verdicts_; }

private:
    std::map<std::string, MemberVerdict> verdicts_;
};

} // namespace signalbox::health
