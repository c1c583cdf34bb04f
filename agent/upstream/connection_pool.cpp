// SPDX-License-Identifier: Apache-2.0
#include "agent/upstream/connection_pool.h"

#include "shared/base/limits.h"

#include <utility>

namespace signalbox::upstream {

ConnectionPool::ConnectionPtr ConnectionPool::take(const Member& member, Ticks now)
{
    const auto found = idle_.find(member.address);
    if (found == idle_.end())
        return nullptr;
    std::deque<Idle>& idle = found->second;
    while (!idle.empty()) {
        Idle newest = std::move(idle.back());
        idle.pop_back();
        if (newest.until > now && newest.connection->isReusable())
            return std::move(newest.connection);
    }
    return nullptr;
}

void ConnectionPool::put(const Member& member, ConnectionPtr connection, Ticks now)
{
    if (!connection->isReusable())
        return;
    const std::uint32_t most = member.requestsPerConnectionMax;
    if (most != 0 && connection->requests() >= most)
        return;
    std::deque<Idle>& idle = idle_[member.address];
    if (idle.size() >= limits::kIdleConnectionsPerAddress) {
        ++refused_;
        return;
    }
    const auto idleMax = std::chrono::nanoseconds(member.idleMax).count();
    idle.push_back(Idle{std::move(connection), now + idleMax});
}

void ConnectionPool::sweep(Ticks now)
{
    for (auto entry = idle_.begin(); entry != idle_.end();) {
        std::deque<Idle>& idle = entry->second;
        while (!idle.empty()
               && (idle.front().until <= now || !idle.front().connection->isReusable()))
            idle.pop_front();
        entry = idle.empty() ? idle_.erase(entry) : std::next(entry);
    }
}

std::size_t ConnectionPool::idleCount() const
{
    std::size_t count = 0;
    for (const auto& [address, idle] : idle_)
        count += idle.size();
    return count;
}

} // namespace signalbox::upstream
