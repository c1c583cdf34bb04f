// SPDX-License-Identifier: Apache-2.0
#include "agent/control/commands/command_text.h"

#include "shared/base/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace signalbox::control {

namespace {

// The next character of UTF-8, taken off the front; nothing when the bytes are none.
std::optional<char32_t> takeCharacter(std::string_view& text)
{
    const auto byteAt = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byteAt(0);
    const std::size_t length = first < 0x80 ? 1
        : first >= 0xc2 && first < 0xe0     ? 2
        : first >= 0xe0 && first < 0xf0     ? 3
        : first >= 0xf0 && first < 0xf5     ? 4
                                            : 0;
    if (length == 0 || text.size() < length)
        return std::nullopt;
    char32_t character = length == 1 ? first : first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byteAt(i) & 0xc0U) != 0x80U)
            return std::nullopt;
        character = (character << 6U) | (byteAt(i) & 0x3fU);
    }
    text.remove_prefix(length);
    const bool isOverlong
        = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
    const bool isSurrogate = character >= 0xd800 && character <= 0xdfff;
    if (isOverlong || isSurrogate || character > 0x10ffff)
        return std::nullopt;
    return character;
}

// Control characters break lines of logs; direction marks make a text read as another one.
bool isForbidden(char32_t c)
{
    const bool isControl = c < 0x20 || (c >= 0x7f && c < 0xa0);
    const bool isSeparator = c == 0x2028 || c == 0x2029;
    const bool isDirection = c == 0x061c || c == 0x200e || c == 0x200f
        || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    return isControl || isSeparator || isDirection;
}

base::Error invalid(std::string text)
{
    return base::Error(base::Code::InvalidArgument, std::move(text), base::Origin::Client);
}

} // namespace

base::Status checkText(std::string_view field, std::string_view text, std::size_t most)
{
    if (text.find_first_not_of(' ') == std::string_view::npos)
        return invalid(fmt::format("{} is missing", field));
    if (text.size() > most)
        return invalid(fmt::format("{} has {} bytes, the most is {}", field, text.size(), most));
    while (!text.empty()) {
        const auto character = takeCharacter(text);
        if (!character)
            return invalid(fmt::format("{} is not UTF-8", field));
        if (isForbidden(*character))
            return invalid(fmt::format("{} holds the character U+{:04X}, which does not show",
                                       field, static_cast<std::uint32_t>(*character)));
    }
    return {};
}

base::Status checkOptions(const model::ApplyOptions& options)
{
    SB_CHECK(checkText("cause", options.cause, limits::kCauseBytes));
    SB_CHECK(checkText("operator", options.operatorName, limits::kOperatorNameBytes));
    SB_CHECK(checkText("request id", options.requestId, limits::kCommandIdBytes));
    if (options.overrideName.empty())
        return {};
    return checkText("override name", options.overrideName, limits::kOverrideNameBytes);
}

} // namespace signalbox::control
