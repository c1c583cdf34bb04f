// SPDX-License-Identifier: Apache-2.0
#include "console/models/found_agents.h"
#include "console/models/topology_find.h"
#include "tests/support/gui/console_fleet.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace signalbox::models {
namespace {

using fleet::Agent;
using fleet::Reading;

FindExpression parsed(const char* text)
{
    const auto expression = FindExpression::parse(QString::fromUtf8(text));
    EXPECT_TRUE(expression) << text << ": "
                            << (expression ? "" : expression.error().message());
    return expression ? *expression : FindExpression();
}

std::string mistakeIn(const char* text)
{
    const auto expression = FindExpression::parse(QString::fromUtf8(text));
    return expression ? std::string() : expression.error().message();
}

Agent agentNamed(const std::string& id, std::mt19937& random)
{
    auto facts = std::make_shared<fleet::AgentFacts>();
    model::AgentState& state = facts->state;
    state.record.id = base::AgentId(id);
    state.record.pool = random() % 2 == 0 ? "chat" : "embed";
    state.record.zone = random() % 3 == 0 ? "eu-1a" : "eu-1b";
    state.record.engine.models = {random() % 2 == 0 ? "llama-3.1-8b" : "bge-m3"};
    state.record.health.state = static_cast<model::Health>(random() % 8);
    state.admin = static_cast<model::Admin>(random() % 7);
    Agent agent;
    agent.id = id;
    agent.facts = std::move(facts);
    agent.freshness = static_cast<model::Freshness>(random() % 4);
    agent.priority = static_cast<model::Priority>(random() % 4);
    agent.readings[Reading::KvShare]
        = random() % 5 == 0 ? fleet::kUnknown : static_cast<float>(random() % 100) / 100;
    agent.readings[Reading::TtftP95Ms]
        = random() % 5 == 0 ? fleet::kUnknown : static_cast<float>(random() % 2'000);
    return agent;
}

struct Case {
    const char* text;
    std::function<bool(const Agent&)> naive;
};

TEST(TopologyFind, AgreesWithANaiveFilter)
{
    const Case cases[] = {
        {"state=stale", [](const Agent& a) { return a.freshness == model::Freshness::Stale; }},
        {"kv>0.9", [](const Agent& a) { return a.load() > 0.9F; }},
        {"kv>=90%", [](const Agent& a) { return double(a.load()) >= 0.9; }},
        {"kv<0.5", [](const Agent& a) { return a.load() < 0.5F; }},
        {"kv=?", [](const Agent& a) { return std::isnan(a.load()); }},
        {"kv!=?", [](const Agent& a) { return !std::isnan(a.load()); }},
        {"model~llama*",
         [](const Agent& a) { return a.record().engine.models[0].starts_with("llama"); }},
        {"model!~llama*",
         [](const Agent& a) { return !a.record().engine.models[0].starts_with("llama"); }},
        {"ttft.p95>800ms", [](const Agent& a) { return a.readings[Reading::TtftP95Ms] > 800; }},
        {"ttft.p95<=1.2s", [](const Agent& a) { return a.readings[Reading::TtftP95Ms] <= 1200; }},
        {"pool=chat", [](const Agent& a) { return a.record().pool == "chat"; }},
        {"POOL=Chat zone=eu-1a",
         [](const Agent& a) { return a.record().pool == "chat" && a.record().zone == "eu-1a"; }},
        {"alarm=p2", [](const Agent& a) { return a.priority == model::Priority::P2; }},
        {"alarm=any", [](const Agent& a) { return a.priority != model::Priority::None; }},
        {"state=wedged", [](const Agent& a) { return a.health() == model::Health::Wedged; }},
        {"state=drain", [](const Agent& a) { return a.admin() == model::Admin::Drain; }},
        {"chat-1", [](const Agent& a) { return a.id.find("chat-1") != std::string::npos; }},
        {"", [](const Agent&) { return true; }},
    };
    std::mt19937 random(11);
    for (int i = 0; i < 500; ++i) {
        const Agent agent = agentNamed("chat-" + std::to_string(i), random);
        for (const Case& one : cases) {
            const bool found = parsed(one.text).judge(agent) == FindVerdict::Found;
            ASSERT_EQ(found, one.naive(agent)) << one.text << " on " << agent.id;
        }
    }
}

TEST(TopologyFind, AMarkOrAWordHides)
{
    std::mt19937 random(3);
    Agent agent = agentNamed("chat-0", random);
    agent.freshness = model::Freshness::Stale;

    EXPECT_EQ(parsed("!state=stale").judge(agent), FindVerdict::Hidden);
    EXPECT_EQ(parsed("state=stale -hide").judge(agent), FindVerdict::Hidden);
    EXPECT_EQ(parsed("!state=late").judge(agent), FindVerdict::Found);
    EXPECT_EQ(parsed("state=late -hide").judge(agent), FindVerdict::Found);
    EXPECT_EQ(parsed("state=late").judge(agent), FindVerdict::Passed);
    EXPECT_TRUE(parsed("!state=stale").hides());
    EXPECT_FALSE(parsed("!state=stale").finds());
    EXPECT_TRUE(parsed("state=stale").finds());
    EXPECT_TRUE(parsed("  ").isEmpty());
}

TEST(TopologyFind, MistakesAreSaidInWords)
{
    EXPECT_NE(mistakeIn("stat=stale").find("did you mean \"state\"?"), std::string::npos);
    EXPECT_NE(mistakeIn("qqqqqqqq=1").find("kv"), std::string::npos);
    EXPECT_NE(mistakeIn("kv>much").find("kv>0.9"), std::string::npos);
    EXPECT_NE(mistakeIn("kv~0.9").find("number"), std::string::npos);
    EXPECT_NE(mistakeIn("pool>chat").find("text"), std::string::npos);
    EXPECT_NE(mistakeIn("pool=").find("needs a value"), std::string::npos);
    EXPECT_NE(mistakeIn("=chat").find("needs a field"), std::string::npos);
    EXPECT_NE(mistakeIn("!").find("needs a term"), std::string::npos);
    EXPECT_NE(mistakeIn("-hide").find("needs something to hide"), std::string::npos);
    EXPECT_NE(mistakeIn(std::string(600, 'x').c_str()).find("longer"), std::string::npos);
}

TEST(FoundAgents, AWrongExpressionLeavesTheOneBefore)
{
    tests::ConsoleFleet fleet({.instancesPerPool = 6});
    fleet.connect(5);
    FoundAgents found(fleet.store());

    ASSERT_TRUE(found.look(QStringLiteral("chat-1")));
    EXPECT_EQ(found.verdictOf(fleet.store().slotOf("chat-1")), FindVerdict::Found);
    EXPECT_EQ(found.verdictOf(fleet.store().slotOf("chat-2")), FindVerdict::Passed);

    EXPECT_FALSE(found.look(QStringLiteral("nonsense>")));
    EXPECT_EQ(found.text(), QStringLiteral("chat-1"));
    EXPECT_EQ(found.verdictOf(fleet.store().slotOf("chat-2")), FindVerdict::Passed);
}

TEST(FoundAgents, VerdictsFollowTheFleet)
{
    tests::ConsoleFleet fleet({.instancesPerPool = 3});
    fleet.connect(5);
    FoundAgents found(fleet.store());
    ASSERT_TRUE(found.look(QStringLiteral("!state=failed")));
    const int slot = fleet.store().slotOf("chat-0");
    EXPECT_FALSE(found.isHidden(slot));

    fleet.killEngine("chat-0");

    EXPECT_TRUE(found.update());
    EXPECT_TRUE(found.isHidden(slot));
    EXPECT_FALSE(found.update());
    EXPECT_EQ(found.verdictOf(99'999), FindVerdict::Found);
}

} // namespace
} // namespace signalbox::models
