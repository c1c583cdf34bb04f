// SPDX-License-Identifier: Apache-2.0
// An operator gives a pool more instances and takes them away again while clients keep coming.
#include "tests/lab/kit/whole_file.h"
#include "tests/scenario/live_fleet.h"
#include "tests/scenario/load.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <csignal>
#include <filesystem>
#include <map>

namespace signalbox::tests {
namespace {

struct Instance {
    std::string state;
    pid_t engine = 0;
    pid_t agent = 0;
    std::int64_t restarts = 0;
    std::string logs;
};

// What the first gateway says of the instances that it starts.
std::map<std::string, Instance> instancesOf(const LiveFleet& fleet)
{
    const Finished answer = fleet.ctl({"--output", "json", "get", "fleet"});
    std::map<std::string, Instance> instances;
    simdjson::dom::parser parser;
    const simdjson::dom::element root = parser.parse(answer.output).value();
    for (const simdjson::dom::element agent : root["agents"].get_array()) {
        for (const simdjson::dom::element pool : agent["scaling"].get_array()) {
            for (const simdjson::dom::element one : pool["instances"].get_array()) {
                Instance& instance = instances[std::string(one["id"].get_string().value())];
                instance.state = one["state"].get_string().value();
                instance.engine = static_cast<pid_t>(one["engine_pid"].get_int64().value());
                instance.agent = static_cast<pid_t>(one["agent_pid"].get_int64().value());
                instance.restarts = one["restarts"].get_int64().value();
                instance.logs = one["logs"].get_string().value();
            }
        }
    }
    return instances;
}

Finished scaleTo(const LiveFleet& fleet, const std::string& count)
{
    return fleet.ctl(
        {"scale", "chat", count, "--yes", "--cause", "scale " + count, "--wait", "120s"});
}

std::vector<pid_t> pidsOf(const std::map<std::string, Instance>& instances)
{
    std::vector<pid_t> pids;
    for (const auto& [id, instance] : instances) {
        pids.push_back(instance.engine);
        pids.push_back(instance.agent);
    }
    return pids;
}

TEST(Scale, OutAndInUnderLoadLosesNoAnswerAndLeavesNoProcess)
{
    LiveFleet fleet;
    Load load(fleet.gateway(), {"--rate", "6", "--duration", "20"});
    ASSERT_TRUE(load.hasBegun());

    const Finished out = scaleTo(fleet, "5");

    ASSERT_EQ(out.status, 0) << out.output;
    EXPECT_NE(out.output.find("pool chat instances: 3 -> 5"), std::string::npos) << out.output;
    EXPECT_NE(out.output.find("5 wanted: 3 by others, 2 ready"), std::string::npos) << out.output;
    const auto instances = instancesOf(fleet);
    ASSERT_EQ(instances.size(), 2u);
    EXPECT_EQ(instances.at("chat-4").state, "ready");
    for (const char* log : {"/engine.log", "/agent.log"})
        EXPECT_TRUE(std::filesystem::exists(instances.at("chat-5").logs + log));

    const Finished in = scaleTo(fleet, "3");

    ASSERT_EQ(in.status, 0) << in.output;
    EXPECT_NE(in.output.find("they are drained first"), std::string::npos) << in.output;
    EXPECT_NE(in.output.find("3 wanted: 3 by others, 0 ready"), std::string::npos) << in.output;
    EXPECT_TRUE(instancesOf(fleet).empty());
    EXPECT_TRUE(allEnd(pidsOf(instances)));
    EXPECT_TRUE(std::filesystem::exists(instances.at("chat-5").logs + "/agent.log"));
    const LoadResult result = load.finish();
    EXPECT_EQ(result.ok, result.requests) << result.report;
    EXPECT_GT(result.requests, 20u);
    EXPECT_EQ(result.unfinished, 0u);
    const Finished audit = fleet.ctl({"get", "audit", "--verify"});
    EXPECT_EQ(audit.status, 0) << audit.output;
    const Finished records = fleet.ctl({"get", "audit"});
    EXPECT_NE(records.output.find("scale chat to 3 -chat-"), std::string::npos)
        << records.output;
}

TEST(Scale, IsUndoneAndAnEngineThatIsKilledComesBack)
{
    LiveFleet fleet({"--instances", "1"});
    const auto watch = fleet.watch();
    ASSERT_EQ(scaleTo(fleet, "2").status, 0);
    const Instance before = instancesOf(fleet).at("chat-2");

    ::kill(before.engine, SIGKILL);

    ASSERT_TRUE(watch->waitForLine("chat-2 of pool chat is backing off"));
    ASSERT_TRUE(watch->waitForLines("chat-2 of pool chat is ready", 2)); // for the second time
    const Instance after = instancesOf(fleet).at("chat-2");
    EXPECT_NE(after.engine, before.engine);
    EXPECT_EQ(after.agent, before.agent);
    EXPECT_EQ(after.restarts, 1);

    const Finished undo
        = fleet.ctl({"undo", "2", "--yes", "--cause", "not needed", "--wait", "120s"});

    EXPECT_EQ(undo.status, 0) << undo.output;
    EXPECT_TRUE(allEnd({after.engine, after.agent}));
}

TEST(Scale, ASupervisorThatIsKilledLeaksNoProcess)
{
    LiveFleet fleet({"--instances", "1"});
    ASSERT_EQ(scaleTo(fleet, "3").status, 0);
    const std::vector<pid_t> pids = pidsOf(instancesOf(fleet));
    ASSERT_EQ(pids.size(), 4u);

    ::kill(fleet.gateways().at(0).pid, SIGKILL);

    EXPECT_TRUE(allEnd(pids));
}

TEST(Scale, TheFleetsEndEndsWhatWasScaled)
{
    std::vector<pid_t> pids;
    {
        LiveFleet fleet({"--instances", "1"});
        ASSERT_EQ(scaleTo(fleet, "2").status, 0);
        pids = pidsOf(instancesOf(fleet));
    }
    EXPECT_EQ(pids.size(), 2u);
    EXPECT_TRUE(allEnd(pids));
}

} // namespace
} // namespace signalbox::tests
