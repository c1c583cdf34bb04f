// SPDX-License-Identifier: Apache-2.0
#include "agent/scaling/process_spec.h"

#include <fmt/format.h>

#include <cstring>

namespace signalbox::scaling {

std::string ProcessExit::text() const
{
    if (startErrno != 0)
        return fmt::format("could not be started: {}", std::strerror(startErrno));
    if (signal != 0)
        return fmt::format("ended by signal {} ({})", signal, ::strsignal(signal));
    return fmt::format("exited with status {}", code);
}

} // namespace signalbox::scaling
