// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/route.h"

#include <algorithm>

namespace signalbox::proxy {

std::optional<LocalReply> findRoute(Exchange& exchange)
{
    if (exchange.facts.model.empty())
        return reply::modelMissing();
    exchange.route = exchange.view->findRoute(exchange.facts.model);
    if (exchange.route == nullptr)
        return reply::unknownModel(exchange.facts.model);
    return std::nullopt;
}

PoolOrder::PoolOrder(const RoutePlan& route, upstream::Random& random)
{
    if (route.weightTotal > 0) {
        std::uint64_t drawn = random.below(route.weightTotal);
        for (const WeightedPool& target : route.targets) {
            if (drawn < target.weight) {
                add(target.pool);
                break;
            }
            drawn -= target.weight;
        }
    }
    for (const WeightedPool& target : route.targets) {
        if (target.weight > 0)
            add(target.pool);
    }
    for (const std::size_t pool : route.fallbacks)
        add(pool);
}

void PoolOrder::add(std::size_t pool)
{
    const auto end = pools_.begin() + static_cast<std::ptrdiff_t>(count_);
    if (count_ < kPoolsPerRequest && std::find(pools_.begin(), end, pool) == end)
        pools_[count_++] = pool;
}

} // namespace signalbox::proxy
