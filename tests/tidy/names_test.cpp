// SPDX-License-Identifier: Apache-2.0
// Names say what a thing is; first lines say under which licence, and that a header is read once.
#include "tests/tidy/findings.h"
#include "tests/tidy/scopes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

namespace signalbox::tidy {
namespace {

const std::vector<std::string> kRules{"licence",       "pragma-once", "empty-word", "file-name",
                                      "bool-argument", "leftover",    "white-space"};

// Formats that know no comments, and prose, carry no licence line: README.md speaks for them.
bool carriesLicence(const SourceFile& file)
{
    for (const char* ending : {".md", ".json", ".txt"}) {
        if (file.path.ends_with(ending) && file.name() != "CMakeLists.txt")
            return false;
    }
    return !file.name().starts_with("LICENSE") && !file.isUnder("tests/data")
        && !file.isUnder("tests/fuzz/corpus");
}

std::vector<Finding> checkLicence(const SourceFile& file)
{
    if (!carriesLicence(file))
        return {};
    const std::string licence = file.isUnder("console") ? "GPL-3.0-or-later" : "Apache-2.0";
    const std::vector<std::string_view> lines = splitLines(file.text);
    const std::size_t at = !lines.empty() && lines[0].starts_with("#!") ? 1 : 0;
    if (at < lines.size() && lines[at].ends_with("SPDX-License-Identifier: " + licence))
        return {};
    return {{file.path, at + 1, "licence",
             "the first line says `SPDX-License-Identifier: " + licence
                 + "` (console/ is GPL for "
                   "the sake of Qt Charts, everything else is Apache)"}};
}

std::vector<Finding> checkPragma(const SourceFile& file)
{
    if (!file.isHeader())
        return {};
    const std::vector<std::string_view> lines = splitLines(file.text);
    if (lines.size() > 1 && lines[1] == "#pragma once")
        return {};
    return {{file.path, 2, "pragma-once", "the second line of a header is `#pragma once`"}};
}

std::vector<Finding> checkTypeNames(const SourceFile& file)
{
    static const std::regex kEmpty("(Manager|Helper|Utils?|Impl)($|[A-Z])");
    std::vector<Finding> found;
    if (!file.isCpp())
        return found;
    for (const Scope& scope : findScopes(file.code)) {
        const bool isType = scope.kind == Scope::Kind::Type || scope.kind == Scope::Kind::Enum;
        if (isType && std::regex_search(scope.name, kEmpty))
            found.push_back({file.path, lineOf(file.code, scope.head), "empty-word",
                             scope.name + " says nothing: name what it keeps or does (glossary)"});
    }
    return found;
}

std::vector<Finding> checkFileName(const SourceFile& file)
{
    static const std::regex kSnake("[a-z0-9_]+\\.(h|cpp|proto)");
    static const std::regex kEmpty("(^|_)(manager|helpers?|utils?|impl|misc|common)(_|\\.)");
    const std::string name = file.name();
    if (!file.isCpp() && !file.path.ends_with(".proto"))
        return {};
    if (!std::regex_match(name, kSnake))
        return {{file.path, 0, "file-name", "files are snake_case"}};
    if (file.isCpp() && std::regex_search(name, kEmpty))
        return {{file.path, 0, "empty-word", "the name of a file is the noun that it is about"}};
    return {};
}

std::vector<Finding> checkBoolArguments(const SourceFile& file)
{
    static const std::regex kBool(R"([(,]\s*bool\s+\w+\s*(=\s*\w+\s*)?[,)])");
    std::vector<Finding> found;
    if (!file.isHeader())
        return found;
    for (auto it = std::sregex_iterator(file.code.begin(), file.code.end(), kBool);
         it != std::sregex_iterator(); ++it)
        found.push_back({file.path, lineOf(file.code, static_cast<std::size_t>(it->position()) + 1),
                         "bool-argument",
                         "f(true) says nothing at the call: take an enum with two words"});
    return found;
}

std::vector<Finding> checkLeftovers(const SourceFile& file)
{
    // Spelled in halves, so that this file passes its own rule.
    static const std::regex kLeftover("\\b(TO"
                                      "DO|FIX"
                                      "ME|XX"
                                      "X|HA"
                                      "CK)\\b");
    std::vector<Finding> found;
    std::size_t number = 0;
    for (const std::string_view line : splitLines(file.text)) {
        ++number;
        if (std::regex_search(line.begin(), line.end(), kLeftover))
            found.push_back({file.path, number, "leftover",
                             "finish it now, or say in prose what is not there and why"});
    }
    return found;
}

std::vector<Finding> checkWhiteSpace(const SourceFile& file)
{
    std::vector<Finding> found;
    if (file.isUnder("tests/data") || file.isUnder("tests/fuzz/corpus"))
        return found;
    std::size_t number = 0;
    for (const std::string_view line : splitLines(file.text)) {
        ++number;
        if (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
            found.push_back({file.path, number, "white-space", "blanks at the end of the line"});
        else if (line.find('\t') != std::string_view::npos)
            found.push_back({file.path, number, "white-space", "a tab: every reader sees another"});
    }
    if (!file.text.empty() && file.text.back() != '\n')
        found.push_back({file.path, number, "white-space", "no newline at the end"});
    return found;
}

TEST(Names, LicenceFollowsTheHouse)
{
    const auto finds = [](const char* path, const char* text) {
        return checkLicence(makeSource(path, text)).size();
    };

    EXPECT_EQ(finds("agent/a.h", "// SPDX-License-Identifier: Apache-2.0\n"), 0u);
    EXPECT_EQ(finds("run", "#!/bin/bash\n# SPDX-License-Identifier: Apache-2.0\n"), 0u);
    EXPECT_EQ(finds("agent/a.h", "// SPDX-License-Identifier: GPL-3.0-or-later\n"), 1u);
    EXPECT_EQ(finds("console/a.h", "// SPDX-License-Identifier: Apache-2.0\n"), 1u);
    EXPECT_EQ(finds("console/a.h", ""), 1u);
}

TEST(Names, HeadersAreReadOnce)
{
    EXPECT_EQ(checkPragma(makeSource("a.h", "// SPDX\n#pragma once\n")).size(), 0u);
    EXPECT_EQ(checkPragma(makeSource("a.h", "// SPDX\n#ifndef A\n")).size(), 1u);
}

TEST(Names, EmptyWordsAreFound)
{
    const auto types
        = [](const char* text) { return checkTypeNames(makeSource("a.h", text)).size(); };

    EXPECT_EQ(types("class PoolKeeper { };"), 0u);
    EXPECT_EQ(types("class ImplicitGrant { };"), 0u);
    EXPECT_EQ(types("class PoolManager { };"), 1u);
    EXPECT_EQ(types("struct StringUtils { };"), 1u);
    EXPECT_EQ(types("class A { struct Impl { }; };"), 1u);
    EXPECT_EQ(checkFileName(makeSource("agent/http/string_utils.h", "")).size(), 1u);
    EXPECT_EQ(checkFileName(makeSource("agent/http/HttpParser.h", "")).size(), 1u);
    EXPECT_EQ(checkFileName(makeSource("agent/http/h1_parser.h", "")).size(), 0u);
}

TEST(Names, BoolArgumentsAreFoundInHeaders)
{
    const auto finds
        = [](const char* text) { return checkBoolArguments(makeSource("a.h", text)).size(); };

    EXPECT_EQ(finds("bool isOpen(int x);"), 0u);
    EXPECT_EQ(finds("std::function<void(bool)> onEnd;"), 0u);
    EXPECT_EQ(finds("void open(int x, bool fast);"), 1u);
    EXPECT_EQ(finds("void open(bool fast = true);"), 1u);
}

TEST(Names, LeftoversAndBlanksAreFound)
{
    const std::string note = std::string("// TO") + "DO later\n";

    EXPECT_EQ(checkLeftovers(makeSource("a.h", note)).size(), 1u);
    EXPECT_EQ(checkWhiteSpace(makeSource("a.h", "int x; \n")).size(), 1u);
    EXPECT_EQ(checkWhiteSpace(makeSource("a.h", "\tint x;\n")).size(), 1u);
    EXPECT_EQ(checkWhiteSpace(makeSource("a.h", "int x;")).size(), 1u);
    EXPECT_EQ(checkWhiteSpace(makeSource("a.h", "int x;\n")).size(), 0u);
}

TEST(Names, TheTreeIsNamedWell)
{
    std::vector<Finding> found;
    for (const SourceFile& file : tree()) {
        for (const auto& part :
             {checkLicence(file), checkPragma(file), checkTypeNames(file), checkFileName(file),
              checkBoolArguments(file), checkLeftovers(file), checkWhiteSpace(file)})
            found.insert(found.end(), part.begin(), part.end());
    }

    const std::vector<Finding> left = unforgiven(found, kRules);
    EXPECT_TRUE(left.empty()) << print(left);
}

} // namespace
} // namespace signalbox::tidy
