// SPDX-License-Identifier: Apache-2.0
#include "console/views/instances/instances_screen.h"
#include "console/views/frame/state_page.h"
#include "console/views/instances/chip_bar.h"
#include "console/views/instances/counts_line.h"
#include "tests/support/gui/console_fleet.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <gtest/gtest.h>

namespace signalbox::views {
namespace {

using models::InstanceColumn;

class InstancesScreenTest : public testing::Test {
protected:
    InstancesScreenTest()
    {
        fleet_.connect(3);
        screen_.resize(1'450, 900);
        screen_.show();
        screen_.activateWindow();
        screen_.shown();
        QApplication::processEvents();
        QObject::connect(&screen_, &Screen::actRequested, &screen_,
                         [this](Act act, const std::vector<ObjectRef>& objects) {
                             acts_.push_back(act);
                             targets_ = objects;
                         });
        QObject::connect(&screen_, &Screen::openRequested, &screen_,
                         [this](const ObjectRef& object) { opened_ = object.id; });
    }

    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(&screen_.view(), key, modifiers);
    }
    void pass(int seconds) { fleet_.advance(seconds); }
    std::string current() { return screen_.view().currentAgent(); }
    QStringList chips() { return screen_.findChild<ChipBar*>()->chips(); }
    std::string foot() { return screen_.findChild<CountsLine*>()->words().toStdString(); }
    const models::InstanceTableModel& model() const { return screen_.model(); }

    tests::ConsoleFleet fleet_{{.gateways = 1, .pools = 2, .instancesPerPool = 3}};
    InstancesScreen screen_{fleet_.session()};
    std::vector<Act> acts_;
    std::vector<ObjectRef> targets_;
    std::string opened_;
};

TEST_F(InstancesScreenTest, KeysWalkOpenAndMark)
{
    press(Qt::Key_J); // from the head of the first group
    EXPECT_EQ(current(), "chat-0");
    EXPECT_EQ(fleet_.selection().current().id, "chat-0");
    press(Qt::Key_X);
    press(Qt::Key_J);
    press(Qt::Key_J);
    press(Qt::Key_X, Qt::ShiftModifier);

    EXPECT_EQ(fleet_.selection().marked(), (std::set<std::string>{"chat-0", "chat-1", "chat-2"}));
    press(Qt::Key_K);
    press(Qt::Key_Return);
    EXPECT_EQ(opened_, "chat-1");
}

TEST_F(InstancesScreenTest, ActsOnTheMarkedOrElseOnTheCurrentOne)
{
    screen_.view().goTo("chat-1");
    press(Qt::Key_D);
    ASSERT_EQ(targets_.size(), 1u);
    EXPECT_EQ(targets_[0].id, "chat-1");
    fleet_.selection().mark({"chat-0", "chat-2"});
    press(Qt::Key_M);
    press(Qt::Key_D, Qt::ShiftModifier);

    EXPECT_EQ(acts_, (std::vector<Act>{Act::Drain, Act::Maintenance, Act::Undrain}));
    EXPECT_EQ(targets_.size(), 2u);
    EXPECT_TRUE(fleet_.port().applied.empty());
}

TEST_F(InstancesScreenTest, TypingFiltersAndEveryFilterIsAChip)
{
    screen_.focusFilter();
    QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("pool=chat -chat-1 foo=2"));

