// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/model/policy.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace signalbox::admission {

// Who asks, once proved. Points into the table, which the exchange's snapshot keeps alive.
struct Caller {
    std::string_view keyId;
    std::string_view tenant;
    const std::vector<std::string>* models = nullptr; // null or empty = every route
    bool maySee(std::string_view model) const;
};

// Hashed keys -> callers. A secret is hashed first and only digests are compared, in constant
// time; an unknown secret does the same work as a known one.
// Lives on: any core (immutable). Part of a ProxySnapshot.
class ApiKeyTable {
public:
    explicit ApiKeyTable(const std::map<std::string, model::ApiKey>& keys);

    // Null for an unknown secret.
    const Caller* find(std::string_view secret) const;
    std::size_t size() const { return entries_.size(); }

private:
    using Digest = std::array<std::uint8_t, 32>;
    struct Entry {
        Digest digest;
        model::ApiKey key;
        Caller caller;
    };
    // By the digest's first bytes: uniformly distributed whatever the secrets look like.
    std::unordered_map<std::uint64_t, std::unique_ptr<Entry>> entries_;
};

} // namespace signalbox::admission
