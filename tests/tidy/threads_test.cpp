// SPDX-License-Identifier: Apache-2.0
// Every class with state says where it lives; a mutex is a decision that exceptions.txt explains.
#include "tests/tidy/findings.h"
#include "tests/tidy/scopes.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace signalbox::tidy {
namespace {

const std::vector<std::string> kRules{"lives-on", "long-comment", "mutex"};
constexpr std::size_t kClassCommentLines = 6;

bool isProduct(const SourceFile& file)
{
    return file.isUnder("agent") || file.isUnder("shared") || file.isUnder("console");
}

// A data member of our own style ends in an underscore; plain structs of values have none.
bool hasState(std::string_view body)
{
    static const std::regex kMember(R"([\s*&>]([a-z]\w*_)\s*(;|=|\{|\[))");
    return std::regex_search(body.begin(), body.end(), kMember);
}

// The comment lines that stand directly above offset, top first.
std::vector<std::string_view> commentAbove(std::string_view text, std::size_t offset)
{
    std::vector<std::string_view> lines = splitLines(text.substr(0, offset));
    if (!lines.empty() && !text.substr(0, offset).ends_with('\n'))
        lines.pop_back();
    std::size_t first = lines.size();
    while (first > 0 && trimmed(lines[first - 1]).starts_with("//"))
        --first;
    return {lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end()};
}

bool saysWhereItLives(const std::vector<std::string_view>& comment)
{
    for (const std::string_view line : comment) {
        if (line.find("Lives on: ") != std::string_view::npos)
            return true;
    }
    return false;
}

std::vector<Finding> checkClassComments(const SourceFile& file)
{
    std::vector<Finding> found;
    if (!file.isHeader() || !isProduct(file))
        return found;
    std::set<std::string> said;
    for (const Scope& scope : findScopes(file.code)) {
        if (scope.kind != Scope::Kind::Type || scope.depthOfTypes != 0)
            continue;
        const std::size_t line = lineOf(file.code, scope.head);
        const auto comment = commentAbove(file.text, scope.head);
        const std::string_view body
            = std::string_view(file.code).substr(scope.open, scope.close - scope.open);
        if (saysWhereItLives(comment))
            said.insert(scope.name); // its specializations need not say it again
        if (hasState(body) && !said.contains(scope.name))
            found.push_back(
                {file.path, line, "lives-on",
                 scope.name
                     + " has state: its comment needs a line `Lives on: core | "
                       "control | disk | any thread ...`, so that nobody has to guess"});
        if (comment.size() > kClassCommentLines)
            found.push_back({file.path, line, "long-comment",
                             "the comment on " + scope.name + " has "
                                 + std::to_string(comment.size())
                                 + " lines, six are enough: what for, where it lives, who owns it, "
                                   "what it promises when it fails"});
    }
    return found;
}

std::vector<Finding> checkMutexes(const SourceFile& file)
{
    static const std::regex kMutex(R"(\b(std::(shared_|recursive_|timed_)?mutex|absl::Mutex|)"
                                   R"(std::condition_variable(_any)?|pthread_mutex_t)\b)");
    std::vector<Finding> found;
    std::smatch match;
    if (file.isCpp() && isProduct(file) && std::regex_search(file.code, match, kMutex))
        found.push_back({file.path, lineOf(file.code, static_cast<std::size_t>(match.position())),
                         "mutex",
                         match.str()
                             + ": threads here exchange moved values; a lock needs a line "
                               "in tests/tidy/exceptions.txt that says what it guards and why"});
    return found;
}

std::string rulesFound(const char* text)
{
    std::string rules;
    for (const Finding& finding : checkClassComments(makeSource("agent/http/a.h", text)))
        rules += finding.rule + " ";
    return rules;
}

TEST(Threads, AClassWithStateSaysWhereItLives)
{
    EXPECT_EQ(rulesFound("// A shelf. Lives on: core.\nclass A {\n    int x_ = 0;\n};\n"), "");
    EXPECT_EQ(rulesFound("// Lives on: core.\ntemplate <typename T>\nclass A {\n    T x_;\n};\n"),
              "");
    EXPECT_EQ(rulesFound("// A shelf.\nclass A {\n    int x_ = 0;\n};\n"), "lives-on ");
    EXPECT_EQ(rulesFound("// Lives on: core.\n\nclass A {\n    Map<int> x_;\n};\n"), "lives-on ");
    EXPECT_EQ(rulesFound("struct Value {\n    int x = 0;\n    int size_of();\n};\n"), "");
}

TEST(Threads, AClassCommentHasSixLinesAtMost)
{
    EXPECT_EQ(rulesFound("// 1\n// 2\n// 3\n// 4\n// 5\n// 6\nstruct A {\n};\n"), "");
    EXPECT_EQ(rulesFound("// 1\n// 2\n// 3\n// 4\n// 5\n// 6\n// 7\nstruct A {\n};\n"),
              "long-comment ");
}

TEST(Threads, MutexesAreFound)
{
    EXPECT_EQ(checkMutexes(makeSource("agent/a/b.cpp", "std::mutex guard_;")).size(), 1u);
    EXPECT_EQ(checkMutexes(makeSource("agent/a/b.cpp", "// std::mutex\n")).size(), 0u);
    EXPECT_EQ(checkMutexes(makeSource("tests/a/b.cpp", "std::mutex guard_;")).size(), 0u);
}

TEST(Threads, TheTreeSaysWhereItLives)
{
    std::vector<Finding> found;
    for (const SourceFile& file : tree()) {
        for (const auto& part : {checkClassComments(file), checkMutexes(file)})
            found.insert(found.end(), part.begin(), part.end());
    }

    const std::vector<Finding> left = unforgiven(found, kRules);
    EXPECT_TRUE(left.empty()) << print(left);
}

} // namespace
} // namespace signalbox::tidy
