// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/scaling/process_spec.h"
#include "shared/base/clock.h"
#include "shared/base/result.h"

#include <optional>
#include <string>

namespace signalbox::scaling {

// What is known of one process now.
struct ProcessFacts {
    std::string name;
    ProcessState state = ProcessState::Starting;
    pid_t pid = 0; // 0 while none runs
    std::uint64_t starts = 0;
    base::Monotonic since{}; // of the state
    ProcessExit lastExit;
};

// Whoever starts and ends processes for a scaler: the supervisor, or a test's own.
// Lives on: the thread of its owner.
class ProcessRunner {
public:
    virtual ~ProcessRunner() = default;

    // Errors: an empty command, too many processes, no resources to fork. That the program is
    // missing is known only after the fork and arrives as an exit with startErrno.
    virtual base::Result<ProcessId> start(ProcessSpec spec) = 0;
    // SIGTERM to the group now, SIGKILL after the stop deadline; the state tells when it is over.
    // NotFound for an id that was never given or is forgotten.
    virtual base::Status stop(ProcessId id) = 0;
    // Drops an ended process and its facts.
    virtual void forget(ProcessId id) = 0;
    virtual std::optional<ProcessFacts> facts(ProcessId id) const = 0;
};

} // namespace signalbox::scaling
