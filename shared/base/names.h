// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace signalbox::base {

// Names of objects (agents, pools, routes, keys): [a-z0-9][a-z0-9._-]{0,62}.
bool isValidName(std::string_view name);

// Model names come from engines and clients: 1 to 200 printable ASCII bytes, no space.
bool isValidModelName(std::string_view name);

// The known word nearest to a mistyped one (edit distance at most a third of its length).
std::optional<std::string> nearestWord(std::string_view wrong, std::span<const std::string> known);

} // namespace signalbox::base
