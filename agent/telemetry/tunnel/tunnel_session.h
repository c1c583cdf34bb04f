// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/executor.h"
#include "shared/base/result.h"
#include "shared/rpc/method_table.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox::tunnel {

// Where frames go: one at a time, the next when the session was told that it is written.
class FrameOutput {
public:
    virtual ~FrameOutput() = default;
    virtual void send(std::string frame) = 0;
};

struct TunnelCounters {
    std::uint64_t connections = 0; // now
    std::uint64_t connectionsRefusedTotal = 0; // beyond limits::kTunnelConnections
    std::uint64_t callsTotal = 0;
    std::uint64_t callsRefusedTotal = 0; // no such method, no such role, or too many at once
    std::uint64_t violationsTotal = 0; // connections closed because their frames made no sense
};

// The calls of one console over one connection: frames in, handlers of the method table, frames
// out. The same methods under the same roles as over gRPC.
// Lives on: control, its handlers too. Owned by the connection; table, executor, output and
// counters outlive it. Bounded: a unary answer or one item for each open call is all that waits.
class TunnelSession {
public:
    TunnelSession(const rpc::MethodTable& table, rpc::Caller caller, base::Executor& executor,
                  FrameOutput& output, TunnelCounters& counters);
    TunnelSession(const TunnelSession&) = delete;
    TunnelSession& operator=(const TunnelSession&) = delete;
    ~TunnelSession(); // its streams are closed: their producers see it

    // One binary message. An error: the peer does not speak this protocol, so close.
    base::Status onMessage(std::string_view bytes);
    void onWritten();

    std::size_t callsOpen() const;
    // The peer does not read its answers: read nothing more of it until that is over.
    bool isCongested() const;

private:
    struct State;
    std::shared_ptr<State> state_; // replies that come late find it gone
};

} // namespace signalbox::tunnel
