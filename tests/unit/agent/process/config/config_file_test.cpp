// SPDX-License-Identifier: Apache-2.0
#include "agent/process/config/config_file.h"

#include "agent/process/config/agent_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace signalbox::process {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const Environment kHome{{"HOME", "/home/op"}};

std::vector<std::string> problemsOf(const std::string& text, const Environment& environment = kHome)
{
    std::vector<std::string> lines;
    for (const ConfigProblem& problem : parseConfig("a.yaml", text, environment).problems)
        lines.push_back(problem.line());
    return lines;
}

AgentConfig configOf(const std::string& text, const Environment& environment = kHome)
{
    const LoadedConfig loaded = parseConfig("a.yaml", text, environment);
    for (const ConfigProblem& problem : loaded.problems)
        ADD_FAILURE() << problem.line();
    return loaded.config;
}

TEST(ConfigFile, ReadsAnInstance)
{
    const AgentConfig config = configOf("id: gpu-04\n"
                                        "fleet: prod\n"
                                        "data_dir: /var/lib/signalbox\n"
                                        "listen:\n"
                                        "  serve: 127.0.0.1:0\n"
                                        "  control: {address: '[::1]:9001'}\n"
                                        "  observe: ''\n"
                                        "store:\n"
                                        "  kind: etcd\n"
                                        "  endpoints: [127.0.0.1:8803, localhost:2379]\n"
                                        "instance:\n"
                                        "  pool: llama\n"
                                        "  engine: {url: http://127.0.0.1:8000, profile: vllm}\n"
                                        "health: {probe_interval: 5s, probe_timeout: 4s}\n"
                                        "http:\n"
                                        "  request_body: 8MiB\n");

    EXPECT_EQ(config.id.str(), "gpu-04");
    EXPECT_EQ(config.fleet, "prod");
    EXPECT_FALSE(config.isGateway());
    EXPECT_EQ(config.listen.serve.address, "127.0.0.1:0");
    EXPECT_EQ(config.listen.control.address, "[::1]:9001");
    EXPECT_FALSE(config.listen.observe.isOn());
    EXPECT_FALSE(config.listen.store.isOn()) << "the store is elsewhere";
    EXPECT_EQ(config.store.kind, StoreKind::Etcd);
    EXPECT_THAT(config.store.endpoints, ElementsAre("127.0.0.1:8803", "localhost:2379"));
    EXPECT_EQ(config.instance.engine.profile, "vllm");
    EXPECT_EQ(config.health.probeInterval, 5s);
    EXPECT_TRUE(config.isGiven("health.probe_interval"));
    EXPECT_FALSE(config.isGiven("health.down_after"));
    EXPECT_EQ(config.http.requestBodyBytes, 8U * 1024 * 1024);
}

TEST(ConfigFile, NamesAnAgentAndItsDirectoryByItself)
{
    const AgentConfig gateway = configOf("zone: a\n");
    EXPECT_TRUE(gateway.isGateway());
    EXPECT_TRUE(gateway.id.str().ends_with("-gateway")) << gateway.id.str();
    EXPECT_EQ(gateway.dataDir, "/home/op/.local/state/signalbox/" + gateway.id.str());

    const AgentConfig instance
        = configOf("instance: {pool: p, engine: {url: 'http://[::1]:8123'}}\n",
                   {{"STATE_DIRECTORY", "/var/lib/sb"}, {"HOME", "/home/op"}});
    EXPECT_TRUE(instance.id.str().ends_with("-8123")) << instance.id.str();
    EXPECT_EQ(instance.dataDir, "/var/lib/sb");
}

TEST(ConfigFile, ReportsAllProblemsAtOnceWithPlaceAndRemedy)
{
    const std::vector<std::string> problems = problemsOf("id: Bad Name\n"
                                                         "fleeet: prod\n"
                                                         "health:\n"
                                                         "  probe_interval: 1h1h\n"
                                                         "  down_after: 0\n"
                                                         "  upafter: 3\n"
                                                         "probe_timeout: 1s\n"
                                                         "listen:\n"
                                                         "  serve: 0.0.0.0:8800\n"
                                                         "  insecure: yes\n"
                                                         "http: 5\n"
                                                         "cores: [1]\n"
                                                         "zone:\n");

    EXPECT_THAT(
        problems,
        ElementsAre(
            "a.yaml:2:1: unknown key \"fleeet\"; did you mean fleet?",
            "a.yaml:4:19: health.probe_interval: \"1h1h\" is not a duration: write one number and "
            "one unit, as in 200ms, 5s, 10m or 1h",
            "a.yaml:5:15: health.down_after: must be 1 to 100",
            "a.yaml:6:3: unknown key \"health.upafter\"; did you mean health.up_after?",
            "a.yaml:7:1: unknown key \"probe_timeout\"; did you mean health.probe_timeout?",
            "a.yaml:10:3: unknown key \"listen.insecure\"; did you mean listen.serve?",
            "a.yaml:11:1: http is a group of keys, it has no value of its own",
            "a.yaml:12:8: cores must be a whole number",
            "a.yaml:13:1: zone has no value: write one, or leave the key out",
            "a.yaml:1:5: id: must be 1 to 63 of a-z, 0-9, '.', '_' and '-', and begin with a "
            "letter "
            "or digit",
            "a.yaml:9:10: listen.serve.address: 0.0.0.0:8800 is reached by other machines and has "
            "no TLS: use a loopback address, or set listen.serve.insecure: true where the network "
            "protects it"));
}

