// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/table.h"

#include <algorithm>
#include <numeric>

namespace signalbox::ctl {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 4;

// Colours of the terminal's own sixteen, so that the user's theme decides how loud they are.
std::string_view codeOf(Tone tone)
{
    switch (tone) {
    case Tone::Plain: return "";
    case Tone::Quiet: return "\x1b[2m";
    case Tone::Act: return "\x1b[1;31m";
    case Tone::Warn: return "\x1b[33m";
    case Tone::Deliberate: return "\x1b[36m";
    }
    return "";
}

std::size_t totalOf(const std::vector<std::size_t>& widths, const std::vector<bool>& shown)
{
    std::size_t total = 0;
    for (std::size_t at = 0; at < widths.size(); ++at)
        total += shown[at] ? widths[at] + kGap : 0;
    return total == 0 ? 0 : total - kGap;
}

// Hides columns by rank, then takes from the widest of what stays.
std::vector<bool> fit(const std::vector<Column>& columns, std::vector<std::size_t>& widths,
                      std::size_t limit)
{
    std::vector<bool> shown(columns.size(), true);
    while (limit != 0 && totalOf(widths, shown) > limit) {
        std::size_t next = columns.size();
        for (std::size_t at = 0; at < columns.size(); ++at) {
            if (shown[at] && columns[at].rank > 0
                && (next == columns.size() || columns[at].rank > columns[next].rank))
                next = at;
        }
        if (next == columns.size())
            break;
        shown[next] = false;
    }
    while (limit != 0 && totalOf(widths, shown) > limit) {
        std::size_t widest = columns.size();
        for (std::size_t at = 0; at < columns.size(); ++at) {
            if (shown[at] && (widest == columns.size() || widths[at] > widths[widest]))
                widest = at;
        }
        if (widest == columns.size() || widths[widest] <= kNarrowest)
            break;
        --widths[widest];
    }
    return shown;
}

} // namespace

std::string toned(std::string_view text, Tone tone, Colour colour)
{
    if (colour == Colour::Off || codeOf(tone).empty())
        return std::string(text);
    return std::string(codeOf(tone)) + std::string(text) + "\x1b[0m";
}

std::vector<std::size_t> Table::naturalWidths() const
{
    std::vector<std::size_t> widths;
    for (std::size_t at = 0; at < columns_.size(); ++at) {
        std::size_t width = columnsOf(columns_[at].title);
        for (const std::vector<Cell>& row : rows_) {
            if (at < row.size())
                width = std::max(width, columnsOf(safeText(row[at].text)));
        }
        widths.push_back(std::min(width, columns_[at].widest));
    }
    return widths;
}

std::vector<std::string> Table::lines(std::size_t columns, Colour colour) const
{
    std::vector<std::size_t> widths = naturalWidths();
    const std::vector<bool> shown = fit(columns_, widths, columns);
    std::size_t last = 0;
    for (std::size_t at = 0; at < shown.size(); ++at)
        last = shown[at] ? at : last;

    const auto lineOf = [&](const auto& cellAt) {
        std::string line;
        for (std::size_t at = 0; at < columns_.size(); ++at) {
            if (!shown[at])
                continue;
            const Cell cell = cellAt(at);
            const bool pads = at != last || columns_[at].align == Align::Right;
            const std::string safe = safeText(cell.text);
            const std::string text
                = pads ? fitTo(safe, widths[at], columns_[at].align) : cutTo(safe, widths[at]);
            line += (line.empty() ? "" : std::string(kGap, ' ')) + toned(text, cell.tone, colour);
        }
        while (line.ends_with(' '))
            line.pop_back();
        return line;
    };

    std::vector<std::string> out;
    out.push_back(lineOf([&](std::size_t at) { return Cell{columns_[at].title, Tone::Quiet}; }));
    for (const std::vector<Cell>& row : rows_)
        out.push_back(lineOf([&](std::size_t at) { return at < row.size() ? row[at] : Cell{}; }));
    return out;
}

} // namespace signalbox::ctl
