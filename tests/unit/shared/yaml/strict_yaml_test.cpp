// SPDX-License-Identifier: Apache-2.0
#include "shared/yaml/strict_yaml.h"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::yaml {
namespace {

std::string firstProblem(const std::string& text, const Limits& limits = {})
{
    const Document document = parse(text, limits);
    if (document.problems.empty())
        return "no problem";
    return placeText("f", document.problems.front().place) + " " + document.problems.front().text;
}

TEST(StrictYaml, KeepsOrderAndPlaces)
{
    const Document document = parse("id: a\nlisten:\n  serve: 'x: y'\nlist:\n  - 1\n  - two\n");

    ASSERT_TRUE(document.problems.empty());
    const Node& root = document.root;
    ASSERT_EQ(root.entries.size(), 3U);
    EXPECT_EQ(root.entries[0].key, "id");
    EXPECT_EQ(root.entries[1].place, (Place{2, 1}));
    const Node* serve = root.find("listen")->find("serve");
    ASSERT_NE(serve, nullptr);
    EXPECT_EQ(serve->text, "x: y");
    EXPECT_EQ(serve->place, (Place{3, 10}));
    ASSERT_EQ(root.find("list")->items.size(), 2U);
    EXPECT_EQ(root.find("list")->items[1].text, "two");
}

TEST(StrictYaml, LeavesTheTypeOfPlainWordsToTheReader)
{
    const Document document = parse("country: no\nnumber: 010\nnothing: ~\nempty:\n");

    ASSERT_TRUE(document.problems.empty());
    EXPECT_EQ(document.root.find("country")->text, "no");
    EXPECT_EQ(document.root.find("number")->text, "010");
    EXPECT_EQ(document.root.find("nothing")->kind, Kind::Null);
    EXPECT_EQ(document.root.find("empty")->kind, Kind::Null);
}

TEST(StrictYaml, RefusesWhatPeopleMisread)
{
    struct Case {
        std::string text;
        std::string problem;
    };
    const Case cases[] = {
        {"", "f:1:1 empty: it must hold at least one key"},
        {"# only a comment\n", "f:1:1 empty: it must hold at least one key"},
        {"- a\n", "f:1:1 must be a map of keys and values"},
        {"just words\n", "f:1:1 must be a map of keys and values"},
        {"a: 1\n\tb: 2\n", "f:2:1 tab: indent with spaces"},
        {"a: 1\r\nb: 2\r\n", "f:1:5 carriage return: save the file with line ends of one newline"},
        {"\xef\xbb\xbf"
         "a: 1\n",
         "f:1:1 byte order mark: save the file as plain UTF-8"},
        {"a: \xff\n", "f:1:4 byte 0xff is not UTF-8: save the file as UTF-8"},
        {"a: \xc0\xaf\n", "f:1:4 byte 0xc0 is not UTF-8: save the file as UTF-8"},
        {"a: \xed\xa0\x80\n", "f:1:4 byte 0xed is not UTF-8: save the file as UTF-8"},
        {std::string("a: \0b\n", 6), "f:1:4 control byte 0x00: remove it"},
        {"a: 1\nb: 2\na: 3\n", "f:3:1 duplicate key \"a\": it stands in line 1 already"},
        {"a: &x 1\n", "f:1:4 anchor: write the value out where it is used"},
        {"a: &x 1\nb: *x\n", "f:1:4 anchor: write the value out where it is used"},
        {"a: !!int 1\n", "f:1:4 tag: the key alone says what type its value has"},
        {"a: !custom {b: 1}\n", "f:1:4 tag: the key alone says what type its value has"},
        {"a: 1\n---\nb: 2\n", "f:3:1 second document: one file, one map"},
        {"[a, b]: 1\n", "f:1:1 a key must be a plain word"},
    };
    for (const Case& given : cases)
        EXPECT_EQ(firstProblem(given.text), given.problem) << given.text;
}

TEST(StrictYaml, ReportsEveryProblem)
{
    const Document document = parse("a: &x 1\nb: *x\nc: 1\nc: 2\nd: !t 1\n");

    ASSERT_EQ(document.problems.size(), 4U);
    EXPECT_EQ(document.problems[0].place.line, 1);
    EXPECT_EQ(document.problems[1].text, "alias: write the value out");
    EXPECT_EQ(document.problems[2].place.line, 4);
    EXPECT_EQ(document.problems[3].place.line, 5);
}

TEST(StrictYaml, SaysWhereTheSyntaxBreaks)
{
    EXPECT_EQ(firstProblem("a: [1, 2\nb: 3\n").substr(0, 4), "f:2:");
    EXPECT_EQ(firstProblem("a: *nowhere\n").substr(0, 4), "f:1:");
    EXPECT_EQ(firstProblem("\xc3\xa9: 'it''s open\n"), "f:1:5 quote without an end");
    EXPECT_EQ(firstProblem("a: \"open \\\"\n"), "f:1:4 quote without an end");
    EXPECT_EQ(firstProblem("a: 'it''s'\n"), "no problem");
    EXPECT_EQ(firstProblem("a:\n  - b\n c: 1\n").substr(0, 4), "f:3:");
}

TEST(StrictYaml, BoundsSizeDepthAndCount)
{
    const std::string deep = "a: " + std::string(100, '[') + std::string(100, ']');
    EXPECT_EQ(firstProblem(deep), "f:1:19 nested deeper than 16 levels");
    EXPECT_NE(firstProblem("a: " + std::string(100'000, '[')), "no problem");
    EXPECT_EQ(firstProblem("a: 1\n", {.bytesMax = 3}), "f:1:1 larger than 3 bytes");

    std::string wide;
    for (int i = 0; i < 20; ++i)
        wide += "k" + std::to_string(i) + ": 1\n";
    EXPECT_EQ(firstProblem(wide, {.nodesMax = 10}), "f:6:1 more than 10 values");

    // An alias bomb is refused at its first anchor and never expanded.
    EXPECT_EQ(firstProblem("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
              "f:1:4 anchor: write the value out where it is used");
}

} // namespace
} // namespace signalbox::yaml
