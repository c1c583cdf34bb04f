// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"
#include "shared/base/result.h"
#include "shared/rpc/method_table.h"

#include <memory>
#include <string>

namespace signalbox::rpc {

// Serves a method table over gRPC, with grpc.health.v1 beside it. The library's own threads only
// move bytes; handlers run on the executor. Pings every 5 s are allowed, as Go clients send them.
// Lives on: made, started and stopped by one thread. The table and the executor must outlive it.
class GrpcServer {
public:
    GrpcServer(const MethodTable& table, base::Executor& executor);
    ~GrpcServer();

    // "127.0.0.1:0" lets the system choose; the answer is what is bound. Loopback only: without
    // mutual TLS this library must not meet strangers (reliability.md, D-2).
    base::Result<std::string> start(const std::string& address);
    // What grpc.health.v1 says of the whole server.
    void setServing(bool isServing);
    // Ends all calls; returns when none runs any more. The executor must still run meanwhile.
    void stop();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace signalbox::rpc
