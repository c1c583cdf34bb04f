// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/listener.h"
#include "agent/process/config/agent_config.h"
#include "agent/process/observe_pages.h"
#include "agent/telemetry/tunnel/upgrade_request.h"
#include "agent/proxy/core_proxy.h"
#include "agent/runtime/core_set.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::process {

// What the whole proxy has open, over all cores.
struct OpenTotals {
    std::uint32_t count = 0;
    std::int64_t oldestMs = 0; // 0 when none is open
};

// The cores, each with its share of the proxy, behind one listener.
// Lives on: made, started and stopped by the thread that composes the process; publish() and the
// readers from control. Exchanges hold the snapshot they began with.
class DataPlane {
public:
    struct Parts {
        proxy::LocalLoad* load = nullptr;
        // What /readyz says. From any core; must not block.
        std::function<proxy::ReadyAnswer()> ready;
        // A connect to this address failed. From any core.
        std::function<void(const std::string& address)> suspected;
        const ObservePages* pages = nullptr;
        // A connection whose request for /tunnel was read; takes the descriptor. From any core.
        std::function<void(const tunnel::UpgradeRequest&, int descriptor)> tunnel;
    };
    DataPlane(const AgentConfig& config, Parts parts);
    ~DataPlane();

    // The address that is bound.
    base::Result<std::string> listen(const std::string& address);
    // /metrics, /healthz, /readyz and /tunnel, apart from the clients' door.
    base::Result<std::string> listenForObservers(const std::string& address);
    void publish(proxy::ProxySnapshotPtr snapshot);

    // No new connection and no new request on old ones; then waits until nothing is open or the
    // deadline has passed. False when something still was: it is cut.
    bool drain(std::chrono::milliseconds deadline);
    // The newest decision kept of that request, on whatever core; nothing when none has one.
    // `found` is called once, on a core.
    void findDecision(const std::string& requestId,
                      std::function<void(std::optional<model::Decision>)> found);
    // An engine that is about to stop waits for idle connections: close them.
    void closeIdle(const std::string& address);

    proxy::StatisticsTotals totals() const;
    OpenTotals open() const;
    // The oldest of what is open, at most limits::kOpenExchangesListed. `done` runs on a core;
    // false when a core is too busy to be asked: it then never runs.
    bool listOpen(std::function<void(model::OpenExchangeList)> done);
    const http::ConnectionCount& connections() const { return listener_->connections(); }
    std::size_t cores() const { return proxies_.size(); }

private:
    class Sink;

    Parts parts_;
    std::unique_ptr<Sink> sink_;
    proxy::SharedParts shared_;
    runtime::CoreSet cores_;
    std::vector<std::unique_ptr<proxy::CoreProxy>> proxies_; // by core
    std::unique_ptr<http::Listener> listener_;
    std::unique_ptr<http::Listener> observers_;
    bool isStopped_ = false;
};

} // namespace signalbox::process
