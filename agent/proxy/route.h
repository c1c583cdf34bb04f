// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/exchange.h"
#include "agent/proxy/local_reply.h"
#include "agent/upstream/load_balancer.h"

#include <array>
#include <cstdint>
#include <span>

namespace signalbox::proxy {

// Phase 2: model name or alias -> route. Fills Exchange::route, and what sticks to a session: its
// hash and the prompt's prefix. Nothing = go on.
std::optional<LocalReply> findRoute(Exchange& exchange);

// What the draw among a route's targets sticks to: the session, else the user that the body names,
// else the caller's key; chance where there is none of them.
std::uint64_t stickyKey(const Exchange& exchange, upstream::Random& random);

// The pools of one request in the order they are tried: a target drawn by weight, the other
// targets, then the fallbacks. At most kPoolsPerRequest; a route has few. `sticky` draws: equal
// ones draw equal targets while the weights are as they are, at every core and gateway.
// Lives on: core; a local of Forward.
class PoolOrder {
public:
    PoolOrder(const RoutePlan& route, std::uint64_t sticky);
    // Of the pools for prompts that are too long for the others.
    static PoolOrder largerContext(const RoutePlan& route);
    std::span<const std::size_t> pools() const { return {pools_.data(), count_}; }

private:
    PoolOrder() = default;
    static constexpr std::size_t kPoolsPerRequest = 16;
    void add(std::size_t pool);
    std::array<std::size_t, kPoolsPerRequest> pools_{};
    std::size_t count_ = 0;
};

} // namespace signalbox::proxy
