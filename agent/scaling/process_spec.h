// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/limits.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace signalbox::scaling {

using ProcessId = std::uint64_t;

enum class RestartPolicy : std::uint8_t { Never, AfterExit };

// What to run and how to treat it.
struct ProcessSpec {
    std::string name;                 // for events and people
    std::vector<std::string> command; // program (looked up in PATH) and its arguments
    std::map<std::string, std::string> environment; // on top of our own
    std::filesystem::path workingDirectory;         // empty: ours
    std::filesystem::path logFile; // gets its output, bounded; empty: the output is dropped
    std::size_t logBytesMax = limits::kProcessLogBytes; // of this file and of its predecessor each
    RestartPolicy restart = RestartPolicy::AfterExit;
    std::chrono::milliseconds stopDeadline = limits::kProcessStopDeadline; // then SIGKILL
    // Asked after each start until it says yes; must not block. Empty: ready once it runs.
    std::function<bool()> isReady;
};

enum class ProcessState : std::uint8_t {
    Starting, // runs, not ready yet
    Ready,
    Waiting,  // has ended; the next start is delayed
    Stopping, // was told to end
    Ended,    // will not be started again
};

// How a process came to its end.
struct ProcessExit {
    int code = 0;        // exit status; 0 where a signal ended it
    int signal = 0;      // 0 where it exited by itself
    int startErrno = 0;  // the program could not be started at all
    std::string text() const;
};

enum class ProcessEventKind : std::uint8_t { Started, Ready, Exited, Restarting, Ended };

// Something happened to a process. Exited is followed by Restarting or Ended.
struct ProcessEvent {
    ProcessId process = 0;
    std::string name;
    ProcessEventKind kind = ProcessEventKind::Started;
    pid_t pid = 0;
    ProcessExit exit;                    // of Exited and Ended
    std::chrono::milliseconds delay{0};  // of Restarting
};

} // namespace signalbox::scaling
