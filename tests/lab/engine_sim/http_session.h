// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/engine_sim/engine_service.h"

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace signalbox::engine_sim {

// What all connections share; owned by the server, outlives them.
struct SessionContext {
    boost::asio::io_context& io;
    EngineService& service;
    Engine& engine;
    ConnectionCounters& connections;
    std::chrono::milliseconds keepAlive;
    std::function<void()> engineChanged; // its next wake may be another
    std::function<void()> faultsChanged;
};

// One client connection, served by Boost.Beast. Lives on: the server's one thread.
// Keeps itself alive while its socket is open.
class HttpSession {
public:
    virtual ~HttpSession() = default;
    // For a server that stops: hangs up unless an answer is under way.
    virtual void closeIfIdle() = 0;
    virtual void close() = 0;
};

// Takes over a connected TCP socket.
std::shared_ptr<HttpSession> openSession(SessionContext& context, int descriptor);

} // namespace signalbox::engine_sim
