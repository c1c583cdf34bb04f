// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/exchange.h"
#include "agent/proxy/local_reply.h"
#include "agent/upstream/load_balancer.h"

#include <array>
#include <span>

namespace signalbox::proxy {

// Phase 2: model name or alias -> route. Fills Exchange::route. Nothing = go on.
std::optional<LocalReply> findRoute(Exchange& exchange);

// The pools of one request in the order they are tried: a target drawn by weight, the other
// targets, then the fallbacks. At most kPoolsPerRequest; a route has few.
// Lives on: core; a local of Forward.
class PoolOrder {
public:
    PoolOrder(const RoutePlan& route, upstream::Random& random);
    std::span<const std::size_t> pools() const { return {pools_.data(), count_}; }

private:
    static constexpr std::size_t kPoolsPerRequest = 16;
    void add(std::size_t pool);
    std::array<std::size_t, kPoolsPerRequest> pools_{};
    std::size_t count_ = 0;
};

} // namespace signalbox::proxy
