// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace signalbox::tests {

// Recordings of real engines and traces, beside the source tree; $SIGNALBOX_DATA names another
// place.
inline std::filesystem::path recordedDataDirectory()
{
    if (const char* given = std::getenv("SIGNALBOX_DATA"))
        return given;
    const std::filesystem::path root = std::filesystem::path(__FILE__).parent_path() / "../..";
    return (root / "../shared/data").lexically_normal();
}

inline std::string wholeFile(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Recordings may begin with the head of the answer they came in.
inline std::pair<std::string, std::string> headAndBody(const std::string& recorded)
{
    if (!recorded.starts_with("HTTP/"))
        return {"", recorded};
    for (const char* gap : {"\r\n\r\n", "\n\n"}) {
        const std::size_t end = recorded.find(gap);
        if (end != std::string::npos)
            return {recorded.substr(0, end), recorded.substr(end + std::string(gap).size())};
    }
    return {recorded, ""};
}

} // namespace signalbox::tests

// Skips a test where the recordings are not at hand.
#define SB_NEEDS_RECORDED_DATA(folder)                                                             \
    if (!std::filesystem::exists(signalbox::tests::recordedDataDirectory() / (folder)))            \
    GTEST_SKIP() << "no recordings at "                                                            \
                 << (signalbox::tests::recordedDataDirectory() / (folder)).string()                \
                 << "; set SIGNALBOX_DATA to their directory"
