// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/safe_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace signalbox::ctl {

namespace {

struct Character {
    std::uint32_t code = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

std::size_t sequenceLength(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead < 0xE0)
        return 2;
    if (lead >= 0xE0 && lead < 0xF0)
        return 3;
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
Character decode(std::string_view text)
{
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = sequenceLength(lead);
    if (length == 0 || length > text.size())
        return {lead, 1, false};
    if (length == 1)
        return {lead, 1, true};
    std::uint32_t code = lead & (0xFFu >> (length + 1));
    for (std::size_t at = 1; at < length; ++at) {
        const auto next = static_cast<unsigned char>(text[at]);
        if ((next & 0xC0) != 0x80)
            return {lead, 1, false};
        code = (code << 6) | (next & 0x3F);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < kLeast[length] || code > 0x10FFFF || surrogate)
        return {lead, 1, false};
    return {code, length, true};
}

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

template <std::size_t N> bool isIn(const Range (&ranges)[N], std::uint32_t code)
{
    return std::any_of(std::begin(ranges), std::end(ranges), [code](const Range& range) {
        return code >= range.first && code <= range.last;
    });
}

// C0, DEL, C1; bidirectional marks, embeddings, overrides and isolates; zero-width and other
// invisible characters; line and paragraph separators; tags and private use.
constexpr Range kHidden[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},       {0x034F, 0x034F},    {0x061C, 0x061C},
    {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},   {0x200B, 0x200F},    {0x2028, 0x202E},
    {0x2060, 0x206F}, {0x3164, 0x3164}, {0xE000, 0xF8FF},   {0xFE00, 0xFE0F},    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF},
};

// East Asian wide and fullwidth blocks, and the emoji blocks that terminals draw two columns wide.
constexpr Range kWide[] = {
    {0x1100, 0x115E},   {0x231A, 0x231B},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

// Combining marks stand on the character before them.
constexpr Range kMarks[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE20, 0xFE2F},
};

std::size_t columnsOf(const Character& character)
{
    if (!character.valid || isIn(kMarks, character.code))
        return character.valid ? 0 : 1;
    return isIn(kWide, character.code) ? 2 : 1;
}

} // namespace

std::string safeText(std::string_view peerText)
{
    std::string safe;
    safe.reserve(peerText.size());
    while (!peerText.empty()) {
        const Character next = decode(peerText);
        if (!next.valid || (next.code < 0x80 && isIn(kHidden, next.code)))
            safe += fmt::format("\\x{:02x}", next.code);
        else if (isIn(kHidden, next.code))
            safe += fmt::format("\\u{{{:x}}}", next.code);
        else
            safe += peerText.substr(0, next.bytes);
        peerText.remove_prefix(next.bytes);
    }
    return safe;
}

std::size_t columnsOf(std::string_view safe)
{
    std::size_t columns = 0;
    while (!safe.empty()) {
        const Character next = decode(safe);
        columns += columnsOf(next);
        safe.remove_prefix(next.bytes);
    }
    return columns;
}

std::string cutTo(std::string_view safe, std::size_t columns)
{
    if (columnsOf(safe) <= columns)
        return std::string(safe);
    if (columns == 0)
        return "";
    std::string kept;
    std::size_t used = 0;
    while (!safe.empty()) {
        const Character next = decode(safe);
        const std::size_t width = columnsOf(next);
        if (used + width > columns - 1)
            break;
        kept += safe.substr(0, next.bytes);
        used += width;
        safe.remove_prefix(next.bytes);
    }
    return kept + "…";
}

std::string fitTo(std::string_view safe, std::size_t columns, Align align)
{
    std::string text = cutTo(safe, columns);
    const std::string blanks(columns - std::min(columns, columnsOf(text)), ' ');
    return align == Align::Left ? text + blanks : blanks + text;
}

} // namespace signalbox::ctl
