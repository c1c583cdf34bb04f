// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "console/fleet/fleet_store.h"
#include "console/link/fleet_link.h"
#include "tests/wire/telemetry_agent.h"
#include "tests/wire/tunnel_door.h"

#include <QTest>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace signalbox::tests {

enum class Transport : std::uint8_t { Grpc, WebSocket };

// One agent behind both transports. Lives on: the test's thread.
class LinkedAgent {
public:
    LinkedAgent(ControlThreadWorld& world, const std::string& id) : world_(world)
    {
        world_.on([&] {
            agent_ = std::make_unique<TelemetryAgent>(world_, id);
            agent_->setSeries({{"in_flight", {}, model::SeriesKind::Gauge}});
        });
    }
    ~LinkedAgent()
    {
        stop();
        world_.on([&] { agent_.reset(); });
    }

    void start(const std::string& at = "127.0.0.1:0")
    {
        agent_->start(at);
        world_.on([&] {
            tunnel_ = std::make_unique<tunnel::TunnelService>(agent_->table(), world_.thread(),
                                                              rpc::Role::Viewer);
        });
        door_ = std::make_unique<TunnelDoor>(world_, *tunnel_);
        world_.on([&] { agent_->announce("127.0.0.1:" + std::to_string(door_->port())); });
    }
    void stop()
    {
        door_.reset();
        world_.on([&] { tunnel_.reset(); });
        agent_->stop();
    }

    TelemetryAgent& agent() { return *agent_; }
    std::uint16_t tunnelPort() const { return door_->port(); }
    std::string address(Transport transport) const
    {
        return transport == Transport::Grpc
            ? "grpc://" + agent_->address()
            : "ws://127.0.0.1:" + std::to_string(door_->port()) + "/tunnel";
    }
    void record(double inFlight)
    {
        world_.on([&] { agent_->recorder().recordRow(++now_, {inFlight}); });
    }

private:
    ControlThreadWorld& world_;
    std::unique_ptr<TelemetryAgent> agent_;
    std::unique_ptr<tunnel::TunnelService> tunnel_;
    std::unique_ptr<TunnelDoor> door_;
    std::int64_t now_ = 1'000;
};

// The window's side: a link and the store that it feeds. Lives on: the test's thread.
class LinkWindow {
public:
    explicit LinkWindow(const std::vector<std::string>& addresses,
                        const base::Clock& clock = base::systemClock())
        : store_(clock), link_(clock)
    {
        QObject::connect(&link_, &link::FleetLink::changesReady, &store_,
                         [this](fleet::FleetChanges& changes) {
                             ++taken_;
                             store_.apply(std::move(changes));
                         });
        opened_ = link_.open({addresses, "ana", {}});
    }

    fleet::FleetStore& store() { return store_; }
    link::FleetLink& link() { return link_; }
    const base::Status& opened() const { return opened_; }
    int taken() const { return taken_; } // batches
    float inFlight(const std::string& agent) const
    {
        const int slot = store_.slotOf(agent);
        return slot < 0 ? -1 : store_.agent(slot).readings[fleet::Reading::InFlight];
    }
    bool isConnected() const
    {
        return store_.link().state == fleet::LinkState::Connected && store_.link().isComplete;
    }
    // Lets the event loop run until the fact is true; false when it does not come in a time that
    // no healthy machine needs.
    template <typename Fact>
    [[nodiscard]] bool eventually(Fact fact)
    {
        return QTest::qWaitFor(std::move(fact), 20'000);
    }

private:
    fleet::FleetStore store_;
    link::FleetLink link_;
    base::Status opened_;
    int taken_ = 0;
};

} // namespace signalbox::tests
