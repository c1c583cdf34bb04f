// SPDX-License-Identifier: Apache-2.0
#include "tests/scenario/live_fleet.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace signalbox::tests {
namespace {

namespace fs = std::filesystem;

// A screen reader has its own way into the window, which only a real display opens.
TEST(ScreenReader, FindsANameForEverythingThatCanBeUsedAndEveryNodeOfTheTopology)
{
    LiveFleet fleet({"--instances", "2", "--no-traffic"});
    TemporaryFolder home;
    fs::permissions(home.path(), fs::perms::owner_all); // as a runtime directory must be
    const std::string console = programPath("signalbox") + " --connect "
        + fleet.gateways().front().control + " signalbox://local/topology";
    const std::string reader
        = std::string(SIGNALBOX_STORIES) + "/at_spi_client.py gateway-1 chat-1 chat-2";

    ChildProcess session({"env", "HOME=" + home.path(), "XDG_RUNTIME_DIR=" + home.path(),
                          "QT_QPA_PLATFORM=xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1", "xvfb-run",
                          "-a", "dbus-run-session", "--", "sh", "-c",
                          console + " & console=$!; /usr/bin/python3 " + reader
                              + "; found=$?; kill $console; exit $found"});

    EXPECT_EQ(session.wait(), 0) << session.output();
}

} // namespace
} // namespace signalbox::tests
