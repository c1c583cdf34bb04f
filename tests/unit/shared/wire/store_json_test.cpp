// SPDX-License-Identifier: Apache-2.0
#include "shared/wire/store_json.h"

#include <gtest/gtest.h>

namespace signalbox::wire {
namespace {

model::Policy policyOf(model::PolicyKind kind, const std::string& json)
{
    model::Policy policy;
    const auto status = addToPolicy(kind, json, policy);
    EXPECT_TRUE(status) << status.error().text();
    return policy;
}

TEST(StoreJson, PolicyObjectsAreReadableAndComeBack)
{
    model::Route route{.name = "chat", .model = "llama-3", .aliases = {"gpt-4o"}};
    route.targets = {{"gold", 90}, {"canary", 10}};
    route.fallbacks = {"silver"};
    model::Pool pool{.name = "gold", .model = "meta/llama", .readyFloor = 2};
    pool.members = {{"http://10.0.0.1:8000", "vllm"}};
    const model::AdminIntent intent{"gpu-01", model::Admin::Drain, 1'767'225'600'000, "upgrade"};
    const model::ApiKey key{"k1", "acme", std::string(64, 'a'), {"llama-3"}};

    EXPECT_EQ(toJson(route),
              R"({"name":"chat","model":"llama-3","aliases":["gpt-4o"],"targets":[{"pool":"gold",)"
              R"("weight":90},{"pool":"canary","weight":10}],"fallbacks":["silver"]})");
    EXPECT_EQ(toJson(intent),
              R"({"agent":"gpu-01","admin":"ADMIN_DRAIN","deadlineUnixMs":"1767225600000",)"
              R"("cause":"upgrade"})");
    EXPECT_EQ(policyOf(model::PolicyKind::Route, toJson(route)).routes.at("chat"), route);
    EXPECT_EQ(policyOf(model::PolicyKind::Pool, toJson(pool)).pools.at("gold"), pool);
    EXPECT_EQ(policyOf(model::PolicyKind::Admin, toJson(intent)).admin.at("gpu-01"), intent);
    EXPECT_EQ(policyOf(model::PolicyKind::Key, toJson(key)).keys.at("k1"), key);
    const model::Access open{model::AccessMode::Open};
    EXPECT_EQ(policyOf(model::PolicyKind::Access, toJson(open)).access, open);
}

TEST(StoreJson, PolicyRefusesFieldsItDoesNotKnow)
{
    model::Policy policy;

    const auto status
        = addToPolicy(model::PolicyKind::Pool, R"({"name":"gold","readyFlor":2})", policy);

    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message().find("readyFlor"), std::string::npos);
    EXPECT_TRUE(policy.pools.empty());
}

TEST(StoreJson, FactsOfNewerAgentsAreReadAsFarAsTheyAreKnown)
{
    model::AgentRecord record;
    record.id = base::AgentId("gpu-01");
    record.bootId = "b1";
    std::string json = toJson(record);
    json.insert(json.size() - 1, R"(,"quantumLink":{"spin":7})");

    const auto read = agentFromJson(json);

    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, record);
}

TEST(StoreJson, AnAuditRecordsBytesLeaveOutItsRevision)
{
    model::AuditRecord record;
    record.number = 7;
    record.operatorName = "alice";
    record.cause = "upgrade";
    record.edit = model::AdminEdit{model::Verb::Drain, "", {{"gpu-01", model::Admin::Drain, 0}}};
    record.inverse = model::AdminEdit{model::Verb::Undrain, "", {{"gpu-01", model::Admin::Run, 0}}};
    const std::string before = toJson(record);
    record.revision = 419;

    EXPECT_EQ(toJson(record), before);
    const auto read = auditFromJson(before);
    ASSERT_TRUE(read) << read.error().text();
    record.revision = 0;
    EXPECT_EQ(*read, record);
}

TEST(StoreJson, HeadsComeBack)
{
    const auto head = auditHeadFromJson(toJson(AuditHead{12, "abc"}));
    ASSERT_TRUE(head);
    EXPECT_EQ(head->number, 12u);
    EXPECT_EQ(head->hash, "abc");
    EXPECT_EQ(*auditNumberOfPolicyHead(policyHeadJson(12)), 12u);
    EXPECT_EQ(policyHeadJson(12), R"({"auditNumber":"12"})");
}

TEST(StoreJson, NonsenseIsAnError)
{
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    for (const std::string& json :
         {std::string(), std::string("{"), std::string("null"), std::string("[]"),
          std::string(R"({"id":"gpu-01","kind":"AGENT_KIND_UNSPECIFIED"})"),
          std::string("{\"id\":\"\xff\"}"), deep}) {
        const auto read = agentFromJson(json);
        ASSERT_FALSE(read) << json.substr(0, 40);
        EXPECT_EQ(read.error().code(), base::Code::InvalidArgument);
    }
}

} // namespace
} // namespace signalbox::wire
