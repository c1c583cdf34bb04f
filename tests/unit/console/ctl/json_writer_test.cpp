// SPDX-License-Identifier: Apache-2.0
#include "console/ctl/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace signalbox::ctl {
namespace {

std::string textJson(std::string_view text)
{
    return JsonWriter().text(text).str();
}

TEST(JsonWriter, WritesNestedValuesWithTheirCommas)
{
    JsonWriter json;
    json.beginObject().field("a", "x").key("b").beginArray().integer(1).integer(-2).endArray();
    json.key("c").beginObject().endObject().key("d").null().key("e").truth(true);
    json.field("f", std::vector<std::string>{"y", "z"}).endObject();

    EXPECT_EQ(json.str(), R"({"a":"x","b":[1,-2],"c":{},"d":null,"e":true,"f":["y","z"]})");
}

TEST(JsonWriter, UnknownNumbersAreNull)
{
    JsonWriter json;
    json.beginArray().number(1.5).number(2.0).number(std::nullopt);
    json.number(std::numeric_limits<double>::quiet_NaN());
    json.number(std::numeric_limits<double>::infinity()).number(1234567.25).endArray();

    EXPECT_EQ(json.str(), "[1.5,2,null,null,null,1.23457e+06]");
}

TEST(JsonWriter, EscapesWhatWouldBreakOrDeceive)
{
    EXPECT_EQ(textJson("a\"b\\c\n"), R"("a\"b\\c\n")");
    EXPECT_EQ(textJson(std::string_view("\x1b\0", 2)), R"("\u001b\u0000")");
    EXPECT_EQ(textJson("\u202Ex"), "\"\\u202ex\"");
    EXPECT_EQ(textJson("\xc2\x9b"), "\"\\u009b\"");
    EXPECT_EQ(textJson("Zürich 🚦"), "\"Zürich 🚦\"");
}

TEST(JsonWriter, BrokenUtf8BecomesTheReplacementCharacter)
{
    EXPECT_EQ(textJson("a\xff"), "\"a\uFFFD\"");
    EXPECT_EQ(textJson("\xed\xa0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
    EXPECT_EQ(textJson("\xe6\x9d"), "\"\uFFFD\uFFFD\"");
}

} // namespace
} // namespace signalbox::ctl
