// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/ids.h"
#include "shared/model/fleet.h"
#include "shared/model/policy.h"

#include <vector>

namespace signalbox::scaling {

// Brings the instances of pools to the number that policy wants, by whatever means its kind has.
// Lives on: control, as everything that implements it. Owned by agent/process, which calls look()
// several times a second. Nothing here waits.
class Scaler {
public:
    virtual ~Scaler() = default;

    // The pools that are this scaler's to keep, as policy wants them now; one that is no longer
    // among them is scaled in to nothing.
    virtual void follow(const std::vector<model::Pool>& pools) = 0;
    // Compares what runs with what is wanted, and does the next step.
    virtual void look() = 0;

    virtual std::vector<model::ScaleProgress> progress() const = 0;

    // This agent is being stopped: so is everything that it started, after its open work.
    virtual void stopAll() = 0;
    virtual bool hasEnded() const = 0;
};

} // namespace signalbox::scaling
