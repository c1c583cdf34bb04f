// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/fleet_watch.h"
#include "agent/control/commands/plan_signer.h"
#include "shared/base/clock.h"
#include "shared/model/command.h"

#include <functional>
#include <optional>

namespace signalbox::control {

// What is known of an agent's load right now; nothing where no report has come.
using LoadOf = std::function<std::optional<model::LoadReport>(const std::string& agent)>;

// Edit + present revision -> diff, affected agents, survivors' load, warnings, refusal, signed
// plan. Pure but for the clock and the load it asks for. Lives on: control.
class Previewer {
public:
    Previewer(const FleetWatch& watch, const StoreKeys& keys, const PlanSigner& signer,
              const base::Clock& clock, LoadOf loadOf)
        : watch_(watch), keys_(keys), signer_(signer), clock_(clock), loadOf_(std::move(loadOf))
    {
    }

    // Errors: NotFound for what is not in the fleet, naming the nearest that is; InvalidArgument.
    base::Result<model::Preview> preview(model::Edit edit, std::uint64_t undoes = 0) const;

private:
    base::Result<model::AdminEdit> complete(model::AdminEdit edit) const;
    base::Status checkAgent(const std::string& agent) const;
    void addReads(const model::Policy& before, const model::Policy& after,
                  model::Plan& plan) const;
    void addSurvivors(const model::Policy& before, const model::Policy& after,
                      model::Preview& preview) const;
    model::SurvivorLoad survivorsOf(const model::Pool& pool, const model::Policy& before,
                                    const model::Policy& after) const;
    void judge(const model::Policy& after, model::Preview& preview) const;

    const FleetWatch& watch_;
    const StoreKeys& keys_;
    const PlanSigner& signer_;
    const base::Clock& clock_;
    LoadOf loadOf_;
};

} // namespace signalbox::control
