// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/safe_text.h"

#include <cstddef>
#include <string>
#include <vector>

namespace signalbox::ctl {

// How a cell asks to be looked at. Every emphasis also stands in the cell's words: colour is
// only ever the second carrier.
enum class Tone { Plain, Quiet, Act, Warn, Deliberate };

struct Cell {
    std::string text; // of a peer or ours; made safe by the table
    Tone tone = Tone::Plain;
};

struct Column {
    std::string title;
    Align align = Align::Left;
    std::size_t widest = 40; // longer cells are cut
    // When the terminal is too narrow, columns go in the order of their rank, highest first;
    // rank 0 stays and is cut instead.
    int rank = 0;
};

enum class Colour { Off, On };

// Rows of cells under titles, fitted to a width. The order of rows is the caller's.
// Lives on: any thread (a value).
class Table {
public:
    explicit Table(std::vector<Column> columns)
        : columns_(std::move(columns))
    {
    }

    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    bool empty() const { return rows_.empty(); }
    std::size_t size() const { return rows_.size(); }

    // Titles and rows, no line wider than `columns` (0 = as wide as they are).
    std::vector<std::string> lines(std::size_t columns, Colour colour) const;

private:
    std::vector<std::size_t> naturalWidths() const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

std::string toned(std::string_view text, Tone tone, Colour colour);

} // namespace signalbox::ctl
