// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "tests/lab/engine_sim/sim_options.h"

#include <cstdint>
#include <memory>

namespace signalbox::engine_sim {

// The simulated engine as a server: one thread, one engine, Boost.Beast on its sockets, so that
// the product's own HTTP meets another implementation in every test.
// Lives on: the thread that calls run(); only stop() may come from another.
class HttpServer {
public:
    explicit HttpServer(SimOptions options);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Binds and listens; the port it got.
    base::Result<std::uint16_t> listen();
    // SIGTERM and SIGINT end run() the way vLLM ends: open answers are aborted, or finished
    // within the shutdown time-out.
    void stopOnSignals();
    void run();
    void stop();

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

} // namespace signalbox::engine_sim