TEST(ConfigFile, RefusesValuesThatLookLikeSomethingElse)
{
    struct Case {
        const char* text;
        const char* problem;
    };
    const Case cases[] = {
        {"cores: 1_000\n", "not a whole number"},
        {"cores: 1e3\n", "not a whole number"},
        {"cores: 0x10\n", "not a whole number"},
        {"cores: 010\n", "not a whole number"},
        {"cores: inf\n", "not a whole number"},
        {"cores: -1\n", "not a whole number"},
        {"cores: 257\n", "must be 0 to 256"},
        {"http: {request_body: 1KB}\n", "not a size"},
        {"http: {request_body: 1GiB}\n", "must be 1KiB to 32MiB"},
        {"telemetry: {interval: 1}\n", "not a duration"},
        {"telemetry: {interval: -1s}\n", "not a duration"},
        {"telemetry: {interval: 99999999d}\n", "not a duration"},
        {"telemetry: {interval: 10ms}\n", "must be 200ms to 1m"},
        {"listen: {serve: {insecure: yes}}\n", "not true or false"},
        {"listen: {serve: {insecure: on}}\n", "not true or false"},
        {"store: {kind: redis}\n", "not embedded or etcd"},
        {"id: &a x\n", "anchor"},
        {"id: x\nid: y\n", "duplicate key"},
        {"\tid: x\n", "tab"},
        {"", "empty"},
    };
    for (const Case& given : cases) {
        const std::vector<std::string> problems = problemsOf(given.text);
        ASSERT_FALSE(problems.empty()) << given.text;
        EXPECT_THAT(problems.front(), HasSubstr(given.problem)) << given.text;
        EXPECT_THAT(problems.front(), testing::StartsWith("a.yaml:")) << given.text;
    }
}

TEST(ConfigFile, RefusesWhatDoesNotFitTogether)
{
    struct Case {
        const char* text;
        const char* problem;
    };
    const Case cases[] = {
        {"store: {kind: etcd}\n", "store.kind: etcd needs store.endpoints"},
        {"store: {endpoints: [127.0.0.1:1]}\n", "an embedded store has none"},
        {"store: {kind: etcd, endpoints: [http://127.0.0.1:1]}\n", "must be host:port"},
        {"store: {kind: etcd, endpoints: [10.0.0.1:2379]}\n", "another machine and has no TLS"},
        {"store: {kind: etcd, endpoints: [127.0.0.1:1]}\nlisten: {store: 127.0.0.1:9}\n",
         "only an embedded store listens"},
        {"scaling: {process: {enabled: true}}\n", "needs scaling.process.programs"},
        {"scaling: {process: {programs: [vllm]}}\n", "the whole path of a program"},
        {"instance: {started_by: gateway-1}\n", "only an instance is started by"},
        {"instance: {pool: p}\n", "an instance needs instance.engine.url"},
        {"instance: {engine: {url: http://127.0.0.1:1}}\n", "an engine needs instance.pool"},
        {"instance: {pool: p, engine: {url: http://127.0.0.1:8800}}\n", "own listen.serve.address"},
        {"instance: {pool: p, engine: {url: https://a:1}}\n", "only http:// is spoken"},
        {"instance: {pool: p, engine: {url: http://u:p@a:1}}\n", "credentials do not belong"},
        {"instance: {pool: p, engine: {url: file:///etc/passwd}}\n", "only http:// is spoken"},
        {"instance: {pool: p, engine: {url: http://a:0}}\n", "1 to 65535"},
        {"instance: {pool: p, engine: {url: http://a:70000}}\n", "1 to 65535"},
        {"instance: {pool: p, engine: {url: http://169.254.169.254:80}}\n", "link-local"},
        {"instance: {pool: p, engine: {url: 'http://[fe80::1]:80'}}\n", "link-local"},
        {"instance: {pool: p, engine: {url: http://a:1/v1}}\n", "without a path"},
        {"listen: {control: 127.0.0.1:8800}\n", "taken by listen.serve"},
        {"listen: {serve: nonsense}\n", "listen.serve.address"},
        {"health: {probe_timeout: 2s}\n", "not be longer than health.probe_interval"},
        {"log: {level: loud}\n", "must be debug, info, warn or error"},
    };
    for (const Case& given : cases)
        EXPECT_THAT(problemsOf(given.text), testing::Contains(HasSubstr(given.problem)))
            << given.text;
}

