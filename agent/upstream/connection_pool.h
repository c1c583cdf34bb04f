// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/client_connection.h"
#include "agent/upstream/member.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace signalbox::upstream {

// Idle connections of one core, per address. A connection is taken only while it is quiet (no
// unread byte, peer there) and younger in idleness than the engine's own limit; the newest first,
// so that old ones fall to the sweep. Lives on: core; owned by CoreProxy.
class ConnectionPool {
public:
    using ConnectionPtr = std::unique_ptr<http::ClientConnection>;

    // Null when a new connection is needed.
    ConnectionPtr take(const Member& member, Ticks now);
    // Keeps it where it may be used again, else closes it.
    void put(const Member& member, ConnectionPtr connection, Ticks now);

    // Closes what has been idle too long. Called each second.
    void sweep(Ticks now);
    // An engine that is about to stop waits for its idle connections: close them first.
    void closeIdle(const std::string& address) { idle_.erase(address); }
    void closeAll() { idle_.clear(); }

    std::size_t idleCount() const;
    std::uint64_t refusedTotal() const { return refused_; } // kept no more: the limit was reached

private:
    struct Idle {
        ConnectionPtr connection;
        Ticks until = 0;
    };
    std::unordered_map<std::string, std::deque<Idle>> idle_;
    std::uint64_t refused_ = 0;
};

} // namespace signalbox::upstream
