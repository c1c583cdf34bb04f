// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "shared/model/command.h"

#include <cstddef>
#include <string_view>

namespace signalbox::control {

// Free text of people: UTF-8 of 1 to `most` bytes without control or direction-changing characters.
// The error names the field.
base::Status checkText(std::string_view field, std::string_view text, std::size_t most);

// Cause, operator, request id and override name of a command.
base::Status checkOptions(const model::ApplyOptions& options);

} // namespace signalbox::control
