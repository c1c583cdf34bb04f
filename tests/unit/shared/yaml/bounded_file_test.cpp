// SPDX-License-Identifier: Apache-2.0
#include "shared/yaml/bounded_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace signalbox::yaml {
namespace {

TEST(BoundedFile, ReadsRegularFilesOnlyAndNeverWaits)
{
    const auto directory
        = std::filesystem::temp_directory_path() / ("bounded_file_" + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    const std::string file = directory / "file";
    const std::string fifo = directory / "fifo";
    std::ofstream(file) << "12345";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);

    EXPECT_EQ(*readBoundedFile(file, 5), "12345");
    EXPECT_EQ(readBoundedFile(file, 4).error().text(), file + ": larger than 4 bytes");
    EXPECT_EQ(readBoundedFile(fifo, 5).error().text(), fifo + ": not a regular file");
    EXPECT_EQ(readBoundedFile(directory, 5).error().text(),
              directory.string() + ": not a regular file");
    EXPECT_FALSE(readBoundedFile(directory / "missing", 5));
    EXPECT_EQ(readBoundedFile("/dev/zero", 5).error().text(), "/dev/zero: not a regular file");

    std::filesystem::remove_all(directory);
}

} // namespace
} // namespace signalbox::yaml
