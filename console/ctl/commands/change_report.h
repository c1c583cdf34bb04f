// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/commands/commands.h"
#include "console/ctl/commands/follow.h"

#include <optional>
#include <string>

namespace signalbox::ctl {

// How a change ended: one JSON object for scripts, the last words for people.
struct ChangeReport {
    ExitCode code = ExitCode::Done;
    std::string outcome; // applied, already_applied, unchanged, refused, conflict
    base::Revision revision = 0;
    std::uint64_t auditNumber = 0;
    model::Preview preview;
    std::optional<Followed> followed;
};

// Prints it and returns its exit code.
ExitCode print(Desk& desk, const ChangeReport& report);
std::string previewJson(const model::Preview& preview);

} // namespace signalbox::ctl
