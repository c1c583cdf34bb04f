// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/shell/palette_index.h"

#include <algorithm>
#include <tuple>

namespace signalbox::views {

namespace {

bool isBoundary(const std::string& key, std::size_t at)
{
    return at == 0 || key[at - 1] == ' ' || key[at - 1] == '-' || key[at - 1] == '_'
        || key[at - 1] == '.';
}

// Points of a match, -1 for none: letters side by side and at the beginnings of words count more.
int scoreOf(const std::string& key, const std::string& wanted)
{
    if (wanted.empty())
        return 0;
    if (const std::size_t at = key.find(wanted); at != std::string::npos)
        return 1'000 + (at == 0 ? 500 : isBoundary(key, at) ? 250 : 0)
            - static_cast<int>(std::min<std::size_t>(key.size() - wanted.size(), 200));
    int score = 0;
    std::size_t at = 0;
    std::size_t last = std::string::npos;
    for (const char letter : wanted) {
        at = key.find(letter, at);
        if (at == std::string::npos)
            return -1;
        score += (last != std::string::npos && at == last + 1) ? 8 : isBoundary(key, at) ? 6 : 1;
        last = at++;
    }
    return score;
}

} // namespace

void PaletteIndex::setEntries(std::vector<PaletteEntry> entries)
{
    entries_ = std::move(entries);
    keys_.clear();
    keys_.reserve(entries_.size());
    for (const PaletteEntry& entry : entries_)
        keys_.push_back(entry.name.toLower().toStdString());
}

std::vector<int> PaletteIndex::find(const QString& text, int most) const
{
    const std::string wanted = text.trimmed().toLower().toStdString();
    struct Hit {
        int score;
        int index;
    };
    std::vector<Hit> hits;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (const int score = scoreOf(keys_[i], wanted); score >= 0)
            hits.push_back({score, static_cast<int>(i)});
    }
    const auto isBetter = [this](const Hit& a, const Hit& b) {
        return std::tuple(-a.score, entry(a.index).group, a.index)
            < std::tuple(-b.score, entry(b.index).group, b.index);
    };
    const auto count = std::min<std::size_t>(hits.size(), static_cast<std::size_t>(most));
    std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(count), hits.end(),
                      isBetter);
    std::vector<int> found;
    for (std::size_t i = 0; i < count; ++i)
        found.push_back(hits[i].index);
    return found;
}

} // namespace signalbox::views