    EXPECT_EQ(model().matching(), 2);
    EXPECT_EQ(chips(), (QStringList{QStringLiteral("group: pool"), QStringLiteral("pool=chat"),
                                    QStringLiteral("-chat-1"),
                                    QStringLiteral("not understood, hides nothing: foo=2")}));
    EXPECT_NE(foot().find("hidden by filter 4"), std::string::npos);
    EXPECT_TRUE(acts_.empty()); // letters of the filter are no keys
    EXPECT_TRUE(screen_.escape());
    EXPECT_EQ(model().matching(), 6);
}

TEST_F(InstancesScreenTest, CtrlAMarksWhatTheFilterShows)
{
    screen_.restore({{QStringLiteral("filter"), QStringLiteral("pool=chat-2")}});

    press(Qt::Key_A, Qt::ControlModifier);

    EXPECT_EQ(fleet_.selection().marked().size(), 3u);
    EXPECT_NE(foot().find("3 marked"), std::string::npos);
}

TEST_F(InstancesScreenTest, RowsStandStillForTwoSecondsAfterAKeyThenMove)
{
    screen_.restore({{QStringLiteral("sort"), QStringLiteral("alarm")}});
    screen_.view().goTo("chat-0");
    press(Qt::Key_J);
    fleet_.killEngine("chat-2");
    pass(1);

    EXPECT_EQ(model().rowOf("chat-2"), 3);
    EXPECT_TRUE(chips().contains(QStringLiteral("order changed, press s")));
    pass(3);
    EXPECT_EQ(model().rowOf("chat-2"), 1);
    EXPECT_FALSE(chips().contains(QStringLiteral("order changed, press s")));
    EXPECT_EQ(current(), "chat-1"); // the cursor stays with its instance
}

TEST_F(InstancesScreenTest, RowsStandStillUnderThePointerUntilSIsPressed)
{
    screen_.restore({{QStringLiteral("sort"), QStringLiteral("alarm")}});
    QEnterEvent enter({50, 50}, {50, 50}, {50, 50});
    QApplication::sendEvent(screen_.view().viewport(), &enter);
    fleet_.killEngine("chat-2");
    pass(30);

    EXPECT_EQ(model().rowOf("chat-2"), 3);
    press(Qt::Key_S);
    EXPECT_EQ(model().rowOf("chat-2"), 1);
}

TEST_F(InstancesScreenTest, SortsByTheFocusedColumnAndTurnsRound)
{
    screen_.view().setCurrentIndex(
        model().index(1, static_cast<int>(InstanceColumn::InFlight)));

    press(Qt::Key_O);
    EXPECT_EQ(model().sortColumn(), InstanceColumn::InFlight);
    EXPECT_EQ(model().sortOrder(), Qt::AscendingOrder);
    press(Qt::Key_O);
    EXPECT_EQ(model().sortOrder(), Qt::DescendingOrder);
}

TEST_F(InstancesScreenTest, GroupsFoldByKeyAndCanBeLeftOut)
{
    screen_.view().setCurrentIndex(model().index(0, 2));
    press(Qt::Key_Left);
    EXPECT_EQ(model().rowCount(), 5);
    press(Qt::Key_Return);
    EXPECT_EQ(model().rowCount(), 8);
    press(Qt::Key_G, Qt::ShiftModifier);
    press(Qt::Key_G, Qt::ShiftModifier);

    EXPECT_EQ(model().groupBy(), models::GroupBy::None);
    EXPECT_EQ(model().rowCount(), 6);
}

TEST_F(InstancesScreenTest, OnlyAbnormalThatIsEmptySaysSoAndOffersTheWayBack)
{
    press(Qt::Key_E);

    EXPECT_FALSE(screen_.findChild<StatePage*>()->isContent());
    EXPECT_TRUE(screen_.escape());
    EXPECT_TRUE(screen_.findChild<StatePage*>()->isContent());
}

TEST_F(InstancesScreenTest, WhatItShowsCanBeWrittenDownAndRestored)
{
    const QMap<QString, QString> state{{QStringLiteral("filter"), QStringLiteral("pool=chat")},
                                       {QStringLiteral("abnormal"), QStringLiteral("1")},
                                       {QStringLiteral("cols"), QStringLiteral("latency")},
                                       {QStringLiteral("group"), QStringLiteral("zone")},
                                       {QStringLiteral("sort"), QStringLiteral("-ttft_p95_ms")}};

    screen_.restore(state);

    EXPECT_EQ(screen_.stateMap(), state);
    screen_.restore({{QStringLiteral("cols"), QStringLiteral("nonsense")},
                     {QStringLiteral("sort"), QStringLiteral("nonsense")}});
    EXPECT_EQ(screen_.stateMap()[QStringLiteral("cols")], QStringLiteral("latency"));
}

TEST_F(InstancesScreenTest, CellsAndRowsAreCopied)
{
    screen_.view().setCurrentIndex(model().index(1, static_cast<int>(InstanceColumn::Name)));
    press(Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QGuiApplication::clipboard()->text(), QStringLiteral("chat-0"));

    press(Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    const QString rows = QGuiApplication::clipboard()->text();
    EXPECT_TRUE(rows.startsWith(QLatin1String("alarm,name,admin,health,reason")));
    EXPECT_EQ(rows.count(QLatin1Char('\n')), 2);
}

TEST_F(InstancesScreenTest, ExportsWhatTheFilterShowsAndTellsWhenItCannot)
{
    QTemporaryDir folder;
    screen_.restore({{QStringLiteral("filter"), QStringLiteral("pool=chat")}});

    ASSERT_TRUE(screen_.exportTo(folder.filePath(QStringLiteral("a.csv"))));
    QFile file(folder.filePath(QStringLiteral("a.csv")));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll().count('\n'), 4);
    EXPECT_FALSE(screen_.exportTo(folder.filePath(QStringLiteral("no/such/a.json"))));
    EXPECT_NE(foot().find("Not written"), std::string::npos);
}

TEST_F(InstancesScreenTest, NarrowWindowsLeaveColumnsOutAndSaySo)
{
    screen_.resize(1'000, 700);
    QApplication::processEvents();

    EXPECT_GT(screen_.view().columnsLeftOut(), 0);
    EXPECT_NE(foot().find("columns that do not fit"), std::string::npos);
    for (const InstanceColumn column :
         {InstanceColumn::Badge, InstanceColumn::Name, InstanceColumn::Health,
          InstanceColumn::Reason})
        EXPECT_FALSE(screen_.view().isColumnHidden(static_cast<int>(column)));
}

TEST_F(InstancesScreenTest, ALostLinkChangesNoRow)
{
    const int rows = model().rowCount();
    QSignalSpy changed(&model(), &QAbstractItemModel::dataChanged);
    fleet_.loseLink();
    pass(60);

    EXPECT_EQ(model().rowCount(), rows);
    EXPECT_EQ(model().cell(1, InstanceColumn::Health), QStringLiteral("ready"));
}

TEST(InstancesScreenStates, LoadingThenEmpty)
{
    tests::ConsoleFleet fleet({.gateways = 0, .pools = 0, .instancesPerPool = 0});
    InstancesScreen screen(fleet.session());
    screen.show();
    fleet.connecting();
    EXPECT_FALSE(screen.findChild<StatePage*>()->isContent());
    fleet.connect(1);
    EXPECT_FALSE(screen.findChild<StatePage*>()->isContent());
}

} // namespace
} // namespace signalbox::views
