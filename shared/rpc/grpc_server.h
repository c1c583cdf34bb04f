// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"
#include "shared/base/result.h"
#include "shared/rpc/credentials.h"
#include "shared/rpc/method_table.h"

#include <cstdint>
#include <memory>
#include <string>

namespace signalbox::rpc {

struct GrpcServerCounters {
    std::uint64_t callsTotal = 0;
    std::uint64_t refusedTotal = 0; // no such method, no such role, or too many at once
    std::uint64_t callsOpen = 0;
};

// Serves a method table over gRPC, with grpc.health.v1 beside it. The library's own threads only
// move bytes; handlers run on the executor. Pings every 5 s are allowed, as Go clients send them.
// Lives on: made, started and stopped by one thread; counters() and setServing() from any.
// The table and the executor must outlive it.
class GrpcServer {
public:
    GrpcServer(const MethodTable& table, base::Executor& executor);
    GrpcServer(const GrpcServer&) = delete;
    GrpcServer& operator=(const GrpcServer&) = delete;
    ~GrpcServer();

    // "127.0.0.1:0" lets the system choose; the answer is what is bound. An address that is not on
    // this machine needs certificates, or Trust::Anyone: this library must not meet strangers.
    base::Result<std::string> start(const std::string& address, const Security& security = {});
    // What grpc.health.v1 says of the whole server ("") and of each service of the table.
    void setServing(bool isServing);
    // Ends streams with Unavailable, gives unary calls limits::kRpcStopGrace to finish, then cuts;
    // returns when no call is left. The executor should still run meanwhile.
    void stop();
    GrpcServerCounters counters() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace signalbox::rpc
