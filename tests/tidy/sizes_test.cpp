// SPDX-License-Identifier: Apache-2.0
// What fits on a screen can be read at night: limits on lines, functions, files and rooms.
#include "tests/tidy/findings.h"
#include "tests/tidy/scopes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace signalbox::tidy {
namespace {

const std::vector<std::string> kRules{"file-size", "function-size", "line-width", "room-size"};

constexpr std::size_t kFileLines = 600;
constexpr std::size_t kHeaderLines = 250;
constexpr std::size_t kFunctionLines = 70;
constexpr std::size_t kTestFunctionLines = 120;
constexpr std::size_t kColumns = 100;
constexpr std::size_t kRoomFiles = 24;

std::string tooBig(const std::string& what, std::size_t size, std::size_t limit, const char* advice)
{
    return what + " has " + std::to_string(size) + " lines, the limit is " + std::to_string(limit)
        + ": " + advice;
}

std::vector<Finding> checkFileSize(const SourceFile& file)
{
    if (!file.isCpp())
        return {};
    const std::size_t lines = splitLines(file.text).size();
    const std::size_t limit = file.isHeader() ? kHeaderLines : kFileLines;
    if (lines <= limit)
        return {};
    return {{file.path, 0, "file-size",
             tooBig("the file", lines, limit, "split it by what it is about")}};
}

std::vector<Finding> checkFunctionSizes(const SourceFile& file)
{
    std::vector<Finding> found;
    if (!file.isCpp())
        return found;
    const std::size_t limit = file.isUnder("tests") ? kTestFunctionLines : kFunctionLines;
    for (const Scope& scope : findScopes(file.code)) {
        if (scope.kind != Scope::Kind::Function)
            continue;
        const std::size_t first = lineOf(file.code, scope.head);
        const std::size_t lines = lineOf(file.code, scope.close) - first + 1;
        if (lines > limit)
            found.push_back({file.path, first, "function-size",
                             tooBig(scope.name, lines, limit, "a function fits a screen")});
    }
    return found;
}

std::size_t columnsOf(std::string_view line)
{
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; // not a UTF-8 continuation byte
    }));
}

std::vector<Finding> checkLineWidths(const SourceFile& file)
{
    std::vector<Finding> found;
    if (!file.isCpp() && !file.path.ends_with(".proto") && !file.path.ends_with(".cmake"))
        return found;
    std::size_t number = 0;
    for (const std::string_view line : splitLines(file.text)) {
        ++number;
        if (columnsOf(line) > kColumns)
            found.push_back({file.path, number, "line-width",
                             std::to_string(columnsOf(line)) + " columns, the limit is "
                                 + std::to_string(kColumns)});
    }
    return found;
}

std::vector<Finding> checkRoomSizes(const std::vector<SourceFile>& files)
{
    std::map<std::string, std::set<std::string>> byFolder;
    for (const SourceFile& file : files) {
        if (file.isCpp())
            byFolder[file.folder()].insert(file.name());
    }
    std::vector<Finding> found;
    for (const auto& [folder, names] : byFolder) {
        if (names.size() > kRoomFiles)
            found.push_back({folder, 0, "room-size",
                             std::to_string(names.size()) + " files, the limit is "
                                 + std::to_string(kRoomFiles) + ": split the room by its nouns"});
    }
    return found;
}

std::string functionOf(std::size_t lines)
{
    std::string text = "namespace a {\nint f(int x)\n{\n";
    for (std::size_t line = 0; line + 3 < lines; ++line)
        text += "    x += 1; // { not a brace\n";
    return text + "}\n}\n";
}

TEST(Sizes, AFunctionMayFillAScreenAndNoMore)
{
    const auto rules = [](const std::string& path, std::size_t lines) {
        return checkFunctionSizes(makeSource(path, functionOf(lines))).size();
    };

    EXPECT_EQ(rules("agent/http/a.cpp", kFunctionLines), 0u);
    EXPECT_EQ(rules("agent/http/a.cpp", kFunctionLines + 1), 1u);
    EXPECT_EQ(rules("tests/unit/a_test.cpp", kTestFunctionLines), 0u);
    EXPECT_EQ(rules("tests/unit/a_test.cpp", kTestFunctionLines + 1), 1u);
}

TEST(Sizes, FunctionsAreFoundInClassesTemplatesAndConstructors)
{
    const std::string code = "template <typename A, class B>\n"
                             "class Shelf final : public Base {\n"
                             "public:\n"
                             "    Shelf(int a) : a_{a}, b_(2) { start(); }\n"
                             "    int get() const { return a_; }\n"
                             "private:\n"
                             "    int a_ = 65'536;\n"
                             "    std::vector<int> list_{1, 2};\n"
                             "};\n"
                             "const int kTable[] = {1, 2};\n"
                             "Shelf::Shelf(int a)\n"
                             "    : a_{a}\n"
                             "{\n"
                             "}\n"
                             "#define MACRO(x) do { x; } while (false)\n"
                             "TEST(Shelf, Opens) { }\n";

    std::string names;
    for (const Scope& scope : findScopes(blankCommentsAndLiterals(code)))
        names += scope.name + " ";

    EXPECT_EQ(names, "Shelf Shelf get Shelf::Shelf TEST(Shelf, Opens) ");
}

TEST(Sizes, FilesLinesAndRoomsHaveLimits)
{
    const std::string line = "int x;\n";
    std::string header;
    for (std::size_t i = 0; i <= kHeaderLines; ++i)
        header += line;
    std::vector<SourceFile> room;
    for (std::size_t i = 0; i <= kRoomFiles; ++i)
        room.push_back(makeSource("agent/http/file" + std::to_string(i) + ".cpp", ""));

    EXPECT_EQ(checkFileSize(makeSource("a/b.h", header)).size(), 1u);
    EXPECT_EQ(checkFileSize(makeSource("a/b.cpp", header)).size(), 0u);
    EXPECT_EQ(checkLineWidths(makeSource("a.h", std::string(kColumns, 'x'))).size(), 0u);
    EXPECT_EQ(checkLineWidths(makeSource("a.h", std::string(kColumns + 1, 'x'))).size(), 1u);
    EXPECT_EQ(checkLineWidths(makeSource("a.h", std::string(kColumns - 1, 'x') + "→")).size(), 0u);
    EXPECT_EQ(checkRoomSizes(room).size(), 1u);
}

TEST(Sizes, TheTreeKeepsItsLimits)
{
    std::vector<Finding> found = checkRoomSizes(tree());
    for (const SourceFile& file : tree()) {
        for (const auto& part :
             {checkFileSize(file), checkFunctionSizes(file), checkLineWidths(file)})
            found.insert(found.end(), part.begin(), part.end());
    }

    const std::vector<Finding> left = unforgiven(found, kRules);
    EXPECT_TRUE(left.empty()) << print(left);
}

} // namespace
} // namespace signalbox::tidy
