// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace signalbox::models {

// As people count: "chat-2" before "chat-10". Below 0, 0 or above it, like compare().
int naturalOrder(std::string_view left, std::string_view right);

} // namespace signalbox::models
