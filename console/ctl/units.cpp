// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/units.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <ctime>

namespace signalbox::ctl {

namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

std::tm localTime(std::int64_t unixMs)
{
    const std::time_t seconds = unixMs / kSecond;
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return parts;
}

std::string significant(double number)
{
    const double size = std::abs(number);
    if (size >= 99.95)
        return fmt::format("{:.0f}", number);
    return fmt::format("{:.{}f}", number, size >= 9.995 ? 1 : 2);
}

} // namespace

std::string durationText(std::int64_t ms)
{
    if (ms < 0)
        return std::string(kUnknown);
    if (ms < kSecond)
        return fmt::format("{} ms", ms);
    if (ms < kMinute)
        return fmt::format("{:.1f} s", static_cast<double>(ms / 100) / 10);
    if (ms < kHour)
        return fmt::format("{} min {:02} s", ms / kMinute, ms % kMinute / kSecond);
    if (ms < kDay)
        return fmt::format("{} h {:02} min", ms / kHour, ms % kHour / kMinute);
    return fmt::format("{} d {} h", ms / kDay, ms % kDay / kHour);
}

std::string shortDuration(std::int64_t ms)
{
    if (ms < 0)
        return std::string(kUnknown);
    if (ms < kSecond)
        return fmt::format("{}ms", ms);
    if (ms < kMinute)
        return fmt::format("{:.1f}s", static_cast<double>(ms / 100) / 10);
    if (ms < kHour)
        return fmt::format("{}m{:02}s", ms / kMinute, ms % kMinute / kSecond);
    if (ms < kDay)
        return fmt::format("{}h{:02}m", ms / kHour, ms % kHour / kMinute);
    return fmt::format("{}d{}h", ms / kDay, ms % kDay / kHour);
}

std::string countText(std::optional<double> number)
{
    if (!number || !std::isfinite(*number))
        return std::string(kUnknown);
    const double size = std::abs(*number);
    if (size >= 999'500)
        return fmt::format("{:.1f}M", *number / 1e6);
    if (size >= 9'999.5)
        return fmt::format("{:.1f}k", *number / 1e3);
    if (*number == std::floor(*number))
        return fmt::format("{:.0f}", *number);
    return significant(*number);
}

std::string millisecondsText(std::optional<double> ms)
{
    if (!ms || !std::isfinite(*ms) || *ms < 0)
        return std::string(kUnknown);
    if (*ms >= 999.5)
        return significant(*ms / 1000) + " s";
    return fmt::format("{:.0f} ms", *ms);
}

std::string percentText(std::optional<double> share)
{
    if (!share || !std::isfinite(*share) || *share < 0)
        return std::string(kUnknown);
    return fmt::format("{:.0f} %", *share * 100);
}

std::string momentText(std::int64_t unixMs, std::int64_t nowUnixMs)
{
    if (unixMs <= 0)
        return std::string(kUnknown);
    const std::tm then = localTime(unixMs);
    const std::tm now = localTime(nowUnixMs);
    if (then.tm_year == now.tm_year && then.tm_yday == now.tm_yday)
        return fmt::format("{:%H:%M:%S}", then);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}", then);
}

std::string isoText(std::int64_t unixMs)
{
    const std::time_t seconds = unixMs / kSecond;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", parts, unixMs % kSecond);
}

std::optional<std::int64_t> durationFromText(std::string_view text)
{
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    // A year bounds it: a longer wait is a mistyped unit.
    constexpr double kLongest = 366.0 * kDay;
    double factor = 0;
    if (unit.empty() || unit == "s")
        factor = kSecond;
    else if (unit == "ms")
        factor = 1;
    else if (unit == "m" || unit == "min")
        factor = kMinute;
    else if (unit == "h")
        factor = kHour;
    else if (unit == "d")
        factor = kDay;
    const double ms = number * factor;
    if (problem != std::errc() || !(ms >= 1) || ms > kLongest)
        return std::nullopt;
    return static_cast<std::int64_t>(ms);
}

} // namespace signalbox::ctl
