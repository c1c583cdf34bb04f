// SPDX-License-Identifier: Apache-2.0
#include "console/views/shell/palette_index.h"

#include <gtest/gtest.h>

namespace signalbox::views {
namespace {

PaletteIndex indexOf(const std::vector<const char*>& names)
{
    std::vector<PaletteEntry> entries;
    for (const char* name : names)
        entries.push_back({PaletteEntry::Group::Object, QLatin1String(name), {}, {}, {}});
    PaletteIndex index;
    index.setEntries(std::move(entries));
    return index;
}

QString firstOf(const PaletteIndex& index, const char* text)
{
    const auto found = index.find(QLatin1String(text), 10);
    return found.empty() ? QString() : index.entry(found.front()).name;
}

TEST(PaletteIndex, PutsBeginningsBeforeWordsBeforeScatteredLetters)
{
    const PaletteIndex index = indexOf({"gw-chat-1", "c-h-a-t", "chat-7", "archive-chatter"});
    EXPECT_EQ(firstOf(index, "chat"), QStringLiteral("chat-7"));
    EXPECT_EQ(index.find(QStringLiteral("chat"), 10).size(), 4u);
    EXPECT_EQ(firstOf(index, "c7"), QStringLiteral("chat-7"));
}

TEST(PaletteIndex, FindsNothingForLettersThatAreNotThere)
{
    EXPECT_TRUE(indexOf({"chat-7"}).find(QStringLiteral("chatx"), 10).empty());
}

TEST(PaletteIndex, ShowsTheFirstOnesWhileNothingIsTyped)
{
    EXPECT_EQ(indexOf({"b", "a", "c"}).find(QString(), 2), (std::vector<int>{0, 1}));
}

} // namespace
} // namespace signalbox::views
