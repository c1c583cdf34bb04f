// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/command/request_id.h"

#include <fmt/format.h>

#include <random>

namespace signalbox::command {

std::string newRequestId()
{
    std::random_device random;
    return fmt::format("console-{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

} // namespace signalbox::command
