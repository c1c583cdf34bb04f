// SPDX-License-Identifier: Apache-2.0
#include "shared/client/fleet_mirror.h"
#include "shared/base/limits.h"
#include "tests/support/manual_clock.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace signalbox::client {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kNow = 1'767'225'601'000;

// What an observer was told, as lines.
struct Notes final : MirrorObserver {
    std::vector<std::string> lines;
    void agentChanged(const std::string& id, const AgentView& agent) override
    {
        lines.push_back(id + (agent.gone ? " gone" : " changed"));
    }
    void rowTaken(const std::string& id, const AgentView&, const model::SampleRow& row) override
    {
        lines.push_back(id + " row " + std::to_string(row.sequence));
    }
    void eventTaken(const model::Event& event) override { lines.push_back("event " + event.agent); }
    void agentForgotten(const std::string& id) override { lines.push_back(id + " forgotten"); }
};

class FleetMirrorTest : public ::testing::Test {
protected:
    void tell(const std::string& agent, series::ReadFact fact, std::uint32_t agentsTotal = 1)
    {
        TelemetryNews news;
        news.sentUnixMs = kNow;
        news.agentsTotal = agentsTotal;
        news.facts.push_back({base::AgentId(agent), std::move(fact)});
        mirror_.news(std::move(news));
    }
    void introduce(const std::string& agent, const std::string& bootId,
                   std::uint32_t agentsTotal = 1)
    {
        tell(agent, model::AgentIntroduction{base::AgentId(agent), bootId}, agentsTotal);
    }
    void tellState(const std::string& agent, std::uint32_t agentsTotal = 1)
    {
        model::AgentState state;
        state.record.id = base::AgentId(agent);
        tell(agent, std::move(state), agentsTotal);
    }
    const AgentView& agent(const std::string& id) { return mirror_.agents().at(id); }

    tests::ManualClock clock_;
    Notes notes_;
    FleetMirror mirror_{clock_, &notes_};
};

model::Event eventOf(base::Sequence sequence, std::int64_t unixMs)
{
    model::Event event;
    event.sequence = sequence;
    event.unixMs = unixMs;
    event.agent = "a";
    return event;
}

TEST_F(FleetMirrorTest, IsCompleteOnceEveryAgentOfTheStreamIsIntroduced)
{
    mirror_.opened("hub:1");
    EXPECT_FALSE(mirror_.isComplete()); // it has not said how many there are
    introduce("a", "boot-1", 2);
    EXPECT_FALSE(mirror_.isComplete());
    introduce("b", "boot-1", 2);
    EXPECT_TRUE(mirror_.isComplete());

    mirror_.opened("hub:2");
    EXPECT_FALSE(mirror_.isComplete()); // another one, with its own opinion
}

TEST_F(FleetMirrorTest, WhoIsNotOnTheNextStreamHasLeftTheFleet)
{
    mirror_.opened("hub:1");
    introduce("a", "boot-1", 2);
    introduce("b", "boot-1", 2);
    mirror_.lost("hub:1", base::Error(base::Code::Unavailable, "no route"));
    EXPECT_FALSE(agent("b").gone); // a lost link says nothing about agents
    EXPECT_EQ(mirror_.link().state, LinkState::Lost);

    mirror_.opened("hub:2");
    introduce("a", "boot-1", 1);

    EXPECT_FALSE(agent("a").gone);
    EXPECT_TRUE(agent("b").gone);
}

TEST_F(FleetMirrorTest, SumsTheNewestSampleOverLabelsAndLeavesOutWhatIsUnknown)
{
    introduce("a", "boot-1");
    tell("a", model::SeriesDictionary{1,
                                      {{"running", {{"engine", "0"}}, {}},
                                       {"running", {{"engine", "1"}}, {}},
                                       {"kv_usage", {}, {}}}});
    tell("a", series::ReadRows{{{1, kNow, {2, 3, std::numeric_limits<double>::quiet_NaN()}}}});

    EXPECT_EQ(agent("a").values(), (std::map<std::string, double>{{"running", 5}}));
}

