// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace signalbox::process {

// As in CMakeLists.txt; a test holds the two together.
inline constexpr const char* kVersion = "0.1.0";

} // namespace signalbox::process
