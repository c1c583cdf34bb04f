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

// One attempt at a stream. Dropping it cancels, and nothing is called after that.
// Lives on: the channel's executor. Owned by who watches.
class StreamCall {
public:
    virtual ~StreamCall() = default;
};

// What a stream tells. The next message is read after onMessage returned: who is slow holds the
// sender, not memory. onEnd comes once and last; a stream that ends well has no error.
struct StreamEvents {
    std::function<void()> onOpen; // the peer has accepted
    std::function<void(std::string)> onMessage;
    std::function<void(base::Status)> onEnd;
};

// One connection to one server, made when first used and remade by itself; calls fail at once
// while it is down. Methods and messages are names and bytes, as in MethodTable.
// Lives on: the executor it was given. Owned by who calls; the end cancels what is open and waits
// until the library has let go, so the executor may end after it.
class Channel {
public:
    // `operatorName` goes with every call (kOperatorKey); empty = not sent.
    static base::Result<std::shared_ptr<Channel>> open(const ServiceAddress& address,
                                                       const Security& security,
                                                       std::string operatorName,
                                                       base::Executor& executor);
    virtual ~Channel() = default;

    virtual const ServiceAddress& address() const = 0;

    // `done` is called once on the executor, unless the channel ends first.
    virtual void call(const std::string& method, std::string request,
                      std::chrono::milliseconds deadline,
                      std::function<void(base::Result<std::string>)> done)
        = 0;
    virtual std::unique_ptr<StreamCall> watch(const std::string& method, std::string request,
                                              StreamEvents events)
        = 0;
};

} // namespace signalbox::rpc
