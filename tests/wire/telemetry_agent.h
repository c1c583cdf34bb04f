// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/recorder/recorder.h"
#include "agent/telemetry/fleet_relay.h"
#include "agent/telemetry/telemetry_service.h"
#include "shared/rpc/grpc_server.h"
#include "tests/wire/control_thread_world.h"

#include <string>
#include <vector>

namespace signalbox::tests {

inline model::AgentRecord recordOf(const std::string& id, const std::string& control)
{
    model::AgentRecord record;
    record.id = base::AgentId(id);
    record.pool = "chat";
    record.addresses.control = control;
    record.bootId = "boot-1";
    return record;
}

// An agent as far as telemetry knows one. Lives on: the control thread, where it is made and ended;
// start() and stop() from the test's.
class TelemetryAgent {
public:
    TelemetryAgent(ControlThreadWorld& world, const std::string& id,
                   const std::string& bootId = "boot-1")
        : book_(base::AgentId(id), bootId)
        , recorder_(book_.own())
        , relay_({book_, world.executor(), base::systemClock(), {}})
        , service_({book_, relay_, world.executor(), base::systemClock(), "test", {}})
        , server_(table_, world.executor())
    {
        service_.registerOn(table_);
        book_.own().setDictionary({{"running", {}, model::SeriesKind::Gauge}});
    }

    void start(const std::string& at = "127.0.0.1:0")
    {
        address_ = *server_.start(at);
        announce("");
    }
    // What it says of itself; `observe` as in a record, may be empty.
    void announce(const std::string& observe)
    {
        model::AgentState state;
        state.record = recordOf(book_.own().id().str(), address_);
        state.record.addresses.observe = observe;
        state.record.version = "live";
        book_.own().setState(std::move(state));
    }
    void setState(const model::AgentState& state) { book_.own().setState(state); }
    void stop() { server_.stop(); }

    const std::string& address() const { return address_; }
    void setSeries(std::vector<model::SeriesKey> series)
    {
        book_.own().setDictionary(std::move(series));
    }
    rpc::MethodTable& table() { return table_; } // before start()
    recorder::Recorder& recorder() { return recorder_; }
    telemetry::FleetRelay& relay() { return relay_; }
    telemetry::TelemetryService& service() { return service_; }

private:
    recorder::FeedBook book_;
    recorder::Recorder recorder_;
    telemetry::FleetRelay relay_;
    telemetry::TelemetryService service_;
    rpc::MethodTable table_;
    rpc::GrpcServer server_;
    std::string address_;
};

} // namespace signalbox::tests
