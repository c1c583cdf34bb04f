// SPDX-License-Identifier: Apache-2.0
// What resources/ shows to users is what the agent does: the table of defaults, the samples.
#include "agent/process/config/config_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace signalbox::process {
namespace {

std::filesystem::path resources()
{
    return std::filesystem::path(__FILE__).parent_path() / "../../../../../resources";
}

std::string readText(const std::filesystem::path& file)
{
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The text between the fences of the first yaml block.
std::string yamlBlock(const std::string& page)
{
    const std::string open = "```yaml\n";
    const std::size_t start = page.find(open);
    const std::size_t end = page.find("```\n", start + open.size());
    return start == std::string::npos || end == std::string::npos
        ? ""
        : page.substr(start + open.size(), end - start - open.size());
}

TEST(Manual, ShowsTheDefaultsThatTheAgentHas)
{
    const std::string shown = yamlBlock(readText(resources() / "manual/configuration.md"));

    EXPECT_EQ(shown, describeDefaults())
        << "put the output of `signalbox-agent config --defaults` into configuration.md";
}

TEST(Samples, OfAgentsLoadWithoutAProblem)
{
    for (const char* name : {"gateway.yaml", "instance.yaml"}) {
        const LoadedConfig loaded
            = loadConfig((resources() / "samples" / name).string(), {{"HOME", "/nonexistent"}});

        for (const ConfigProblem& problem : loaded.problems)
            ADD_FAILURE() << problem.line();
        EXPECT_FALSE(loaded.config.id.empty()) << name;
    }
}

} // namespace
} // namespace signalbox::process
