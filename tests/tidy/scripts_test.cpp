// SPDX-License-Identifier: Apache-2.0
// Scripts parse, stop at the first failure, and can be executed.
#include "tests/tidy/findings.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <regex>

namespace signalbox::tidy {
namespace {

const std::vector<std::string> kRules{"script"};

bool isScript(const SourceFile& file)
{
    static const std::regex kShell("^#!.*\\b(ba)?sh\\b");
    return std::regex_search(file.text.substr(0, file.text.find('\n')), kShell);
}

std::vector<Finding> checkScript(const SourceFile& file)
{
    static const std::regex kStrict(R"((^|\n)set -[a-z]*e[a-z]*u)");
    if (!isScript(file) || std::regex_search(file.text, kStrict))
        return {};
    return {{file.path, 0, "script",
             "`set -eu` (or -euo pipefail) near the top: a script that goes on after a failure "
             "fails somewhere else, later"}};
}

std::vector<Finding> checkOnDisk(const SourceFile& file, const std::string& root)
{
    std::vector<Finding> found;
    const std::string path = root + "/" + file.path;
    if (!isScript(file))
        return found;
    if (::access(path.c_str(), X_OK) != 0)
        found.push_back({file.path, 0, "script", "is not executable"});
    if (std::system(("bash -n '" + path + "'").c_str()) != 0)
        found.push_back({file.path, 0, "script", "bash -n finds a syntax error"});
    return found;
}

TEST(Scripts, StopAtTheFirstFailure)
{
    const auto finds = [](const char* path, const char* text) {
        return checkScript(makeSource(path, text)).size();
    };

    EXPECT_EQ(finds("run", "#!/usr/bin/env bash\nset -euo pipefail\n"), 0u);
    EXPECT_EQ(finds("run", "#!/bin/sh\necho\n"), 1u);
    EXPECT_EQ(finds("a.cpp", "int main;\n"), 0u);
}

TEST(Scripts, TheTreesScriptsParse)
{
    std::vector<Finding> found;
    for (const SourceFile& file : tree()) {
        for (const auto& part : {checkScript(file), checkOnDisk(file, SIGNALBOX_SOURCE_ROOT)})
            found.insert(found.end(), part.begin(), part.end());
    }

    const std::vector<Finding> left = unforgiven(found, kRules);
    EXPECT_TRUE(left.empty()) << print(left);
}

} // namespace
} // namespace signalbox::tidy
