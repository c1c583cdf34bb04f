// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace signalbox::http {

// No overlong form, no surrogate, nothing above U+10FFFF, nothing cut off (simdjson's check).
bool isValidUtf8(std::string_view text);

} // namespace signalbox::http
