// SPDX-License-Identifier: Apache-2.0
#include "console/models/instances/peer_track.h"
#include "console/views/frame/state_page.h"
#include "console/views/instance_detail/agent_facts.h"
#include "console/views/instance_detail/detail_head.h"
#include "console/views/instance_detail/instance_detail_screen.h"
#include "console/views/instance_detail/open_requests.h"
#include "console/views/instance_detail/reading_chart.h"
#include "tests/support/gui/console_fleet.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>
#include <gtest/gtest.h>

namespace signalbox::views {
namespace {

class InstanceDetailTest : public testing::Test {
protected:
    InstanceDetailTest()
    {
        fleet_.connect(60);
        screen_.resize(1'450, 900);
        screen_.show();
        screen_.activateWindow();
        screen_.showAgent({ObjectKind::Agent, "chat-1"});
        screen_.shown();
        QApplication::processEvents();
    }
    std::string head() { return screen_.findChild<DetailHead*>()->words().toStdString(); }
    int slot(const char* id) { return fleet_.store().slotOf(id); }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(QApplication::focusWidget(), key, modifiers);
    }

    tests::ConsoleFleet fleet_{{.gateways = 2, .pools = 1, .instancesPerPool = 6}};
    InstanceDetailScreen screen_{fleet_.session()};
};

std::string linesOf(const std::vector<Fact>& facts)
{
    std::string text;
    for (const Fact& fact : facts)
        text += (fact.isFirstOut ? "*" : "")
            + fact.cells.join(QLatin1Char('|')).toStdString()
            + (fact.weight == FactWeight::Strong ? "!\n" : "\n");
    return text;
}

TEST_F(InstanceDetailTest, TheHeadSaysHowItIsAndSinceWhen)
{
    fleet_.wedgeEngine("chat-1");
    fleet_.advance(99);

    EXPECT_EQ(head().find("chat-1 wedged for 1 min 39 s"), 0u) << head();
    EXPECT_NE(head().find("pool chat"), std::string::npos);
}

TEST_F(InstanceDetailTest, WhyNamesTheFirstEventOfTheStory)
{
    fleet_.killEngine("chat-1");
    fleet_.advance(2);
    fleet_.killEngine("chat-2"); // of the same pool, so of the same story
    fleet_.advance(1);

    const std::string why = linesOf(whyFacts(fleet_.session(), slot("chat-1")));

    EXPECT_EQ(why, "*14:01:01Z|ready -> failed: connection refused!\nnow|connection refused!\n");
}

TEST_F(InstanceDetailTest, ConfigTellsWhereItDiffersFromItsPeers)
{
    fleet_.state("chat-1").record.engine.version = "0.18.0";
    fleet_.tell("chat-1");
    fleet_.advance(1);
    const auto peers = models::servingPeers(fleet_.store(), slot("chat-1"));

    const std::string config = linesOf(configFacts(fleet_.session(), slot("chat-1"), peers));

    EXPECT_EQ(config.find("Engine|vLLM 0.18.0|5 of 5 have vLLM 0.19.1!\n"), 0u) << config;
    EXPECT_EQ(configDifference(fleet_.session(), slot("chat-1"), peers).toStdString(),
              "differs from 5 of 5 in 1 value");
    EXPECT_EQ(configDifference(fleet_.session(), slot("chat-0"), {slot("chat-2")}).toStdString(),
              "as its peers");
}

TEST_F(InstanceDetailTest, EachGatewayHasItsOwnView)
{
    fleet_.state("gw-2").members = {{.pool = "chat",
                                     .address = "127.0.0.1:9001",
                                     .agent = "chat-1",
                                     .breaker = model::Breaker::Open,
                                     .reachable = false,
                                     .reason = "connect refused",
                                     .inFlight = 3,
                                     .requestsTotal = 1'234,
                                     .failuresTotal = 7,
                                     .reportAgeMs = 400}};
    fleet_.tell("gw-2");

    EXPECT_EQ(linesOf(gatewayFacts(fleet_.session(), slot("chat-1"))),
              "gw-2|cannot reach, open, connect refused|3|1,234|7|0.4 s!\n");
}

model::OpenExchange openOne(const char* id, std::int64_t ageMs, std::int64_t sinceTokenMs)
{
    model::OpenExchange open;
    open.requestId = id;
    open.model = "chat";
    open.caller = "team-a";
    open.endpoint = "127.0.0.1:9001";
    open.phase = sinceTokenMs < 0 ? model::ExchangePhase::Waiting : model::ExchangePhase::Streaming;
    open.ageMs = ageMs;
    open.sinceTokenMs = sinceTokenMs;
    open.promptTokens = 900;
    open.tokens = sinceTokenMs < 0 ? 0 : 41;
    open.attempts = 1;
    return open;
}

TEST_F(InstanceDetailTest, ListsTheRequestsThatAreOpenWhileSomebodyLooks)
{
    EXPECT_EQ(fleet_.port().lists, (std::vector<std::string>{"chat-1"}));
    fleet_.advance(1);
    EXPECT_EQ(fleet_.port().lists.size(), 1U) << "one question at a time";

    fleet_.port().onList(model::OpenExchangeList{
        "chat-1", {openOne("req-1", 41'000, 9'000), openOne("req-2", 400, -1)}, 2});

    const auto* shown = screen_.findChild<OpenRequests*>();
    ASSERT_TRUE(shown->list());
    EXPECT_EQ(shown->hint().toStdString(), "2 open: 1 waiting, 1 streaming");
    EXPECT_EQ(linesOf(openRequestFacts(*shown->list())),
              "req-1|streaming|41 s|9.0 s|41|chat|team-a|127.0.0.1:9001|900|1!\n"
              "req-2|waiting|0.4 s|-|0|chat|team-a|127.0.0.1:9001|900|1\n");

    fleet_.advance(1);
    EXPECT_EQ(fleet_.port().lists.size(), 2U) << "asked again, each second";
    press(Qt::Key_3);
    fleet_.port().onList(base::Error(base::Code::Unavailable, "chat-1 does not answer"));
    fleet_.advance(2);
    EXPECT_EQ(fleet_.port().lists.size(), 2U) << "the page that shows them is hidden";
    EXPECT_EQ(shown->hint().toStdString(), "not told: chat-1 does not answer");
}

TEST_F(InstanceDetailTest, KeysGoThroughThePoolAndThePages)
{
    press(Qt::Key_J);
    EXPECT_EQ(screen_.agent(), "chat-2");
    press(Qt::Key_K);
    press(Qt::Key_K);
    press(Qt::Key_K);
    EXPECT_EQ(screen_.agent(), "chat-0"); // the first has none before it
    press(Qt::Key_3);
    EXPECT_EQ(screen_.tab(), InstanceDetailScreen::Tab::Config);
    EXPECT_TRUE(screen_.escape());
    EXPECT_EQ(screen_.tab(), InstanceDetailScreen::Tab::Now);
}

TEST_F(InstanceDetailTest, KeysAskForPreviews)
{
    std::vector<Act> acts;
    QObject::connect(&screen_, &Screen::actRequested, &screen_,
                     [&acts](Act act, const std::vector<ObjectRef>& objects) {
                         if (objects.size() == 1 && objects[0].id == "chat-1")
                             acts.push_back(act);
                     });
    press(Qt::Key_D);
    press(Qt::Key_D, Qt::ShiftModifier);
    press(Qt::Key_M);

    EXPECT_EQ(acts, (std::vector<Act>{Act::Drain, Act::Undrain, Act::Maintenance}));
    EXPECT_TRUE(fleet_.port().previews.empty());
}

TEST_F(InstanceDetailTest, PAsksForATokenAndAnAnswerForAnotherAgentIsDropped)
{
    press(Qt::Key_P);
    ASSERT_EQ(fleet_.port().probes, (std::vector<std::string>{"chat-1"}));
    const auto shown = [this](const char* words) {
        const auto labels = screen_.findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->text() == QLatin1String(words);
        });
    };
    EXPECT_TRUE(shown("asking for one token"));
    const auto answer = fleet_.port().onProbe;
    answer(model::ProbeReport{"chat-1", model::ProbeReport::Result::Token, "", 84});
    EXPECT_TRUE(shown("a token in 84 ms"));
    press(Qt::Key_J);
    answer(model::ProbeReport{"chat-1", model::ProbeReport::Result::Silent, "late", 9});

