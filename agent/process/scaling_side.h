// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/impact/pool_facts.h"
#include "agent/control/files/fleet_picture.h"
#include "agent/control/fleet_keeper.h"
#include "agent/process/config/agent_config.h"
#include "agent/process/member_watch.h"
#include "agent/scaling/process_scaler.h"
#include "agent/scaling/process_supervisor.h"
#include "shared/base/executor.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::process {

// The instances that this agent starts on its own machine: policy and facts of the fleet given to
// the scaler, its processes polled, its end waited for.
// Lives on: control. Owned by ControlSide; Parts outlive it.
// Failure: what cannot be started is told in progress(). When it ends, so does what it started.
class ScalingSide {
public:
    struct Parts {
        const AgentConfig& config;
        std::vector<std::string> storeEndpoints;
        base::Executor& executor;
        const base::Clock& clock;
        control::RunOnDisk runOnDisk;
        const MemberWatch& members;
        std::function<void(model::Event)> tell;
    };
    explicit ScalingSide(Parts parts);

    void follow(control::FleetPicturePtr picture);
    void look();
    std::vector<model::ScaleProgress> progress() const { return scaler_->progress(); }
    // Nothing when another agent starts the instances of that pool.
    std::optional<control::StartFacts> startFacts(const std::string& pool) const;
    // Ends every instance after its open work; `done` comes when the last one is gone.
    void stopAll(std::function<void()> done);

private:
    scaling::ScalerSettings settings() const;
    scaling::PairFacts factsOf(const std::string& id) const;
    void prepare(scaling::PairFiles files, std::function<void(base::Status)> done);

    Parts parts_;
    control::FleetPicturePtr picture_;
    scaling::ProcessSupervisor supervisor_;
    std::unique_ptr<scaling::Scaler> scaler_;
    std::function<void()> onEnded_; // not empty: everything is being stopped
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace signalbox::process
