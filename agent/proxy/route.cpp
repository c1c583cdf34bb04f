// SPDX-License-Identifier: Apache-2.0
#include "agent/proxy/route.h"

#include <algorithm>

namespace signalbox::proxy {

namespace {

std::uint64_t keyOf(std::string_view name)
{
    return upstream::mixed(std::hash<std::string_view>{}(name)) | 1U; // 0 = none
}

// From where the prompt begins: what stands before it differs without a meaning for its prefix. A
// body that hides it further on gives another prefix, which is as good as none.
std::string_view promptOf(std::string_view body)
{
    constexpr std::size_t kLookedAt = 1'024;
    const std::string_view start = body.substr(0, kLookedAt);
    for (const std::string_view name : {"\"messages\"", "\"prompt\"", "\"input\""}) {
        if (const std::size_t at = start.find(name); at != std::string_view::npos)
            return body.substr(at);
    }
    return body;
}

} // namespace

std::optional<LocalReply> findRoute(Exchange& exchange)
{
    if (exchange.facts.model.empty())
        return reply::modelMissing();
    exchange.route = exchange.view->findRoute(exchange.facts.model);
    if (exchange.route == nullptr)
        return reply::unknownModel(exchange.facts.model);
    const std::string_view session = exchange.request.head.headers.find("x-session-id");
    if (!session.empty())
        exchange.session = keyOf(session);
    if (exchange.facts.promptBytes >= upstream::PrefixChain::kBlockBytes) {
        exchange.prefix = std::make_unique<upstream::PrefixChain>();
        exchange.prefix->take(promptOf(exchange.request.body));
    }
    return std::nullopt;
}

std::uint64_t stickyKey(const Exchange& exchange, upstream::Random& random)
{
    if (exchange.session != 0)
        return exchange.session;
    if (!exchange.facts.user.empty())
        return keyOf(exchange.facts.user);
    if (exchange.caller != nullptr)
        return keyOf(exchange.caller->keyId);
    return random.next();
}

PoolOrder PoolOrder::largerContext(const RoutePlan& route)
{
    PoolOrder order;
    for (const std::size_t pool : route.largerContext)
        order.add(pool);
    return order;
}

PoolOrder::PoolOrder(const RoutePlan& route, std::uint64_t sticky)
{
    if (route.weightTotal > 0) {
        // Mixed with the route: a user who is in one route's canary is not in every one's.
        std::uint64_t drawn
            = upstream::mixed(sticky ^ std::hash<std::string>{}(route.name)) % route.weightTotal;
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