    EXPECT_FALSE(shown("no token: late"));
}

TEST_F(InstanceDetailTest, ChartsDrawAtMostTwoPointsAColumn)
{
    fleet_.advance(60);

    const auto charts = screen_.findChildren<ReadingChart*>();

    ASSERT_EQ(charts.size(), 6);
    for (const ReadingChart* chart : charts) {
        EXPECT_GT(chart->points(), 20) << chart->words().toStdString();
        EXPECT_LE(chart->points(), 3 * 2 * 180);
        EXPECT_EQ(chart->accessibleName(), chart->words());
    }
}

TEST_F(InstanceDetailTest, WhoLeftIsShownAsItWasThenAsUnknown)
{
    fleet_.leave("chat-1");
    fleet_.advance(2);
    EXPECT_EQ(head().find("chat-1 left 12 s ago: its lease has ended"), 0u) << head();

    fleet::FleetChanges changes;
    changes.agents["chat-1"].isForgotten = true;
    fleet_.store().apply(std::move(changes));
    fleet_.store().refresh();

    EXPECT_FALSE(screen_.findChild<StatePage*>()->isContent());
}

TEST_F(InstanceDetailTest, WhatItShowsCanBeRestored)
{
    screen_.restore({{QStringLiteral("agent"), QStringLiteral("chat-4")},
                     {QStringLiteral("tab"), QStringLiteral("probes")}});

    EXPECT_EQ(screen_.agent(), "chat-4");
    EXPECT_EQ(screen_.tab(), InstanceDetailScreen::Tab::Probes);
    EXPECT_EQ(screen_.stateMap()[QStringLiteral("tab")], QStringLiteral("probes"));
}

TEST(FactsModel, ChangesOnlyLinesThatDiffer)
{
    FactsModel model({{QStringLiteral("a"), 10}, {QStringLiteral("b"), 0}}, nullptr);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const auto line = [](const char* a, const char* b) {
        return Fact{{QLatin1String(a), QLatin1String(b)}};
    };
    model.setFacts({line("x", "1"), line("y", "2"), line("z", "3")});
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);

    model.setFacts({line("x", "1"), line("y", "9")});

    ASSERT_EQ(changed.count(), 1);
    EXPECT_EQ(changed[0][0].toModelIndex().row(), 1);
    EXPECT_EQ(model.rowCount(), 2);
    EXPECT_EQ(reset.count(), 0);
}

} // namespace
} // namespace signalbox::views
