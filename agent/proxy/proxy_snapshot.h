// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/admission/api_key_table.h"
#include "agent/upstream/member.h"
#include "agent/upstream/retry_budget.h"
#include "shared/model/policy.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace signalbox::proxy {

// The pool as the proxy sees it: members that may be chosen, and the retry budget they share.
struct PoolPlan {
    std::string name;
    std::vector<upstream::Member> members;
    std::shared_ptr<upstream::RetryBudget> budget;
};

struct WeightedPool {
    std::size_t pool = 0; // index into ProxySnapshot::pools
    std::uint32_t weight = 0;
};

struct RoutePlan {
    std::string name;
    std::string model;
    std::vector<WeightedPool> targets;
    std::uint64_t weightTotal = 0;
    std::vector<std::size_t> fallbacks;
    std::vector<std::size_t> largerContext;
    // Of the engines in its pools, together: what they open to clients (bit by Api), and the
    // fields that one of them must not be sent; sorted.
    std::uint32_t apis = ~std::uint32_t{0};
    std::vector<std::string> deniedFields;
};

// Times and counts of product.md §12, from the agent's configuration.
struct ExchangeSettings {
    std::chrono::milliseconds firstTokenFloor{10'000};
    std::chrono::milliseconds stallFloor{5'000};
    std::chrono::milliseconds requestDeadline{600'000};
    std::chrono::milliseconds connectDeadline{2'000};
    std::size_t requestBodyBytesMax = 4 * 1024 * 1024;
};

struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const
    {
        return std::hash<std::string_view>{}(text);
    }
};

// Everything the phases read, built by agent/control from policy, agents and health.
// Lives on: any core, immutable once published; an exchange pins one for its whole life.
struct ProxySnapshot {
    base::Revision revision = 0;
    std::string agentId;
    std::string zone; // of this agent; empty = not known
    model::AccessMode access = model::AccessMode::Keys;
    std::shared_ptr<const admission::ApiKeyTable> keys;
    std::vector<PoolPlan> pools;
    std::vector<RoutePlan> routes;
    // Model names and aliases -> index into routes.
    std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> routeByModel;
    // The engine beside this agent; none for a gateway. Requests that another agent already
    // admitted go there and nowhere else.
    std::optional<upstream::Member> localEngine;
    bool takesNewWork = true; // false while this agent drains or is in maintenance
    std::string modelsBody; // the answer to GET /v1/models, complete
    ExchangeSettings settings;

    const RoutePlan* findRoute(std::string_view model) const
    {
        const auto found = routeByModel.find(model);
        return found == routeByModel.end() ? nullptr : &routes[found->second];
    }
};

using ProxySnapshotPtr = std::shared_ptr<const ProxySnapshot>;

} // namespace signalbox::proxy
