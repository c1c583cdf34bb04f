// SPDX-License-Identifier: Apache-2.0
// Every room has a page at its door, short enough to be read, with the same six words.
#include "tests/tidy/house_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace signalbox::tidy {
namespace {

const std::vector<std::string> kRules{"readme"};
constexpr std::size_t kReadmeLines = 40;
constexpr std::string_view kWords[]
    = {"Purpose", "Start reading at", "Lives on", "May include", "Invariants", "Not here"};

std::string_view withoutMarkup(std::string_view line)
{
    while (!line.empty() && !isWordByte(line.front()))
        line.remove_prefix(1);
    return line;
}

std::vector<Finding> checkReadme(const SourceFile& readme)
{
    std::vector<Finding> found;
    const std::vector<std::string_view> lines = splitLines(readme.text);
    if (lines.size() > kReadmeLines)
        found.push_back({readme.path, 0, "readme",
                         std::to_string(lines.size()) + " lines, the limit is "
                             + std::to_string(kReadmeLines)
                             + ": what is longer belongs into ARCHITECTURE.md"});
    for (const std::string_view word : kWords) {
        const bool said = std::any_of(lines.begin(), lines.end(), [&](std::string_view line) {
            return withoutMarkup(line).starts_with(word);
        });
        if (!said)
            found.push_back({readme.path, 0, "readme",
                             "no line begins with \"" + std::string(word)
                                 + "\": every room "
                                   "answers the same six questions"});
    }
    return found;
}

// Rooms that hold code must have a README.md; a room that is only planned has no folder yet.
std::vector<Finding> checkRooms(const HousePlan& plan, const std::vector<SourceFile>& files)
{
    std::vector<Finding> found;
    for (const Room& room : plan.rooms()) {
        const auto holds
            = [&](const SourceFile& file) { return file.isCpp() && file.folder() == room.name; };
        const auto readme = std::find_if(files.begin(), files.end(), [&](const SourceFile& file) {
            return file.path == room.name + "/README.md";
        });
        if (readme != files.end()) {
            const std::vector<Finding> part = checkReadme(*readme);
            found.insert(found.end(), part.begin(), part.end());
        } else if (std::any_of(files.begin(), files.end(), holds)) {
            found.push_back({room.name, 0, "readme", "the room has no README.md"});
        }
    }
    return found;
}

std::string goodReadme()
{
    return "# agent/http\n**Purpose** · bytes.\n- Start reading at: `a.h`\nLives on: core\n"
           "May include: runtime\n## Invariants\nNot here: policy.\n";
}

TEST(Readmes, ARoomAnswersSixQuestions)
{
    const SourceFile good = makeSource("agent/http/README.md", goodReadme());
    const SourceFile bad = makeSource("agent/http/README.md", "# agent/http\nPurpose: bytes.\n");

    EXPECT_TRUE(checkReadme(good).empty());
    EXPECT_EQ(checkReadme(bad).size(), std::size(kWords) - 1);
}

TEST(Readmes, AReadmeIsShort)
{
    const std::string padding(kReadmeLines, '\n');

    EXPECT_EQ(checkReadme(makeSource("agent/http/README.md", goodReadme() + padding)).size(), 1u);
}

TEST(Readmes, ARoomWithCodeNeedsOne)
{
    const HousePlan plan = HousePlan::parse("agent/http : :\nagent/later : :\n");
    const std::vector<SourceFile> files{makeSource("agent/http/a.cpp", "")};

    EXPECT_EQ(checkRooms(plan, files).size(), 1u);
}

TEST(Readmes, TheTreeHasThem)
{
    const std::vector<Finding> left = unforgiven(checkRooms(HousePlan::ofTree(), tree()), kRules);
    EXPECT_TRUE(left.empty()) << print(left);
}

} // namespace
} // namespace signalbox::tidy
