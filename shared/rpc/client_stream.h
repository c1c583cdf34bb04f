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
    std::chrono::milliseconds openPatience = limits::kRpcOpenPatience; // for the first message
    // Nothing received for this long = lost; 0 = a quiet stream is a good one.
    std::chrono::milliseconds silencePatience{0};
    std::chrono::milliseconds backoffFirst = limits::kRpcBackoffFirst;
    std::chrono::milliseconds backoffMost = limits::kRpcBackoffMost;
    std::uint32_t seed = 0; // of the jitter; 0 = random
};

// Holds one stream for as long as it lives: asks for a channel, opens, and after a loss tries again
// with back-off, uniform(1/2, 1) of first * 2^n up to the most. Any end is a loss.
// Lives on: its executor. Owned by who watches; its end ends the stream. From inside its listener's
// calls it may be stopped, not destroyed.
class ClientStream {
public:
    class Listener {
    public:
        virtual ~Listener() = default;
        // For each attempt anew, so that it can say where it stopped.
        virtual std::string request() = 0;
        // The peer speaks: its first message follows. Our streams begin with one at once.
        virtual void opened(const ServiceAddress& address) = 0;
        // An error ends this attempt as a loss does: the peer speaks nonsense.
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
    void received(std::string bytes);
    void fail(const base::Error& why);
    void expectWithin(std::chrono::milliseconds patience, const char* what);
    std::chrono::milliseconds backoff();
    std::function<void()> guarded(void (ClientStream::*step)());

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
    std::uint64_t generation_ = 0; // what belongs to an earlier attempt is not listened to
    bool isRunning_ = false;
    bool isOpen_ = false;
};

} // namespace signalbox::rpc
