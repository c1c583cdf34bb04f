// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"
#include "shared/base/result.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace signalbox::rpc {

// A running stream on the calling side; dropping it cancels, and then no handler runs any more.
class WatchedStream {
public:
    virtual ~WatchedStream() = default;
};

// Calls methods of one agent over gRPC. Answers come on the executor; nothing blocks.
// Lives on: the executor's thread. Calls that are outstanding when it is dropped are cancelled
// without an answer.
class GrpcChannel {
public:
    // `address` is "host:port"; `operatorName` goes along where the transport proves none.
    GrpcChannel(const std::string& address, base::Executor& executor, std::string operatorName);
    ~GrpcChannel();

    void call(const std::string& method, const std::string& request,
              std::chrono::milliseconds timeout,
              std::function<void(base::Result<std::string>)> done);

    // onEnd comes once, after the last item, unless the stream was dropped before.
    [[nodiscard]] std::unique_ptr<WatchedStream>
    watch(const std::string& method, const std::string& request,
          std::function<void(std::string)> onItem, std::function<void(base::Error)> onEnd);

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace signalbox::rpc
