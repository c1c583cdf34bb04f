// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <string>
#include <vector>

namespace signalbox::views {

// One thing that the palette can find.
struct PaletteEntry {
    enum class Group : std::uint8_t { Screen, Object, Action };
    Group group = Group::Screen;
    QString name; // what is searched and shown
    QString kind; // "instance", "pool", "screen", "action"
    QString state; // "failed", "drain", or the key of an action
    std::function<void()> go;
};

// Finds entries by letters in order, best first: whole words and beginnings before scattered
// letters. Lives on: gui thread. 50,000 entries take a few milliseconds.
class PaletteIndex {
public:
    void setEntries(std::vector<PaletteEntry> entries);
    // Indices of the best `most`; groups keep their order among equals. Empty text = the first
    // ones.
    std::vector<int> find(const QString& text, int most) const;
    const PaletteEntry& entry(int index) const
    {
        return entries_[static_cast<std::size_t>(index)];
    }

private:
    std::vector<PaletteEntry> entries_;
    std::vector<std::string> keys_; // lower case, by entry
};

} // namespace signalbox::views
