// SPDX-License-Identifier: Apache-2.0
#include "console/ctl/table.h"

#include <gtest/gtest.h>

namespace signalbox::ctl {
namespace {

Table smallTable()
{
    Table table({{"AGENT"}, {"POOL", Align::Left, 40, 1}, {"RUN", Align::Right}, {"WHY"}});
    table.add({{"gpu-01"}, {"chat"}, {"12"}, {""}});
    table.add({{"gpu-02"}, {"chat"}, {"3"}, {"failed for a long time"}});
    return table;
}

std::string drawn(const Table& table, std::size_t columns)
{
    std::string text;
    for (const std::string& line : table.lines(columns, Colour::Off))
        text += line + "\n";
    return text;
}

TEST(Table, AlignsUnderItsTitles)
{
    EXPECT_EQ(drawn(smallTable(), 0),
              "AGENT   POOL  RUN  WHY\n"
              "gpu-01  chat   12\n"
              "gpu-02  chat    3  failed for a long time\n");
}

TEST(Table, GivesUpColumnsByRankAndThenCutsTheWidest)
{
    EXPECT_EQ(drawn(smallTable(), 28),
              "AGENT   RUN  WHY\n"
              "gpu-01   12\n"
              "gpu-02    3  failed for a l…\n");
}

TEST(Table, NoLineIsWiderThanTheTerminal)
{
    for (std::size_t columns = 20; columns < 60; ++columns) {
        for (const std::string& line : smallTable().lines(columns, Colour::Off))
            EXPECT_LE(columnsOf(line), columns);
    }
}

TEST(Table, MakesPeerTextSafe)
{
    Table table({{"AGENT"}});
    table.add({{"a\x1b[31m"}});

    EXPECT_EQ(drawn(table, 0), "AGENT\na\\x1b[31m\n");
}

TEST(Table, ColourStandsAroundTheTextAndOnlyWhenAsked)
{
    Table table({{"STATE"}});
    table.add({{"failed", Tone::Act}});

    EXPECT_EQ(table.lines(0, Colour::On)[1], "\x1b[1;31mfailed\x1b[0m");
    EXPECT_EQ(table.lines(0, Colour::Off)[1], "failed");
    EXPECT_EQ(toned("x", Tone::Plain, Colour::On), "x");
}

} // namespace
} // namespace signalbox::ctl
