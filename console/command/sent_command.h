// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/command/command_desk.h"

namespace signalbox::command {

// What was sent to be applied. Sent again it is the same to the last byte, so that it is done once.
struct CommandDesk::Sent {
    model::Preview preview;
    std::int64_t previewedUnixMs = 0;
    model::ApplyOptions options;
};

} // namespace signalbox::command
