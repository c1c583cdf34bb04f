// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/findings.h"

#include <gtest/gtest.h>

namespace signalbox::tidy {
namespace {

TEST(Exceptions, ForgiveOneRuleInOneFile)
{
    const auto exceptions = readExceptions("# a comment\n"
                                           "mutex agent/a.cpp : guards the table\n");
    const std::vector<Finding> found{{"agent/a.cpp", 3, "mutex", ""},
                                     {"agent/b.cpp", 4, "mutex", ""}};

    const auto left = withoutExceptions(found, exceptions, {"mutex"});

    ASSERT_EQ(left.size(), 1u);
    EXPECT_EQ(left[0].path, "agent/b.cpp");
}

TEST(Exceptions, MustBeNeededAndExplained)
{
    const auto exceptions = readExceptions("mutex agent/gone.cpp : was needed once\n"
                                           "mutex agent/a.cpp\n"
                                           "other agent/b.cpp : of another test\n");
    const std::vector<Finding> found{{"agent/a.cpp", 3, "mutex", ""}};

    const auto left = withoutExceptions(found, exceptions, {"mutex"});

    ASSERT_EQ(left.size(), 2u);
    EXPECT_EQ(left[0].line, 1u);
    EXPECT_EQ(left[1].line, 2u);
}

TEST(Lexer, BlanksCommentsAndLiteralsLineForLine)
{
    const std::string text = "a // {\nb /* }\n */ \"{\\\"\" 'x' 1'000 R\"y(\" })y\" c\n";

    EXPECT_EQ(blankCommentsAndLiterals(text),
              "a     \nb     \n    \"   \" ' ' 1'000 R\"       \" c\n");
}

TEST(Lexer, BlanksDirectivesWithTheirContinuations)
{
    EXPECT_EQ(blankDirectives("#define A \\\n  {\nint x;\n"), "           \n   \nint x;\n");
}

} // namespace
} // namespace signalbox::tidy
