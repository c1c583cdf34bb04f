// SPDX-License-Identifier: Apache-2.0
#include "agent/control/files/seed_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kWhole = R"(access: {mode: open}
pools:
  - name: chat
    model: tiny-8b
    ready_floor: 2
    members:
      - {url: "http://192.0.2.1:8000", profile: vllm}
  - name: spare
routes:
  - model: Qwen/Qwen3-32B
    aliases: [small, fast]
    targets: [{pool: chat, weight: 50}, {pool: spare}]
  - {model: huge, name: big, targets: [{pool: spare}], fallbacks: [chat], larger_context: [spare]}
keys:
  - id: app
    tenant: shop
    secret_sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    models: [small]
admin:
  - {agent: gpu-9, state: standby, cause: spare}
  - {agent: gpu-1, state: run}
)";

TEST(SeedFile, ReadsEveryKindOfObject)
{
    const SeedPolicy seed = parseSeedPolicy(kWhole, "fleet.yaml");

    ASSERT_THAT(seed.problems, IsEmpty());
    EXPECT_EQ(seed.policy.access.mode, model::AccessMode::Open);
    EXPECT_EQ(seed.policy.pools.at("chat"),
              (model::Pool{"chat", "tiny-8b", {{"http://192.0.2.1:8000", "vllm"}}, 2}));
    EXPECT_EQ(seed.policy.pools.at("spare").readyFloor, 1U);
    EXPECT_EQ(seed.policy.routes.at("qwen-qwen3-32b"),
              (model::Route{"qwen-qwen3-32b", "Qwen/Qwen3-32B", {"small", "fast"},
                            {{"chat", 50}, {"spare", 100}}, {}}));
    EXPECT_THAT(seed.policy.routes.at("big").fallbacks, ElementsAre("chat"));
    EXPECT_THAT(seed.policy.routes.at("big").largerContext, ElementsAre("spare"));
    EXPECT_THAT(seed.policy.keys.at("app").models, ElementsAre("small"));
    EXPECT_EQ(seed.policy.admin.at("gpu-9"),
              (model::AdminIntent{"gpu-9", model::Admin::Standby, 0, "spare"}));
    EXPECT_EQ(seed.policy.admin.size(), 1U) << "run is what stands nowhere";
}

TEST(SeedFile, JsonIsReadToo)
{
    const SeedPolicy seed = parseSeedPolicy(
        R"({"pools": [{"name": "chat"}],)"
        R"( "routes": [{"model": "tiny", "targets": [{"pool": "chat"}]}]})",
        "fleet.json");

    ASSERT_THAT(seed.problems, IsEmpty());
    EXPECT_EQ(seed.policy.routes.at("tiny").targets.front().pool, "chat");
    EXPECT_EQ(seed.policy.access.mode, model::AccessMode::Keys) << "closed unless it says open";
}

TEST(SeedFile, EveryProblemIsNamedWithItsPlace)
{
    const SeedPolicy seed = parseSeedPolicy(R"(acess: {mode: open}
pools:
  - {name: chat, ready_flor: 2}
  - {name: chat}
  - {model: x, ready_floor: -1}
routes: {model: tiny}
keys:
  - {id: app, tenant: [shop], secret_sha256: ab}
)",
                                            "fleet.yaml");

    EXPECT_THAT(
        seed.problems,
        ElementsAre(HasSubstr("fleet.yaml:1:1: unknown key \"acess\"; did you mean 'access'?"),
                    HasSubstr("fleet.yaml:3:18: unknown key \"ready_flor\""),
                    HasSubstr("fleet.yaml:4:5: pool 'chat' stands in line 3 already"),
                    HasSubstr("fleet.yaml:5:5: name is missing"),
                    HasSubstr("fleet.yaml:5:29: ready_floor: \"-1\" is not a whole number"),
                    HasSubstr("fleet.yaml:6:9: routes must be a list"),
                    HasSubstr("fleet.yaml:8:23: tenant must be a single value")));
}

TEST(SeedFile, WhatDoesNotFitTogetherIsNamedAtItsObject)
{
    const SeedPolicy seed = parseSeedPolicy(R"(pools:
  - {name: chat}
routes:
  - {model: tiny, targets: [{pool: chat}]}
  - {model: huge, targets: [{pool: caht}]}
)",
                                            "fleet.yaml");

    EXPECT_THAT(seed.problems,
                ElementsAre("fleet.yaml:5:5: route huge: names pool 'caht', which does not exist"));
}

TEST(SeedFile, TwoModelsThatMakeOneNameGetTwo)
{
    const SeedPolicy seed = parseSeedPolicy(R"(pools: [{name: chat}]
routes:
  - {model: a/b, targets: [{pool: chat}]}
  - {model: a:b, targets: [{pool: chat}]}
  - {model: "...", targets: [{pool: chat}]}
)",
                                            "fleet.yaml");

    ASSERT_THAT(seed.problems, IsEmpty());
    EXPECT_EQ(seed.policy.routes.at("a-b").model, "a/b");
    EXPECT_EQ(seed.policy.routes.at("a-b-2").model, "a:b");
    EXPECT_EQ(seed.policy.routes.at("route").model, "...");
}

TEST(SeedFile, APoolSaysHowItIsScaled)
{
    const SeedPolicy seed = parseSeedPolicy(R"(pools:
  - name: chat
    scale:
      kind: process
      on: gateway-1
      others: 3
      max: 7
      engine: [/bin/engine, "--port", "{port}"]
      start_timeout: 30s
      log_bytes: 1MiB
routes: [{model: tiny, targets: [{pool: chat}]}]
)",
                                            "fleet.yaml");

    ASSERT_THAT(seed.problems, IsEmpty());
    const model::PoolScale& scale = seed.policy.pools.at("chat").scale.value();
    EXPECT_EQ(scale.on, "gateway-1");
    EXPECT_EQ(scale.desired, 3u); // as many as there are
    EXPECT_EQ(scale.least, 3u);
    EXPECT_EQ(scale.most, 7u);
    EXPECT_THAT(scale.engine, ElementsAre("/bin/engine", "--port", "{port}"));
    EXPECT_EQ(scale.startTimeoutMs, 30'000);
    EXPECT_EQ(scale.logBytes, 1'048'576u);
}

TEST(SeedFile, WhatIsWrongWithAScaleIsNamed)
{
    const SeedPolicy seed = parseSeedPolicy(
        "pools: [{name: chat, scale: {kind: magic, on: g, engine: [e], start_timeout: soon}}]\n",
        "fleet.yaml");

    EXPECT_THAT(seed.problems, testing::Contains(HasSubstr("kind is \"magic\"")));
    EXPECT_THAT(seed.problems, testing::Contains(HasSubstr("start_timeout")));
}

TEST(SeedFile, BadYamlAndAMissingFileAreProblemsToo)
{
    EXPECT_THAT(parseSeedPolicy("pools: [", "fleet.yaml").problems,
                ElementsAre(HasSubstr("fleet.yaml:")));
    EXPECT_THAT(readSeedPolicy("/nowhere/fleet.yaml").problems,
                ElementsAre(HasSubstr("/nowhere/fleet.yaml: No such file")));
}

} // namespace
} // namespace signalbox::control
