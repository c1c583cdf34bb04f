// SPDX-License-Identifier: Apache-2.0
// Policy and its audit are one transaction: whatever is killed, neither is there without the other.
#include "tests/scenario/live_fleet.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <csignal>
#include <map>

namespace signalbox::tests {
namespace {

// Keys of the fleet by name with the revision that wrote them, as Debian's etcdctl reads them.
std::map<std::string, std::int64_t> storedKeys(const LiveFleet& fleet)
{
    const Finished get = runToEnd({"etcdctl", "--endpoints", fleet.store(), "get", "--prefix",
                                   "/signalbox/", "--keys-only", "-w", "fields"});
    EXPECT_EQ(get.status, 0) << get.output;
    std::map<std::string, std::int64_t> keys;
    std::istringstream lines(get.output);
    std::string key;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("\"Key\" : \""))
            key = line.substr(9, line.size() - 10);
        else if (line.starts_with("\"ModRevision\" : "))
            keys[key] = std::stoll(line.substr(16));
    }
    return keys;
}

TEST(NoWriteWithoutAudit, HoldsWhenTheStoreIsKilledAmongCommands)
{
    LiveFleet fleet({"--instances", "2", "--gateways", "2"});
    const auto watch = fleet.watch();

    // Commands from one side, kills from the other; what fails may have happened or not.
    for (int round = 0; round < 3; ++round) {
        ChildProcess first({programPath("signalboxctl"), "--fleet", fleet.gateways().back().control,
                            "drain", "chat-1", "--yes", "--cause", "round", "--no-wait"});
        ASSERT_EQ(::kill(fleet.gateways().front().pid, SIGKILL), 0);
        first.wait();
        ASSERT_TRUE(
            fleet.program().waitForLines("gateway-1 started", static_cast<std::size_t>(round) + 1));
        ASSERT_TRUE(
            watch->waitForLines("gateway-2  store_back", static_cast<std::size_t>(round) + 1))
            << watch->output();
        fleet.ctl({"undrain", "chat-1", "--yes", "--cause", "round", "--wait", "20s"});
    }

    const auto keys = storedKeys(fleet);
    std::int64_t newestAudit = 0;
    for (const auto& [key, revision] : keys) {
        if (key.find("/audit/") != std::string::npos)
            newestAudit = std::max(newestAudit, revision);
    }
    ASSERT_GT(newestAudit, 0);
    ASSERT_TRUE(keys.contains("/signalbox/local/policy/head"));
    EXPECT_EQ(keys.at("/signalbox/local/policy/head"), newestAudit);
    const Finished audit = fleet.ctl({"get", "audit", "--verify"});
    EXPECT_EQ(audit.status, 0) << audit.output;
}

} // namespace
} // namespace signalbox::tests
