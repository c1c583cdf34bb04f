// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Numbers as people read them. An unknown number is a dash, never a zero.
namespace signalbox::ctl {

inline constexpr std::string_view kUnknown = "-";

// 840 ms, 4.2 s, 3 min 12 s, 5 h 03 min, 12 d 4 h. Below 0 is unknown.
std::string durationText(std::int64_t ms);
// The same, short for tables: 840ms, 4.2s, 3m12s, 5h03m, 12d4h.
std::string shortDuration(std::int64_t ms);
// Three significant digits: 0.42, 12.3, 950, 12.4k, 3.1M.
std::string countText(std::optional<double> number);
std::string millisecondsText(std::optional<double> ms); // 38 ms, 1.24 s
std::string percentText(std::optional<double> share); // 0.42 -> 42 %
// 03:12:07 of today, 2026-01-31 03:12:07 otherwise; the machine's own time zone. 0 is unknown.
std::string momentText(std::int64_t unixMs, std::int64_t nowUnixMs);
// 2026-01-31T03:12:07.250Z, for scripts.
std::string isoText(std::int64_t unixMs);
// "90s", "10m", "2h", "1d", or bare seconds; nullopt when it is none of these or not above 0.
std::optional<std::int64_t> durationFromText(std::string_view text);

} // namespace signalbox::ctl