TEST_F(FleetMirrorTest, TakesNothingTwice)
{
    introduce("a", "boot-1");
    tell("a", series::ReadRows{{{1, kNow, {}}, {2, kNow, {}}}});
    tell("a", series::ReadRows{{{2, kNow, {}}}});
    tell("a", eventOf(3, kNow));
    tell("a", eventOf(3, kNow));

    EXPECT_EQ(mirror_.duplicates(), 2u);
    EXPECT_EQ(mirror_.events().size(), 1u);
    EXPECT_EQ(agent("a").sequence, 3u);
}

TEST_F(FleetMirrorTest, KeepsEventsInTheOrderTheyHappened)
{
    introduce("a", "boot-1");
    tell("a", eventOf(9, kNow));
    tell("a", eventOf(4, kNow - 5'000)); // of the past, told later

    ASSERT_EQ(mirror_.events().size(), 2u);
    EXPECT_EQ(mirror_.events()[0].sequence, 4u);
    EXPECT_EQ(agent("a").sequence, 9u);
}

TEST_F(FleetMirrorTest, AnotherBootStartsItsSequencesAnew)
{
    introduce("a", "boot-1");
    tell("a", model::SeriesDictionary{1, {{"running", {}, {}}}});
    tell("a", series::ReadRows{{{500, kNow, {7}}}});

    introduce("a", "boot-2");

    EXPECT_TRUE(agent("a").values().empty());
    tell("a", series::ReadRows{{{1, kNow, {7}}}});
    EXPECT_EQ(mirror_.duplicates(), 0u);
    ASSERT_EQ(mirror_.resumePoints().size(), 1u);
    EXPECT_EQ(mirror_.resumePoints()[0],
              (model::ResumePoint{base::AgentId("a"), "boot-2", 1}));
}

TEST_F(FleetMirrorTest, CountsWhatThisReaderMissedAndGoesOnAfterIt)
{
    introduce("a", "boot-1");
    tell("a", model::Behind{11, 20});

    EXPECT_EQ(agent("a").missedSamples, 10u);
    EXPECT_EQ(mirror_.missedSamples(), 10u);
    EXPECT_EQ(mirror_.resumePoints()[0].afterSequence, 20u);
}

TEST_F(FleetMirrorTest, FactsGrowOldAndAGoneAgentIsAsOldAsItWasLastSeen)
{
    introduce("a", "boot-1");
    tellState("a");
    EXPECT_EQ(mirror_.freshness(agent("a")), model::Freshness::Live);

    clock_.advance(4s);
    EXPECT_EQ(mirror_.ageMs(agent("a")), 4'000);
    EXPECT_NE(mirror_.freshness(agent("a")), model::Freshness::Live);

    tell("a", model::AgentGone{"refused", kNow - 30'000});
    EXPECT_EQ(mirror_.ageMs(agent("a")), 30'000);
    EXPECT_EQ(mirror_.freshness(agent("a")), model::Freshness::Disconnected);

    tellState("a");
    EXPECT_EQ(mirror_.freshness(agent("a")), model::Freshness::Live);
}

TEST_F(FleetMirrorTest, WhoLeftIsKeptForAWhileAndThenForgotten)
{
    introduce("a", "boot-1", 2);
    introduce("b", "boot-1", 2);
    tell("b", model::AgentGone{"its lease ended", kNow}, 1);
    clock_.advance(limits::kGoneAgentKept);
    tellState("a");
    EXPECT_TRUE(mirror_.agents().contains("b"));

    clock_.advance(1s);
    tellState("a");
    EXPECT_FALSE(mirror_.agents().contains("b"));
    EXPECT_EQ(notes_.lines.back(), "b forgotten");
}

TEST_F(FleetMirrorTest, AnObserverHearsWhatIsNewOnceAndNothingTwice)
{
    introduce("a", "boot-1");
    tell("a", model::SeriesDictionary{1, {{"in_flight", {}, model::SeriesKind::Gauge}}});
    const series::ReadRows rows{{{1, kNow, {1.0}}, {2, kNow, {2.0}}}};
    tell("a", rows);
    tell("a", rows);
    tell("a", eventOf(3, kNow));
    tell("a", eventOf(3, kNow));

    EXPECT_EQ(notes_.lines,
              (std::vector<std::string>{"a changed", "a row 1", "a row 2", "event a"}));
}

} // namespace
} // namespace signalbox::client
