// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/impact/pool_facts.h"
#include "shared/base/result.h"
#include "shared/model/command.h"

#include <cstdint>
#include <string>
#include <vector>

// What preview adds to a scale: who goes, who comes back, and what to know before. All pure. The
// pool of the edit must be in policy.
namespace signalbox::control {

// Scaling in: the victims that the operator did not name, those with the least open work first and
// of equals the youngest. Scaling out: drains of earlier victims are taken back. An edit that is
// complete stays as it is.
// InvalidArgument: a victim that is no instance of this scaler, or more than the scale-in takes.
base::Result<model::ScaleEdit> completedScale(const PreviewInputs& inputs, model::ScaleEdit edit);

// Instances that the edit starts anew.
std::uint32_t startedBy(const PreviewInputs& inputs, const model::ScaleEdit& edit);

std::vector<std::string> scaleWarnings(const PreviewInputs& inputs, const model::ScaleEdit& edit);
// Why nothing would come of a scale-out; empty = it can be done.
std::string scaleRefusal(const PreviewInputs& inputs, const model::ScaleEdit& edit);

} // namespace signalbox::control
