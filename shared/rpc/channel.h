// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"
#include "shared/base/result.h"
#include "shared/rpc/credentials.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace signalbox::rpc {

// One attempt at a stream. Dropping it cancels, and then nothing is called any more.
// Lives on: the channel's executor. Owned by who watches; must not outlive its channel.
class StreamCall {
public:
    virtual ~StreamCall() = default;
};

// The next message is read after onMessage has returned: a slow reader holds the sender, not
// memory. onEnd comes once and last; a stream that ended well has no error.
struct StreamEvents {
    std::function<void(std::string)> onMessage;
    std::function<void(base::Status)> onEnd;
};

// One connection to one agent, made when it is first needed and remade by itself; calls fail at
// once while it is down. Methods and messages are names and bytes, as in MethodTable.
// Lives on: the executor it was given. Owned by who calls. Its end cancels what is open.
// gRPC is grpc_channel.h; a WebSocket comes from whoever has one.
class Channel {
public:
    virtual ~Channel() = default;
    virtual const ServiceAddress& address() const = 0;
    // `method` is "signalbox.v1.CommandService/Preview". `done` is called once, on the executor,
    // unless the channel ends first.
    virtual void call(const std::string& method, const std::string& request,
                      std::chrono::milliseconds timeout,
                      std::function<void(base::Result<std::string>)> done)
        = 0;
    [[nodiscard]] virtual std::unique_ptr<StreamCall> watch(const std::string& method,
                                                            const std::string& request,
                                                            StreamEvents events)
        = 0;
};

// Makes the channel to an address. `operatorName` goes with every call, for peers that have no
// other proof; empty = not sent. Touches no network: an error is about the address or a
// certificate.
using Dial = std::function<base::Result<std::shared_ptr<Channel>>(
    const ServiceAddress& address, const Security& security, const std::string& operatorName,
    base::Executor& executor)>;

} // namespace signalbox::rpc