TEST(ConfigFile, LetsOtherMachinesInWhenToldThatTheNetworkProtects)
{
    const AgentConfig config
        = configOf("listen: {serve: {address: 0.0.0.0:8800, insecure: true}}\n"
                   "store: {kind: etcd, endpoints: [10.0.0.1:2379], insecure: true}\n");

    EXPECT_TRUE(config.listen.serve.insecure);
}

TEST(ConfigFile, TakesTheEnvironmentOverTheFile)
{
    const LoadedConfig loaded = parseConfig("a.yaml", "cores: 2\nfleet: prod\n",
                                            {{"HOME", "/h"},
                                             {"SIGNALBOX_CORES", "4"},
                                             {"SIGNALBOX_LISTEN_SERVE", "127.0.0.1:1"},
                                             {"SIGNALBOX_STORE_KIND", "etcd"},
                                             {"SIGNALBOX_STORE_ENDPOINTS", "127.0.0.1:5,[::1]:6"},
                                             {"SIGNALBOX_PORT", "tcp://10.0.0.1:8800"}});

    EXPECT_TRUE(loaded.isUsable());
    EXPECT_EQ(loaded.config.cores, 4U);
    EXPECT_EQ(loaded.config.fleet, "prod");
    EXPECT_EQ(loaded.config.listen.serve.address, "127.0.0.1:1");
    EXPECT_THAT(loaded.config.store.endpoints, ElementsAre("127.0.0.1:5", "[::1]:6"));
    ASSERT_EQ(loaded.warnings.size(), 1U);
    EXPECT_EQ(loaded.warnings.front().where, "SIGNALBOX_PORT");

    EXPECT_THAT(
        problemsOf("fleet: p\n", {{"HOME", "/h"}, {"SIGNALBOX_CORES", "many"}}),
        ElementsAre("SIGNALBOX_CORES: cores: \"many\" is not a whole number such as 0 or 42"));
}

TEST(ConfigFile, ResolvesPathsAgainstTheFileThatNamesThem)
{
    const LoadedConfig loaded = parseConfig(
        "/etc/signalbox/agent.yaml",
        "data_dir: ../data\nprofiles_dir: engines\npolicy: {seed: /abs/seed.yaml}\n", kHome);

    EXPECT_EQ(loaded.config.dataDir, "/etc/data");
    EXPECT_EQ(loaded.config.profilesDir, "/etc/signalbox/engines");
    EXPECT_EQ(loaded.config.policySeed, "/abs/seed.yaml");
}

TEST(ConfigFile, ReportsAFileThatCannotBeRead)
{
    const LoadedConfig loaded = loadConfig("/nonexistent/agent.yaml", kHome);
    ASSERT_EQ(loaded.problems.size(), 1U);
    EXPECT_EQ(loaded.problems.front().line(), "/nonexistent/agent.yaml: No such file or directory");

    EXPECT_TRUE(loadConfig("", kHome).isUsable()) << "no file at all is a gateway with defaults";
}

TEST(ConfigFile, DescribesDefaultsAsAFileThatLoads)
{
    const std::string text = describeDefaults();
    const LoadedConfig loaded = parseConfig("defaults", text, kHome);
    for (const ConfigProblem& problem : loaded.problems)
        ADD_FAILURE() << problem.line();

    EXPECT_EQ(loaded.config, loadConfig("", kHome).config);
    EXPECT_TRUE(loaded.config.given.empty()) << "a default that is written out changes nothing";
    EXPECT_THAT(text, HasSubstr("  # (a duration, 100ms to 10m, needs a restart)\n"
                                "  probe_interval: 1s\n"));
}

TEST(ConfigFile, HasATableWithoutHolesOrClashes)
{
    std::set<std::string> variables;
    for (const Setting& setting : agentSettings()) {
        std::string variable(setting.key);
        for (char& c : variable)
            c = c == '.' ? '_' : c;
        EXPECT_TRUE(variables.insert(variable).second) << setting.key;
        EXPECT_TRUE(setting.sentence.ends_with('.')) << setting.key;
        AgentConfig config;
        if (!std::holds_alternative<ListField>(setting.field)) {
            std::string value = valueText(setting, config);
            std::erase(value, '"');
            EXPECT_TRUE(setFromText(setting, config, value)) << setting.key;
        }
        EXPECT_EQ(config, AgentConfig()) << setting.key;
    }
}

} // namespace
} // namespace signalbox::process
