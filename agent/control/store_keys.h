// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/policy.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::control {

// Where things are kept: everything of one fleet under /signalbox/<fleet>/ (product.md §12).
// Lives on: any thread (a value).
class StoreKeys {
public:
    explicit StoreKeys(const std::string& fleet) : root_("/signalbox/" + fleet + "/") {}

    const std::string& root() const { return root_; }
    std::string policyPrefix() const { return root_ + "policy/"; }
    std::string policyHead() const { return root_ + "policy/head"; }
    std::string policy(model::PolicyKind kind, const std::string& name) const
    {
        return policyPrefix() + std::string(model::nameOf(kind)) + "/" + name;
    }
    std::string agentsPrefix() const { return root_ + "agents/"; }
    std::string agent(const std::string& id) const { return agentsPrefix() + id; }
    std::string auditHead() const { return root_ + "audit/head"; }
    // Twenty digits, so that keys sort as numbers do.
    static constexpr std::size_t kAuditDigits = 20;
    std::string audit(std::uint64_t number) const
    {
        const std::string digits = std::to_string(number);
        return auditPrefix() + std::string(kAuditDigits - digits.size(), '0') + digits;
    }

    std::string auditPrefix() const { return root_ + "audit/"; }
    // The number in an audit record's key; nothing for audit/head and for what is none.
    std::optional<std::uint64_t> parseAudit(std::string_view key) const;

    // What stands behind the fleet's root; keys in plans and messages are told this way.
    std::string relative(const std::string& key) const { return key.substr(root_.size()); }
    std::string absolute(const std::string& relative) const { return root_ + relative; }

    struct PolicyKey {
        model::PolicyKind kind = model::PolicyKind::Access;
        std::string name;
    };
    // Nothing for policy/head and for what is no policy object.
    std::optional<PolicyKey> parsePolicy(std::string_view key) const;

private:
    std::string root_;
};

} // namespace signalbox::control
