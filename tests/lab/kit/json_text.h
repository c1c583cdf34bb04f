// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace signalbox::lab {

// A JSON string with its quotes. Valid UTF-8 stays as it is, control bytes are escaped.
std::string jsonString(std::string_view text);

} // namespace signalbox::lab
