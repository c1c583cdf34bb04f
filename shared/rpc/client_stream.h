// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"
#include "shared/base/limits.h"
#include "shared/base/result.h"
#include "shared/rpc/channel.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

namespace signalbox::rpc {

struct ClientStreamOptions {
    std::string method;
    std::chrono::milliseconds openPatience = limits::kRpcOpenPatience;
    // Nothing received for this long = lost; 0 = a quiet stream is a good one.
    std::chrono::milliseconds silencePatience{0};
    std::chrono::milliseconds backoffFirst = limits::kRpcBackoffFirst;
    std::chrono::milliseconds backoffMost = limits::kRpcBackoffMost;
    std::uint32_t seed = 0; // of the jitter; 0 = random
};

// Holds one stream open for as long as it lives: asks for a channel, opens, and after a loss tries
// again with jittered back-off, uniform(1/2, 1) of first * 2^n up to the most.
// Lives on: its executor. Owned by who watches; dropping it ends the stream, and from inside its
// own callbacks it may be stopped but not destroyed.
class ClientStream {
public:
    class Listener {
    public:
        virtual ~Listener() = default;
        // For each attempt anew, so that it can say where it stopped.
        virtual std::string request() = 0;
        virtual void opened(const ServiceAddress& address) = 0;
        // An error ends this attempt as if the stream had been lost: the peer speaks nonsense.
        virtual base::Status message(std::string bytes) = 0;
        // Once for each failed attempt; another one follows by itself.
        virtual void lost(const base::Error& why) = 0;
    };
    // The channel for the next attempt: another one after a loss, where there are several.
    using Pick = std::function<base::Result<std::shared_ptr<Channel>>()>;

    ClientStream(ClientStreamOptions options, base::Executor& executor, Pick pick,
                 Listener& listener);
    ClientStream(const ClientStream&) = delete;
    ClientStream& operator=(const ClientStream&) = delete;
    ~ClientStream();

    void start();
    void stop();
    bool isOpen() const { return isOpen_; }
    std::uint64_t attemptsTotal() const { return attemptsTotal_; }

private:
    void attempt();
    void opened();
    void received(std::string bytes);
    void fail(base::Error why);
    void expect(std::chrono::milliseconds within, const char* what);

    ClientStreamOptions options_;
    base::Executor& executor_;
    Pick pick_;
    Listener& listener_;
    std::minstd_rand random_;
    std::shared_ptr<Channel> channel_; // before call_, which must go first
    std::unique_ptr<StreamCall> call_;
    base::Executor::TimerPtr retry_;
    base::Executor::TimerPtr patience_;
    std::shared_ptr<ClientStream*> self_; // null inside once this is gone
    std::uint32_t failuresInRow_ = 0;
    std::uint64_t attemptsTotal_ = 0;
    std::uint64_t messagesTotal_ = 0;
    bool isRunning_ = false;
    bool isOpen_ = false;
};

} // namespace signalbox::rpc
