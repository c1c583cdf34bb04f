// SPDX-License-Identifier: Apache-2.0
// A test owns its time and its ports: it never sleeps, never asks the wall clock, never assumes
// that a port is free.
#include "tests/tidy/findings.h"

#include <gtest/gtest.h>

#include <regex>

namespace signalbox::tidy {
namespace {

const std::vector<std::string> kRules{"sleeping-test", "fixed-port", "wall-clock"};

void findAll(const SourceFile& file, const std::string& text, const std::regex& pattern,
             const char* rule, const char* why, std::vector<Finding>& found)
{
    for (auto it = std::sregex_iterator(text.begin(), text.end(), pattern);
         it != std::sregex_iterator(); ++it)
        found.push_back({file.path, lineOf(text, static_cast<std::size_t>(it->position())), rule,
                         it->str() + ": " + why});
}

bool isTest(const SourceFile& file)
{
    return file.isCpp() && file.isUnder("tests") && !file.isUnder("tests/tidy");
}

std::vector<Finding> checkSleeps(const SourceFile& file)
{
    static const std::regex kSleep(R"(\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\()");
    std::vector<Finding> found;
    if (isTest(file))
        findAll(file, file.code, kSleep, "sleeping-test",
                "wait for the thing itself (an event, a counter, a manual clock), never for time",
                found);
    return found;
}

// A port in a test that opens sockets is somebody else's port on the next machine. Addresses that
// are only values are written with names or with 192.0.2.x, which nobody can reach.
std::vector<Finding> checkPorts(const SourceFile& file)
{
    static const std::regex kPort(R"((127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]):[1-9][0-9]+)");
    std::vector<Finding> found;
    if (isTest(file) && !file.isUnder("tests/lab"))
        findAll(file, file.text, kPort, "fixed-port",
                "bind port 0 and ask which it became; a mere example is 192.0.2.1:8800", found);
    return found;
}

std::vector<Finding> checkWallClock(const SourceFile& file)
{
    static const std::regex kWall(R"(system_clock::now|\btime\(\s*(nullptr|NULL|0)\s*\))");
    std::vector<Finding> found;
    if (isTest(file) && file.isUnder("tests/unit"))
        findAll(file, file.code, kWall, "wall-clock",
                "a test has its own time: tests/support/manual_clock.h", found);
    return found;
}

TEST(TestManner, SleepingIsFoundInTestsOnly)
{
    const std::string sleeps = "void f() { std::this_thread::sleep_for(1s); }\n";
    const std::string awake = "// sleep(1) is not called here\nvoid f() { sleeping(); }\n";

    EXPECT_EQ(checkSleeps(makeSource("tests/unit/a/b_test.cpp", sleeps)).size(), 1u);
    EXPECT_EQ(checkSleeps(makeSource("tests/lab/a/b.cpp", "void f() { ::usleep(5); }")).size(), 1u);
    EXPECT_EQ(checkSleeps(makeSource("agent/http/b.cpp", sleeps)).size(), 0u);
    EXPECT_EQ(checkSleeps(makeSource("tests/unit/a/b_test.cpp", awake)).size(), 0u);
}

TEST(TestManner, FixedPortsAreFound)
{
    const auto finds = [](const char* text) {
        return checkPorts(makeSource("tests/unit/a/b_test.cpp", text)).size();
    };

    EXPECT_EQ(finds("listen(\"127.0.0.1:8800\");"), 1u);
    EXPECT_EQ(finds("listen(\"[::1]:8800\");"), 1u);
    EXPECT_EQ(finds("listen(\"127.0.0.1:0\");"), 0u);
    EXPECT_EQ(finds("value(\"192.0.2.1:8800\");"), 0u);
}

TEST(TestManner, TheWallClockIsFound)
{
    const char* text = "auto t = std::chrono::system_clock::now();";

    EXPECT_EQ(checkWallClock(makeSource("tests/unit/a/b_test.cpp", text)).size(), 1u);
    EXPECT_EQ(checkWallClock(makeSource("tests/lab/a/b.cpp", text)).size(), 0u);
}

TEST(TestManner, TheTreeTestsWithManners)
{
    std::vector<Finding> found;
    for (const SourceFile& file : tree()) {
        for (const auto& part : {checkSleeps(file), checkPorts(file), checkWallClock(file)})
            found.insert(found.end(), part.begin(), part.end());
    }

    const std::vector<Finding> left = unforgiven(found, kRules);
    EXPECT_TRUE(left.empty()) << print(left);
}

} // namespace
} // namespace signalbox::tidy
