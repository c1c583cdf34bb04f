// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/threads/control_thread.h"
#include "agent/telemetry/tunnel/tunnel_session.h"
#include "agent/telemetry/tunnel/upgrade_request.h"
#include "shared/rpc/method_table.h"

#include <memory>

namespace signalbox::tunnel {

// The method table over WebSocket, for consoles behind HTTP proxies: one binary message is one
// frame of tunnel.proto. A connection comes from the observe listener with its head already read.
// Lives on: control, its end too. Owned by agent/process; table and thread outlive it.
// Failure: text messages, oversized ones and frames that make no sense close the connection with
// the code that RFC 6455 has for it; a peer that answers no ping is dropped after
// limits::kTunnelIdle.
class TunnelService {
public:
    // Whoever is on this machine is its operator; `strangers` is what everybody else may do, as
    // nothing proves who he is.
    TunnelService(const rpc::MethodTable& table, runtime::ControlThread& thread,
                  rpc::Role strangers);
    TunnelService(const TunnelService&) = delete;
    TunnelService& operator=(const TunnelService&) = delete;
    ~TunnelService(); // connections are dropped

    // Takes the descriptor, whatever comes of it.
    void take(const UpgradeRequest& request, int descriptor);
    TunnelCounters counters() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace signalbox::tunnel
