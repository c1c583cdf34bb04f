// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace signalbox::lab {

// Writes a file so that a reader sees all of it or none: a new file beside it, then a rename.
base::Status writeWholeFile(const std::filesystem::path& file, std::string_view content);

base::Result<std::string> readWholeFile(const std::filesystem::path& file);

} // namespace signalbox::lab
