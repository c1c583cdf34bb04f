// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace signalbox::lab_fleet {

// From now on SIGINT, SIGTERM and SIGHUP are counted instead of ending the process; a wait that
// they interrupt returns early.
void countStopSignals();
int stopSignals();

} // namespace signalbox::lab_fleet
