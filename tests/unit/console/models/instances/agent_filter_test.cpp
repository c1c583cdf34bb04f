// SPDX-License-Identifier: Apache-2.0
#include "console/models/instances/agent_filter.h"
#include "console/models/instances/natural_order.h"
#include "tests/support/gui/console_fleet.h"

#include <gtest/gtest.h>

namespace signalbox::models {
namespace {

class AgentFilterTest : public testing::Test {
protected:
    AgentFilterTest() { fleet_.connect(5); }

    std::vector<std::string> shown(const char* text)
    {
        const AgentFilter filter = AgentFilter::parse(QString::fromUtf8(text));
        std::vector<std::string> names;
        for (const std::string& id : fleet_.instanceIds()) {
            if (filter.matches(fleet_.store().agent(fleet_.store().slotOf(id))))
                names.push_back(id);
        }
        return names;
    }

    tests::ConsoleFleet fleet_{{.gateways = 1, .pools = 2, .instancesPerPool = 6}};
};

using Names = std::vector<std::string>;

TEST_F(AgentFilterTest, EmptyTextShowsAll)
{
    EXPECT_EQ(shown("").size(), 12u);
    EXPECT_EQ(shown("   ").size(), 12u);
    EXPECT_TRUE(AgentFilter::parse({}).isEmpty());
}

TEST_F(AgentFilterTest, FieldsAreComparedWhole)
{
    EXPECT_EQ(shown("pool=chat").size(), 6u);
    EXPECT_EQ(shown("pool!=chat").size(), 6u);
    EXPECT_EQ(shown("zone=eu-1b"), (Names{"chat-2-4", "chat-2-5", "chat-4", "chat-5"}));
    EXPECT_EQ(shown("NAME=CHAT-1"), (Names{"chat-1"}));
}

TEST_F(AgentFilterTest, StateIsHealthOrAdminOrFreshness)
{
    fleet_.killEngine("chat-1");
    fleet_.drain("chat-2", 3);
    fleet_.freezeAgent("chat-3");
    fleet_.advance(5);

    EXPECT_EQ(shown("state=failed"), (Names{"chat-1"}));
    EXPECT_EQ(shown("state=drain,failed"), (Names{"chat-1", "chat-2"}));
    EXPECT_EQ(shown("state=late"), (Names{"chat-3"}));
    EXPECT_EQ(shown("alarm=p2"), (Names{"chat-1"}));
}

TEST_F(AgentFilterTest, FiguresAreComparedAndUnknownOnesMatchNothing)
{
    fleet_.killEngine("chat-1");
    fleet_.advance(2);

    EXPECT_EQ(shown("kv>0").size(), 11u);
    EXPECT_EQ(shown("kv>99").size(), 0u);
    EXPECT_EQ(shown("ttft>=0 ttft<=100000").size(), 11u);
    EXPECT_EQ(shown("kv!=50").size(), 11u);
}

TEST_F(AgentFilterTest, FreeWordsLookEverywhereAndMayBeTurnedRound)
{
    EXPECT_EQ(shown("vllm").size(), 12u);
    EXPECT_EQ(shown("chat-2- -5").size(), 5u);
    fleet_.killEngine("chat-4");
    EXPECT_EQ(shown("refused"), (Names{"chat-4"}));
}

TEST_F(AgentFilterTest, WhatIsNotUnderstoodHidesNothingAndIsTold)
{
    for (const char* typed : {"kv>", "kv>much", "colour=red", "pool>3", "pool=", "kv~5"}) {
        EXPECT_EQ(shown(typed).size(), 12u) << typed;
        EXPECT_EQ(AgentFilter::parse(QLatin1String(typed)).problems().size(), 1) << typed;
    }
}

TEST_F(AgentFilterTest, AWordCanBeTakenOut)
{
    EXPECT_EQ(AgentFilter::without(QStringLiteral("pool=chat  kv>9 b02"), QStringLiteral("kv>9")),
              QStringLiteral("pool=chat b02"));
}

TEST_F(AgentFilterTest, LongTextsEnd)
{
    const QString many = QStringLiteral("a ").repeated(1'000);

    const AgentFilter filter = AgentFilter::parse(many);

    EXPECT_EQ(filter.terms().size(), AgentFilter::kTermsAtMost);
    EXPECT_FALSE(filter.problems().isEmpty());
}

TEST(NaturalOrder, DigitsCountAsNumbers)
{
    EXPECT_LT(naturalOrder("chat-2", "chat-10"), 0);
    EXPECT_GT(naturalOrder("chat-10", "chat-9"), 0);
    EXPECT_LT(naturalOrder("a", "b"), 0);
    EXPECT_LT(naturalOrder("chat", "chat-1"), 0);
    EXPECT_EQ(naturalOrder("chat-7", "chat-7"), 0);
    EXPECT_NE(naturalOrder("chat-07", "chat-7"), 0);
    EXPECT_LT(naturalOrder("x99999999999999999999998", "x99999999999999999999999"), 0);
}

} // namespace
} // namespace signalbox::models
