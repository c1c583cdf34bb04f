// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace signalbox::process {

// The project's version, set by CMakeLists.txt.
inline constexpr const char* kVersion = SIGNALBOX_VERSION;

} // namespace signalbox::process
