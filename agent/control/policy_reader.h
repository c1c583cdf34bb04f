// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/store_keys.h"
#include "agent/state/store_values.h"
#include "shared/model/policy.h"

#include <map>
#include <string>
#include <vector>

namespace signalbox::control {

// Policy as the store's keys say it, at one revision of the store.
struct PolicyReading {
    model::Policy policy; // its revision is the mod_revision of policy/head, 0 without one
    std::map<std::string, base::Revision> revisions; // of every key read, relative to the root
    std::uint64_t headAuditNumber = 0; // of the command that wrote policy/head; 0 = none
    std::vector<std::string>
        problems; // what does not parse or does not fit together; empty = valid
    std::vector<std::string> unknownKeys; // of kinds this agent does not know; they are left out

    base::Revision revisionOf(const std::string& relativeKey) const
    {
        const auto found = revisions.find(relativeKey);
        return found == revisions.end() ? 0 : found->second;
    }
    bool hasHead() const { return policy.revision != 0; }
};

// Collects keys and makes a reading of them; keys outside policy/ are ignored.
// Lives on: the calling thread, for one reading.
class PolicyReader {
public:
    explicit PolicyReader(const StoreKeys& keys) : keys_(keys) {}

    void add(const state::KeyValue& key);
    PolicyReading finish();

private:
    void addHead(const state::KeyValue& key);

    const StoreKeys& keys_;
    PolicyReading reading_;
};

} // namespace signalbox::control
