// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/impact/pool_facts.h"
#include "shared/base/result.h"
#include "shared/model/command.h"

#include <cstdint>
#include <string>

namespace signalbox::control {

// What is undone, when something is.
struct Undoing {
    std::uint64_t number = 0; // of the audit record; 0 = nothing
    base::Revision revision = 0; // that the record made
};

struct Previewed {
    model::Preview preview; // its plan is not signed yet
    std::string overrideName; // must be typed to apply in spite of the refusal; empty = no refusal
};

// Edit + present policy -> diff, agents altered, survivors' load, warnings, refusal. Pure.
// NotFound: a pool or agent that is not in the fleet, naming the nearest that is.
// InvalidArgument: an edit that makes no sense. FailedPrecondition: it would make policy invalid.
base::Result<Previewed> previewOf(const PreviewInputs& inputs, model::Edit edit, Undoing undoing);

} // namespace signalbox::control
