// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace signalbox::base {

// A string that can only be compared with its own kind. Shape of every name in the product:
// [a-z0-9][a-z0-9._-]{0,62}; isValidName() in names.h checks it at the door.
// Lives on: any thread (a value).
template <typename Tag>
class StringId {
public:
    StringId() = default;
    explicit StringId(std::string value) : value_(std::move(value)) {}
    const std::string& str() const { return value_; }
    bool empty() const { return value_.empty(); }
    auto operator<=>(const StringId&) const = default;

private:
    std::string value_;
};

using AgentId = StringId<struct AgentTag>;
using PoolName = StringId<struct PoolTag>;

// The store's mod_revision of policy/head: "revision 419". 0 = no policy yet.
using Revision = std::int64_t;
// Counts the messages of one agent's telemetry; a gap is a loss. First is 1.
using Sequence = std::uint64_t;

} // namespace signalbox::base

template <typename Tag>
struct std::hash<signalbox::base::StringId<Tag>> {
    std::size_t operator()(const signalbox::base::StringId<Tag>& id) const
    {
        return std::hash<std::string>{}(id.str());
    }
};
