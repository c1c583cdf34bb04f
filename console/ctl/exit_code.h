// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/error.h"

#include <string>
#include <string_view>

namespace signalbox::ctl {

// What scripts go by; the numbers never change their meaning.
enum class ExitCode : int {
    Done = 0,
    Failed = 1,
    Usage = 2,
    Refused = 3, // the preview refuses, or the operator may not
    Conflict = 4, // somebody else changed it since the preview
    Away = 5, // no agent reachable, or the store does not answer
    TimedOut = 6, // it was applied, and what was waited for has not come in time
    Interrupted = 130, // Ctrl-C; what was applied stays applied
};

ExitCode exitCodeOf(const base::Error& error);

// What happened, where, and what to do: at most three lines, peer text made safe.
std::string explain(std::string_view whatWasTried, const base::Error& error,
                    std::string_view address);

} // namespace signalbox::ctl
