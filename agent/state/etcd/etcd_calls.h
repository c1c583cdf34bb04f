// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/state/etcd/etcd_store.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>

namespace grpc {
class Channel;
class ClientContext;
class Status;
}

namespace signalbox::state {

// Where gRPC's threads hand over: work for the executor, and how many calls they still hold.
// Lives on: any thread, but for isOver (the executor's). Failure: once over, posted work is
// dropped.
class Runway {
public:
    explicit Runway(base::Executor& executor) : executor_(executor) {}

    static void post(const std::shared_ptr<Runway>& runway, std::function<void()> work);
    void takeOff() { ++inAir_; }
    // The last thing that a gRPC thread does with a call.
    void land();
    void close(); // on the executor's thread
    bool isOver() const { return isOver_; }
    void waitUntilEmpty() const;
    std::size_t inAir() const { return inAir_.load(); }

private:
    base::Executor& executor_;
    std::atomic<std::size_t> inAir_{0};
    bool isOver_ = false;
};

// The calls of one store: which endpoint they go to, which of them are tried again, and their end
// when the store ends. Lives on: control. Owned by the store; its watches and leases hold it too.
// Failure: every call finishes once with a Status, or not at all after close().
class EtcdCalls : public std::enable_shared_from_this<EtcdCalls> {
public:
    enum class Kind : std::uint8_t { Read, Write };
    using ChannelPtr = std::shared_ptr<grpc::Channel>;
    // Begins one attempt; the last argument is called on a gRPC thread when it has ended.
    using Start = std::function<void(const ChannelPtr&, grpc::ClientContext&,
                                     std::function<void(const grpc::Status&)>)>;

    EtcdCalls(base::Executor& executor, const base::Clock& clock, EtcdStoreOptions options);
    ~EtcdCalls();

    void call(Kind kind, Timeout timeout, Start start, std::function<void(base::Status)> finish);
    void close();

    base::Executor& executor() { return executor_; }
    const base::Clock& clock() const { return clock_; }
    const std::shared_ptr<Runway>& runway() const { return runway_; }

    // For streams, which stay on the endpoint they began on.
    std::size_t current() const { return current_; }
    const ChannelPtr& channel(std::size_t endpoint) const { return channels_[endpoint]; }
    // This endpoint did not do: the next calls go elsewhere. Late complaints change nothing.
    void leave(std::size_t endpoint);
    // What must be called when the store closes, until forget().
    std::uint64_t remember(std::function<void()> cancel);
    void forget(std::uint64_t id) { cancels_.erase(id); }

    const std::string& endpoint() const { return options_.endpoints[current_]; }
    const EtcdStoreCounters& counters() const { return counters_; }

private:
    struct Attempt;

    void begin(const std::shared_ptr<Attempt>& attempt);
    void ended(const std::shared_ptr<Attempt>& attempt, const grpc::Status& status);
    void openChannels();

    base::Executor& executor_;
    const base::Clock& clock_;
    const EtcdStoreOptions options_;
    std::shared_ptr<Runway> runway_;
    std::vector<ChannelPtr> channels_; // one for each endpoint
    std::size_t current_ = 0;
    std::map<std::uint64_t, std::function<void()>> cancels_;
    std::uint64_t remembered_ = 0;
    EtcdStoreCounters counters_;
};

// gRPC's word as ours. A write is Safe to repeat only when it provably never left.
base::Error readError(const grpc::Status& status, EtcdCalls::Kind kind);

} // namespace signalbox::state
