// SPDX-License-Identifier: Apache-2.0
#include "agent/process/named_files.h"
#include "tests/support/child_process.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace signalbox::process {
namespace {

using ::testing::HasSubstr;

void write(const std::string& file, const std::string& text)
{
    std::ofstream(file) << text;
}

TEST(NamedFiles, ProblemsOfAllFilesAreToldTogether)
{
    tests::TemporaryFolder folder;
    std::filesystem::create_directory(folder.file("profiles"));
    write(folder.file("profiles/mine.yaml"), "name: mine\nprobes: 7\n");
    write(folder.file("seed.yaml"), "pools:\n  - {name: chat, modle: tiny}\n");
    AgentConfig config;
    config.profilesDir = folder.file("profiles");
    config.policySeed = folder.file("seed.yaml");

    const NamedFiles files = readNamedFiles(config);

    EXPECT_THAT(files.problems, ::testing::Contains(HasSubstr("mine.yaml")));
    EXPECT_THAT(files.problems, ::testing::Contains(HasSubstr("did you mean 'model'?")));
}

TEST(NamedFiles, NoneNamedIsNoProblem)
{
    const NamedFiles files = readNamedFiles(AgentConfig());

    EXPECT_TRUE(files.problems.empty());
    EXPECT_NE(files.profiles.find("vllm"), nullptr);
}

} // namespace
} // namespace signalbox::process
