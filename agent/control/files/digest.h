// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace signalbox::control {

// SHA-256 of the bytes, 64 lower-case hex digits.
std::string sha256Hex(std::string_view bytes);

} // namespace signalbox::control
