// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <cstddef>
#include <string>

namespace signalbox::yaml {

// The text of a regular file of at most bytesMax bytes. Never waits: a FIFO, a directory or a
// device is an error, and so is a file that is larger. Blocks only on the disk.
base::Result<std::string> readBoundedFile(const std::string& path, std::size_t bytesMax);

} // namespace signalbox::yaml
