// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"
#include "shared/rpc/credentials.h"
#include "shared/rpc/method_table.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace grpc {
class GenericCallbackServerContext;
template <class Request, class Response>
class ServerBidiReactor;
class ByteBuffer;
} // namespace grpc

// One call that gRPC brings, for grpc_server.cpp only.
namespace signalbox::rpc {

class ServedCallHandle;

// What the calls of one server share.
// Lives on: any thread; the open streams are guarded. Owned by GrpcServer, outlives its calls.
class CallScope {
public:
    CallScope(const MethodTable& t, base::Executor& e) : table(t), executor(e) {}

    const MethodTable& table;
    base::Executor& executor;
    Trust trust = Trust::Loopback; // set before the first call
    std::atomic<std::uint64_t> callsTotal{0};
    std::atomic<std::uint64_t> refusedTotal{0};
    std::atomic<std::uint64_t> callsOpen{0};

    void addStream(std::weak_ptr<ServedCallHandle> stream);
    // And every one that is added later.
    void endStreams(const base::Error& why);

private:
    std::mutex mutex_; // guards what follows
    std::vector<std::weak_ptr<ServedCallHandle>> streams_;
    std::unique_ptr<base::Error> ended_;
};

// Looks the method up, checks the caller's role, hands the request to its handler. The library owns
// what is returned, and it deletes itself.
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
startServedCall(CallScope& scope, grpc::GenericCallbackServerContext& context);

} // namespace signalbox::rpc
