// SPDX-License-Identifier: Apache-2.0
#include "agent/control/files/durable_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace signalbox::control {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Folder {
public:
    Folder()
    {
        std::string pattern = fs::temp_directory_path() / "signalbox-durable-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    ~Folder() { fs::remove_all(path_); }
    std::string at(const std::string& name) const { return (path_ / name).string(); }

private:
    fs::path path_;
};

std::string contentOf(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void overwrite(const std::string& path, const std::string& bytes)
{
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST(DurableFile, GivesBackWhatWasWrittenAndKeepsTheGenerationBefore)
{
    Folder folder;
    const DurableFile file(folder.at("fleet"), 1000);

    ASSERT_TRUE(file.write("first"));
    ASSERT_TRUE(file.write("second\nwith a line\n"));

    const auto read = file.read();
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->body, "second\nwith a line\n");
    EXPECT_EQ(read->newestDamage, "");
    EXPECT_THAT(contentOf(folder.at("fleet.previous")), HasSubstr("\nfirst"));
    EXPECT_FALSE(fs::exists(folder.at("fleet.new")));
}

TEST(DurableFile, NothingThereIsNotFound)
{
    Folder folder;

    const auto read = DurableFile(folder.at("fleet"), 1000).read();

    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), base::Code::NotFound);
}

// Every single byte of the newest generation, damaged in turn: never believed.
TEST(DurableFile, ADamagedNewestGenerationFallsBackToTheOneBefore)
{
    Folder folder;
    const DurableFile file(folder.at("fleet"), 1000);
    ASSERT_TRUE(file.write("first"));
    ASSERT_TRUE(file.write("second"));
    const std::string whole = contentOf(folder.at("fleet"));

    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
        overwrite(folder.at("fleet"), damaged);
        const auto read = file.read();
        ASSERT_TRUE(read) << "byte " << i;
        EXPECT_EQ(read->body, "first") << "byte " << i;
        EXPECT_THAT(read->newestDamage, HasSubstr("is damaged")) << "byte " << i;
    }
    for (std::size_t length = 0; length < whole.size(); ++length) {
        overwrite(folder.at("fleet"), whole.substr(0, length));
        EXPECT_EQ(file.read()->body, "first") << "cut at " << length;
    }
}

TEST(DurableFile, AWriteOverADamagedGenerationKeepsTheIntactOne)
{
    Folder folder;
    const DurableFile file(folder.at("fleet"), 1000);
    ASSERT_TRUE(file.write("first"));
    ASSERT_TRUE(file.write("second"));
    overwrite(folder.at("fleet"), "noise");

    ASSERT_TRUE(file.write("third"));
    overwrite(folder.at("fleet"), "noise again");

    EXPECT_EQ(file.read()->body, "first");
}

TEST(DurableFile, ACrashBetweenTheTwoRenamesLosesNothing)
{
    Folder folder;
    const DurableFile file(folder.at("fleet"), 1000);
    ASSERT_TRUE(file.write("first"));
    fs::rename(folder.at("fleet"), folder.at("fleet.previous"));

    EXPECT_EQ(file.read()->body, "first");
}

TEST(DurableFile, BothGenerationsDamagedIsSaidWithBothReasons)
{
    Folder folder;
    const DurableFile file(folder.at("fleet"), 1000);
    ASSERT_TRUE(file.write("first"));
    ASSERT_TRUE(file.write("second"));
    overwrite(folder.at("fleet"), "noise");
    fs::resize_file(folder.at("fleet.previous"), 10);

    const auto read = file.read();

    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), base::Code::DataLoss);
    EXPECT_THAT(read.error().message(), HasSubstr("fleet is damaged"));
    EXPECT_THAT(read.error().message(), HasSubstr("fleet.previous is damaged"));
}

TEST(DurableFile, LimitsAndMissingFoldersAreErrorsThatLeaveTheOldFile)
{
    Folder folder;
    const DurableFile file(folder.at("fleet"), 10);
    ASSERT_TRUE(file.write("0123456789"));

    EXPECT_EQ(file.write("0123456789+").error().code(), base::Code::ResourceExhausted);
    EXPECT_EQ(file.read()->body, "0123456789");
    EXPECT_FALSE(DurableFile(folder.at("missing/fleet"), 10).write("x"));
    EXPECT_FALSE(DurableFile(folder.at("fleet"), 9).read());
}

TEST(DurableFile, IsReadByItsOwnerOnly)
{
    Folder folder;
    ASSERT_TRUE(DurableFile(folder.at("fleet"), 1000).write("x"));

    EXPECT_EQ(fs::status(folder.at("fleet")).permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
}

} // namespace
} // namespace signalbox::control
