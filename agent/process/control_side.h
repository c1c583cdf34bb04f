// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/commands/command_service.h"
#include "agent/control/commands/ledger.h"
#include "agent/control/commands/local_override.h"
#include "agent/control/commands/plan_signer.h"
#include "agent/control/commands/seed_policy.h"
#include "agent/control/files/seed_file.h"
#include "agent/control/drain_watch.h"
#include "agent/control/fleet_keeper.h"
#include "agent/control/fleet_watch.h"
#include "agent/control/membership.h"
#include "agent/control/snapshot_builder.h"
#include "agent/process/agent_calls.h"
#include "agent/process/config/agent_config.h"
#include "agent/process/data_plane.h"
#include "agent/process/engine_side.h"
#include "agent/process/facts_side.h"
#include "agent/process/member_events.h"
#include "agent/process/member_watch.h"
#include "agent/process/scaling_side.h"
#include "agent/runtime/threads/control_thread.h"
#include "agent/state/etcd/etcd_store.h"
#include "agent/telemetry/decision_search.h"
#include "agent/telemetry/tunnel/tunnel_service.h"
#include "shared/rpc/method_table.h"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::process {

// Why this agent may not receive traffic, read by every core for /readyz.
enum class Readiness : std::uint8_t { NoPolicy, EngineNotReady, NotTakingWork, Ready };
proxy::ReadyAnswer answerFor(Readiness readiness);

// Everything of this agent that lives on the control thread, put together: the fleet watched and
// joined, commands served, the engine judged, facts told, snapshots published to the cores.
// Lives on: control, from its constructor to its end. Owned by AgentProcess; Parts outlive it.
class ControlSide {
public:
    struct Parts {
        const AgentConfig& config;
        const engine::ProfileRegistry& profiles;
        runtime::ControlThread& thread;
        const base::Clock& clock;
        control::RunOnDisk runOnDisk;
        DataPlane& dataPlane;
        proxy::LocalLoad& load;
        std::atomic<Readiness>& readiness;
        std::vector<std::string> storeEndpoints;
        rpc::MethodTable& methods; // filled by the constructor
        std::function<void()> onServing; // once: the first policy runs on the cores
        ObservePages& pages;
    };
    explicit ControlSide(Parts parts);

    // Nothing, or what keeps it from starting: an engine address that is none.
    base::Status prepare();
    // Joins the fleet under these addresses and begins to watch it.
    void start(const model::Addresses& addresses, const control::SeedPolicy& seed);
    // Gives the place in the fleet up; `done` comes in any case.
    void leave(std::function<void()> done) { membership_->leave(std::move(done)); }
    void suspect(const std::string& address) { members_->suspect(address); }
    // A connection whose request for /tunnel was read; takes the descriptor.
    void openTunnel(const tunnel::UpgradeRequest& request, int descriptor);
    // This process is being stopped: no new work from now on.
    void stopTakingWork();
    // And what it started ends too, after its open work.
    void stopScaled(std::function<void()> done);
private:
    void makeDecisions();
    void makeControl();
    void makeCommands();
    void onPicture(control::FleetPicturePtr picture);
    void onStore(const state::MirrorState& store);
    void publish();
    void refresh();
    void tick();
    model::AgentRecord recordNow() const;
    model::AgentState stateNow() const;
    std::optional<control::AgentFacts> factsOf(const std::string& agent) const;
    model::LoadReport withAges(model::LoadReport report) const;
    std::optional<control::Demand> demandOf(const std::string& pool) const;
    void listOpen(const std::string& agent, telemetry::TelemetryService::Passing passing,
                  state::Done<model::OpenExchangeList> done);
    MemberMeters memberMeters() const;
    std::vector<model::AgentRecord> peers() const;
    void probeNow(const std::string& agent, control::CommandService::Passing passing,
                  state::Done<model::ProbeReport> done);
    control::ConnectionFacts connectionFacts(const std::string& profile) const;
    void tell(recorder::EventNote note) { facts_->tell(std::move(note)); }
    void tellEvent(const model::Event& event);

    Parts parts_;
    std::string agentId_;
    std::string bootId_;
    std::int64_t startedUnixMs_;
    model::Addresses addresses_;
    control::StoreKeys keys_;
    control::PlanSigner signer_;
    std::map<std::string, control::ConnectionFacts> engineFacts_; // by profile
    upstream::MemberRegistry registry_;
    control::DemandMeter demand_;
    state::EtcdStore store_;
    std::unique_ptr<telemetry::DecisionSearch> decisions_;
    std::unique_ptr<FactsSide> facts_;
    std::unique_ptr<EngineSide> engine_; // instance agents only
    std::unique_ptr<MemberWatch> members_;
    MemberEvents memberEvents_;
    std::unique_ptr<ScalingSide> scaling_;
    std::unique_ptr<control::FleetKeeper> keeper_;
    std::unique_ptr<control::FleetWatch> watch_;
    std::unique_ptr<control::Ledger> ledger_;
    std::unique_ptr<control::LocalOverride> override_;
    std::unique_ptr<control::CommandDesk> desk_;
    std::unique_ptr<AgentCalls> agentCalls_;
    std::unique_ptr<control::CommandService> commands_;
    std::unique_ptr<control::PolicySeeder> seeder_;
    std::unique_ptr<control::DrainWatch> drain_;
    std::unique_ptr<control::Membership> membership_;
    std::unique_ptr<tunnel::TunnelService> tunnel_;
    control::FleetPicturePtr picture_;
    proxy::ProxySnapshotPtr snapshot_;
    state::MirrorState storeState_;
    bool isServing_ = false;
    bool isStopping_ = false;
    base::Executor::TimerPtr tick_;
};

} // namespace signalbox::process
