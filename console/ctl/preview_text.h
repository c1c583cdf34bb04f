// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/command.h"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::ctl {

// A preview for the eyes: what changes, who is left and how loaded, what to think of, and whether
// it is refused. Lines are safe to print.
std::vector<std::string> previewLines(const model::Preview& preview, std::int64_t nowUnixMs);

} // namespace signalbox::ctl
