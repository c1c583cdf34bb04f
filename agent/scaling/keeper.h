// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/scaling/process_spec.h"
#include "shared/base/result.h"

namespace signalbox::scaling {

// What a keeper tells its supervisor; one message each, in this order.
enum class KeeperReport : std::int32_t { Started, StartFailed, Exited };
struct KeeperMessage {
    KeeperReport report = KeeperReport::Started;
    std::int32_t value = 0; // a pid, an errno, a wait status
};

// What a supervisor tells a keeper: one byte each. The end of the connection means Kill.
enum class KeeperOrder : char { Terminate = 'T', Kill = 'K' };

// A running keeper as its supervisor sees it: both ends of one connection and its pid.
struct Keeper {
    int connection = -1; // a SOCK_SEQPACKET socket, non-blocking; the caller closes it
    pid_t pid = 0;
};

// Forks a keeper: a process of a few pages that starts the command in a process group of its
// own, writes its output to the bounded log, and ends the whole group when it is told to, when
// the command ends, or when this process is no more, be it by kill -9. What left the group but
// descends from the command is ended too. A keeper signals nothing but its own descendants.
// Safe to call in a process with threads.
base::Result<Keeper> forkKeeper(const ProcessSpec& spec);

} // namespace signalbox::scaling
