// SPDX-License-Identifier: Apache-2.0
// The program behind ./run: what it starts ends with it, and nothing else does.
#include "tests/scenario/live_fleet.h"

#include <gtest/gtest.h>

#include <csignal>

namespace signalbox::tests {
namespace {

std::vector<pid_t> pidsOf(const LiveFleet& fleet)
{
    std::vector<pid_t> pids;
    for (const LiveAgent& gateway : fleet.gateways())
        pids.push_back(gateway.pid);
    for (const LiveAgent& agent : fleet.agents()) {
        pids.push_back(agent.pid);
        pids.push_back(agent.enginePid);
    }
    return pids;
}

TEST(FleetProgram, KilledWithNineItTakesEverythingWithIt)
{
    LiveFleet fleet({"--instances", "2"});
    const std::vector<pid_t> pids = pidsOf(fleet);
    ASSERT_EQ(pids.size(), 5u);

    fleet.program().signal(SIGKILL);

    EXPECT_TRUE(allEnd(pids));
}

TEST(FleetProgram, ASecondStartSaysWhoIsThereAndHarmsNothing)
{
    LiveFleet fleet({"--instances", "1"});

    const Finished second = runToEnd({programPath("signalbox-lab-fleet"), "--headless", "--ports",
                                      "any", "--data", fleet.dataFolder() + "/data"});

    EXPECT_NE(second.status, 0);
    EXPECT_NE(second.output.find("runs already"), std::string::npos) << second.output;
    EXPECT_EQ(fleet.ctl({"get", "agents"}).status, 0);
}

TEST(FleetProgram, RecognisesAnEngineThatTheUserRuns)
{
    TemporaryFolder folder;
    ChildProcess engine({programPath("signalbox-engine-sim"), "--ready-file", folder.file("ready"),
                         "--model", "my-model"});
    const auto line = engine.waitForLine("http://");
    ASSERT_TRUE(line) << engine.output();
    const std::size_t at = line->find("http://");
    const std::string url = line->substr(at, line->find_first_of(" ,\"", at) - at);

    {
        LiveFleet fleet({"--engine", url});
        const Finished agents = fleet.ctl({"--output", "json", "get", "agents"});
        EXPECT_NE(agents.output.find("my-model"), std::string::npos) << agents.output;
        EXPECT_NE(agents.output.find(R"("profile":"vllm")"), std::string::npos) << agents.output;
    }

    // It was the user's, so it still runs.
    EXPECT_EQ(runToEnd({"curl", "-sf", url + "/v1/models"}).status, 0);
}

} // namespace
} // namespace signalbox::tests
