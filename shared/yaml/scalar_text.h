// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

// The one grammar of values in hand-written files and variables. The key says the type; the text
// is never guessed at: 010, 1e3, 1_000, yes, inf, 1h30m and 1KB are errors, not surprises.
namespace signalbox::yaml {

// Digits without a leading zero: 0, 42.
base::Result<std::uint64_t> parseInteger(std::string_view text);
// Digits, optionally a point and more digits: 2, 0.25. Never negative.
base::Result<double> parseNumber(std::string_view text);
// true or false.
base::Result<bool> parseBoolean(std::string_view text);
// One integer and one unit of ms, s, m, h: 200ms, 5s. At most a year.
base::Result<std::chrono::milliseconds> parseDuration(std::string_view text);
// One integer and one unit of B, KiB, MiB, GiB: 16KiB. At most 1,024 GiB.
base::Result<std::uint64_t> parseBytes(std::string_view text);

// The shortest text that parses to the same value.
std::string durationText(std::chrono::milliseconds duration);
std::string bytesText(std::uint64_t bytes);

// At most 64 bytes of outside text, printable, in quotes: for error messages.
std::string excerpt(std::string_view text);

} // namespace signalbox::yaml
