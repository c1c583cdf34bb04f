// SPDX-License-Identifier: Apache-2.0
// Programs that others wrote, as their users run them: the openai client, etcdctl, promtool.
#include "tests/scenario/live_fleet.h"
#include "tests/scenario/load.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>

namespace signalbox::tests {
namespace {

namespace files = std::filesystem;

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

// The client as its registry delivers it, pinned by package-lock.json; fetched once a build folder.
// Where the registry cannot be reached there is nothing to test with, and it says so.
class OpenAiClient : public ::testing::Test {
protected:
    void SetUp() override
    {
        files::create_directories(kFolder);
        for (const char* name : {"package.json", "package-lock.json", "client.mjs"})
            files::copy_file(files::path(SIGNALBOX_SCENARIOS) / "openai" / name, kFolder / name,
                             files::copy_options::overwrite_existing);
        if (files::exists(kFolder / "node_modules" / "openai" / "package.json"))
            return;
        const Finished install = runToEnd(
            {"npm", "--prefix", kFolder, "ci", "--ignore-scripts", "--no-audit", "--no-fund"});
        if (install.status != 0)
            GTEST_SKIP() << "npm cannot install the client: " << install.output;
    }

    static inline const files::path kFolder{SIGNALBOX_NODE_MODULES};
};

TEST_F(OpenAiClient, ListsCompletesStreamsAndIsToldOfWhatBreaks)
{
    LiveFleet fleet({"--instances", "1"});

    const Finished run = runToEnd({"node", kFolder / "client.mjs", fleet.gateway() + "/v1",
                                   "sim-8b", fleet.agent("chat-1").engine + "/sim/fault"});

    ASSERT_EQ(run.status, 0) << run.output;
    simdjson::dom::parser parser;
    const simdjson::dom::element result
        = parser.parse(run.output.substr(run.output.find('{'))).value();
    const auto text = [&](const char* pointer) {
        return std::string(result.at_pointer(pointer).get_string().value());
    };
    EXPECT_EQ(text("/models/0"), "sim-8b");
    EXPECT_FALSE(text("/whole").empty());
    EXPECT_EQ(text("/streamed"), text("/whole")); // the text is a function of the prompt
    EXPECT_EQ(text("/finish"), "length");
    EXPECT_EQ(result["usage"].get_int64().value(), 12);
    EXPECT_EQ(result["streamUsage"].get_int64().value(), 12);
    EXPECT_FALSE(text("/completion").empty());
    EXPECT_EQ(text("/refusal/name"), "NotFoundError");
    EXPECT_EQ(text("/refusal/code"), "model_not_found");
    EXPECT_EQ(text("/broken"), "APIError") << run.output;
    EXPECT_EQ(fleet.strikes("chat-1", "cut"), 1u);
}

TEST(Etcdctl, ReadsWritesWatchesAndLeasesInTheEmbeddedStore)
{
    LiveFleet fleet({"--instances", "1"});
    const auto etcdctl = [&](std::vector<std::string> arguments, const std::string& input = "") {
        std::vector<std::string> command{"etcdctl", "--endpoints", fleet.store()};
        command.insert(command.end(), arguments.begin(), arguments.end());
        Finished finished = runToEnd(std::move(command), input);
        EXPECT_EQ(finished.status, 0) << arguments.front() << ": " << finished.output;
        return finished.output;
    };

    EXPECT_TRUE(has(etcdctl({"get", "--prefix", "/signalbox/local/agents/", "--keys-only"}),
                    "/signalbox/local/agents/chat-1"));

    ChildProcess watch(
        {"etcdctl", "--endpoints", fleet.store(), "watch", "--rev", "1", "--prefix", "/test/"});
    etcdctl({"put", "/test/a", "one"});
    EXPECT_TRUE(watch.waitForLine("one"));
    EXPECT_TRUE(has(etcdctl({"get", "/test/a", "--print-value-only"}), "one"));
    EXPECT_TRUE(
        has(etcdctl({"txn"}, "value(\"/test/a\") = \"one\"\n\nput /test/a two\n\n\n"), "SUCCESS"));
    EXPECT_TRUE(watch.waitForLine("two"));
    EXPECT_TRUE(has(etcdctl({"del", "/test/a"}), "1"));
    EXPECT_TRUE(watch.waitForLine("DELETE"));

    const std::string granted = etcdctl({"lease", "grant", "60"});
    ASSERT_TRUE(has(granted, "granted with TTL(60s)")) << granted;
    const std::string lease = granted.substr(6, granted.find(' ', 6) - 6);
    etcdctl({"put", "/test/leased", "x", "--lease", lease});
    EXPECT_TRUE(has(etcdctl({"lease", "keep-alive", "--once", lease}), "keepalived"));
    EXPECT_TRUE(has(etcdctl({"lease", "timetolive", "--keys", lease}), "/test/leased"));
    etcdctl({"lease", "revoke", lease});
    EXPECT_EQ(etcdctl({"get", "/test/leased"}), "");

    EXPECT_TRUE(has(etcdctl({"endpoint", "status", "-w", "table"}), fleet.store()));
    EXPECT_TRUE(has(etcdctl({"member", "list"}), "started"));
}

TEST(Signalboxctl, KnowsEveryNumberOfAFleetAtWork)
{
    LiveFleet fleet({"--instances", "1"});
    Load(fleet.gateway(), {"--rate", "4", "--duration", "3"}).finish();

    const Finished agents = fleet.ctl({"--output", "json", "get", "agents"});

    EXPECT_EQ(agents.status, 0);
    for (const char* number : {"requests_per_second", "tokens_per_second", "in_flight", "cpu_cores",
                               "resident_bytes"})
        EXPECT_FALSE(has(agents.output, std::string("\"") + number + "\":null"))
            << number << " is not known: " << agents.output;
}

TEST(Promtool, AcceptsTheMetricsOfGatewayAndAgent)
{
    LiveFleet fleet({"--instances", "1"});
    for (const std::string& page : {fleet.gateways()[0].observe, fleet.agent("chat-1").observe}) {
        const Finished metrics = runToEnd({"curl", "-sSf", page + "/metrics"});
        ASSERT_EQ(metrics.status, 0) << metrics.output;

        const Finished check = runToEnd({"promtool", "check", "metrics"}, metrics.output);

        EXPECT_EQ(check.status, 0) << check.output;
        EXPECT_EQ(check.output, ""); // a word of advice is a fault too
    }
}

} // namespace
} // namespace signalbox::tests
