// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/fleet/stop_signal.h"

#include <csignal>
#include <initializer_list>

namespace signalbox::lab_fleet {

namespace {
volatile std::sig_atomic_t received = 0;
}

void countStopSignals()
{
    struct sigaction action{};
    action.sa_handler = [](int) { received = received + 1; };
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        ::sigaction(signal, &action, nullptr);
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &action, nullptr);
}

int stopSignals()
{
    return received;
}

} // namespace signalbox::lab_fleet
