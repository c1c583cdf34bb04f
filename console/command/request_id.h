// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace signalbox::command {

// 128 random bits: two operators never share a request.
std::string newRequestId();

} // namespace signalbox::command
