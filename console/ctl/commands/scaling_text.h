// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/fleet.h"

#include <optional>
#include <string>
#include <vector>

// How far the scaling of a pool has come, in words.
namespace signalbox::ctl {

// As the agent that starts the pool's instances tells it now; nothing when none does.
std::optional<model::ScaleProgress> scalingOf(const Picture& picture, const std::string& pool);

// Every instance that is wanted is ready, and none is there that is not wanted.
bool isReached(const model::ScaleProgress& progress, std::uint32_t desired);

// "5 wanted: 3 by others, 1 ready, 1 loading"
std::string scalingText(const model::ScaleProgress& progress);
// That, and a line for each instance that is not ready, with its reason and its logs.
std::vector<std::string> scalingLines(const model::ScaleProgress& progress);

} // namespace signalbox::ctl
