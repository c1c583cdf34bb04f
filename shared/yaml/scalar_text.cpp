// SPDX-License-Identifier: Apache-2.0
#include "shared/yaml/scalar_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace signalbox::yaml {

namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kYearMs = 366ULL * 24 * 3600 * 1000;
constexpr std::uint64_t kBytesMax = 1024ULL * 1024 * 1024 * 1024;
constexpr std::size_t kExcerptBytes = 64;
constexpr std::size_t kDigitsMax = 18; // fits 64 bits whatever the digits are

struct Unit {
    std::string_view name;
    std::uint64_t size;
};
// From the largest, so that the shortest text is the first that divides.
constexpr std::array<Unit, 4> kTimeUnits{
    {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 4> kByteUnits{
    {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}}};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

// Digits only, no leading zero, short enough for 64 bits.
std::optional<std::uint64_t> digits(std::string_view text)
{
    if (text.empty() || text.size() > kDigitsMax || !std::all_of(text.begin(), text.end(), isDigit))
        return std::nullopt;
    if (text.size() > 1 && text.front() == '0')
        return std::nullopt;
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

base::Error invalid(std::string_view text, std::string_view what)
{
    return base::Error(base::Code::InvalidArgument,
                       fmt::format("{} is not {}", excerpt(text), what));
}

std::optional<std::uint64_t> withUnit(std::string_view text, const std::array<Unit, 4>& units,
                                      std::uint64_t most)
{
    const auto end = std::find_if_not(text.begin(), text.end(), isDigit);
    const auto split = static_cast<std::size_t>(end - text.begin());
    const auto number = digits(text.substr(0, split));
    const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& candidate) {
        return candidate.name == text.substr(split);
    });
    if (!number || unit == units.end() || *number > most / unit->size)
        return std::nullopt;
    return *number * unit->size;
}

std::string shortest(std::uint64_t value, const std::array<Unit, 4>& units)
{
    for (const Unit& unit : units) {
        if (value != 0 && value % unit.size == 0)
            return fmt::format("{}{}", value / unit.size, unit.name);
    }
    return fmt::format("0{}", units.back().name);
}

} // namespace

base::Result<std::uint64_t> parseInteger(std::string_view text)
{
    if (const auto value = digits(text))
        return *value;
    return invalid(text, "a whole number such as 0 or 42");
}

base::Result<double> parseNumber(std::string_view text)
{
    const std::size_t point = text.find('.');
    const std::string_view fraction
        = point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
    const bool wellFormed = digits(text.substr(0, point)) && !fraction.empty()
        && fraction.size() <= kDigitsMax && std::all_of(fraction.begin(), fraction.end(), isDigit);
    if (!wellFormed)
        return invalid(text, "a number such as 2 or 0.25");
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    return value;
}

base::Result<bool> parseBoolean(std::string_view text)
{
    if (text == "true" || text == "false")
        return text == "true";
    return invalid(text, "true or false");
}

base::Result<milliseconds> parseDuration(std::string_view text)
{
    if (const auto value = withUnit(text, kTimeUnits, kYearMs))
        return milliseconds(*value);
    return invalid(text, "a duration: write one number and one unit, as in 200ms, 5s, 10m or 1h");
}

base::Result<std::uint64_t> parseBytes(std::string_view text)
{
    if (const auto value = withUnit(text, kByteUnits, kBytesMax))
        return *value;
    return invalid(text, "a size: write one number and one unit, as in 512B, 16KiB, 4MiB or 1GiB");
}

std::string durationText(milliseconds duration)
{
    return shortest(static_cast<std::uint64_t>(duration.count()), kTimeUnits);
}

std::string bytesText(std::uint64_t bytes)
{
    return shortest(bytes, kByteUnits);
}

std::string excerpt(std::string_view text)
{
    std::string shown = "\"";
    for (const char c : text.substr(0, kExcerptBytes))
        shown.push_back(c >= 0x20 && c < 0x7f && c != '"' ? c : '?');
    shown.append(text.size() > kExcerptBytes ? "...\"" : "\"");
    return shown;
}

} // namespace signalbox::yaml
