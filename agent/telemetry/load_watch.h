// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/model/fleet.h"
#include "shared/rpc/credentials.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace signalbox::telemetry {

// Hears the load of peers. Lives on: control.
class LoadSink {
public:
    virtual ~LoadSink() = default;
    virtual void onLoad(const std::string& agent, const model::LoadReport& report,
                        base::Monotonic receivedAt)
        = 0;
    // Its stream is lost, for now; reports grow old.
    virtual void onLoadLost(const std::string& agent, const std::string& why) = 0;
};

// A gateway's ear for the load reports of the agents beside its members: one stream a peer, held
// open through losses.
// Lives on: control. Owned by agent/process; the sink outlives it.
class LoadWatch {
public:
    struct Parts {
        LoadSink& sink;
        base::Executor& executor;
        const base::Clock& clock;
        rpc::Security security; // for calls to peers
        std::string ownName; // id of this agent
    };
    explicit LoadWatch(Parts parts);
    LoadWatch(const LoadWatch&) = delete;
    LoadWatch& operator=(const LoadWatch&) = delete;
    ~LoadWatch();

    // Control address by agent id. Streams of peers that stay are left alone.
    void setPeers(const std::map<std::string, std::string>& addresses);

    std::size_t peers() const { return peers_.size(); }
    std::uint64_t reportsTotal() const { return reportsTotal_; }
    std::uint64_t staleTotal() const { return staleTotal_; } // not newer than the one before

private:
    class Peer;

    Parts parts_;
    std::map<std::string, std::unique_ptr<Peer>> peers_; // by agent id
    std::uint64_t reportsTotal_ = 0;
    std::uint64_t staleTotal_ = 0;
};

} // namespace signalbox::telemetry
