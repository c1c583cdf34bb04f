// SPDX-License-Identifier: Apache-2.0
#include "console/views/topology/topology_screen.h"
#include "tests/support/gui/console_fleet.h"

#include <QAccessible>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <gtest/gtest.h>

#include <set>

namespace signalbox::topology {
namespace {

using views::Act;
using views::ObjectKind;
using views::ObjectRef;

struct Shown {
    explicit Shown(const tests::FleetShape& shape, QSize size = {1100, 700}) : fleet(shape)
    {
        fleet.connect(5);
        screen = std::make_unique<TopologyScreen>(fleet.session(), nullptr);
        screen->resize(size);
        screen->show();
        screen->activateWindow();
        screen->shown();
        isActive = QTest::qWaitForWindowActive(screen.get());
    }

    TopologyCanvas& canvas() { return *screen->canvas(); }
    int nodeOf(ObjectKind kind, const std::string& id)
    {
        return canvas().scene()->nodeOf({kind, id});
    }
    void press(Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier)
    {
        QTest::keyClick(&canvas(), key, with);
    }
    void click(int node)
    {
        const QRectF box = canvas().nodeBoxes()[static_cast<std::size_t>(node)];
        QTest::mouseClick(&canvas(), Qt::LeftButton, {}, box.center().toPoint());
    }
    // What labels say that are on show, joined.
    QString words()
    {
        QStringList all;
        for (const QLabel* label : screen->findChildren<QLabel*>()) {
            if (label->isVisible())
                all << label->text();
        }
        return all.join(QLatin1Char('|'));
    }

    tests::ConsoleFleet fleet;
    std::unique_ptr<TopologyScreen> screen;
    bool isActive = false; // keys are taken by active windows only
};

TEST(TopologyScreen, ClickingSelectsTheNodeUnderThePointer)
{
    Shown shown({.gateways = 2, .pools = 2, .hasStandby = true});
    const std::vector<Node> nodes = shown.canvas().scene()->nodes();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].object.isNone())
            continue;
        shown.click(static_cast<int>(i));
        EXPECT_EQ(shown.fleet.selection().current(), nodes[i].object);
        EXPECT_EQ(shown.canvas().selectedNode(), static_cast<int>(i));
    }
}

TEST(TopologyScreen, ArrowsWalkFromGatewayToStandby)
{
    Shown shown({.gateways = 1, .pools = 1, .hasStandby = true});
    std::vector<ObjectKind> met;
    shown.press(Qt::Key_Right);
    for (int i = 0; i < 4; ++i) {
        met.push_back(shown.fleet.selection().current().kind);
        shown.press(Qt::Key_Right);
    }

    EXPECT_EQ(met, (std::vector{ObjectKind::Agent, ObjectKind::Route, ObjectKind::Pool,
                                ObjectKind::Pool}));
    EXPECT_EQ(shown.fleet.selection().current().id, "chat-standby");
}

TEST(TopologyScreen, EnterAndBackspaceGoThroughTheLevels)
{
    Shown shown({.gateways = 1, .pools = 2});
    QSignalSpy opened(shown.screen.get(), &views::Screen::openRequested);
    shown.fleet.selection().select({ObjectKind::Pool, "chat-2"});

    shown.press(Qt::Key_Return);
    EXPECT_EQ(shown.canvas().sight().level, Level::Pool);
    EXPECT_EQ(shown.canvas().scene()->nodes().size(), 3u);
    shown.press(Qt::Key_Right);
    shown.press(Qt::Key_Return);
    EXPECT_EQ(shown.canvas().sight().level, Level::Instance);
    EXPECT_EQ(shown.canvas().sight().agent, "chat-2-0");
    shown.press(Qt::Key_Return);
    EXPECT_EQ(opened.size(), 1);

    shown.press(Qt::Key_Backspace);
    EXPECT_EQ(shown.canvas().sight().level, Level::Pool);
    shown.press(Qt::Key_Backspace);
    EXPECT_EQ(shown.canvas().sight().level, Level::Fleet);
    EXPECT_EQ(shown.fleet.selection().current(), (ObjectRef{ObjectKind::Pool, "chat-2"}));
    EXPECT_FALSE(shown.screen->escape());
}

TEST(TopologyScreen, VCyclesGraphGridTable)
{
    Shown shown({});
    QSignalSpy asked(shown.screen.get(), &views::Screen::screenRequested);

    shown.press(Qt::Key_V);
    EXPECT_EQ(shown.canvas().sight().manner, Manner::Grid);
    shown.press(Qt::Key_V);
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0][0].toString(), QStringLiteral("instances"));
    EXPECT_EQ(shown.canvas().sight().manner, Manner::Graph);
}

TEST(TopologyScreen, ActsAreAskedForTheObjectOrItsPool)
{
    Shown shown({});
    std::vector<std::pair<Act, ObjectRef>> asked;
    QObject::connect(shown.screen.get(), &views::Screen::actRequested, shown.screen.get(),
                     [&](Act act, const std::vector<ObjectRef>& objects) {
                         asked.emplace_back(act, objects.at(0));
                     });
    shown.press(Qt::Key_D);
    EXPECT_TRUE(asked.empty());

    shown.fleet.selection().select({ObjectKind::Agent, "chat-1"});
    for (const Qt::Key key : {Qt::Key_D, Qt::Key_M, Qt::Key_W, Qt::Key_F, Qt::Key_Z})
        shown.press(key);
    const ObjectRef agent{ObjectKind::Agent, "chat-1"};
    const ObjectRef pool{ObjectKind::Pool, "chat"};
    EXPECT_EQ(asked, (std::vector<std::pair<Act, ObjectRef>>{{Act::Drain, agent},
                                                             {Act::Maintenance, agent},
                                                             {Act::Weights, pool},
                                                             {Act::Failover, pool},
                                                             {Act::Scale, pool}}));
}

TEST(TopologyScreen, EveryActionHasANameAKeyAndAToolTip)
{
    Shown shown({});
    std::set<QString> keys;
    for (const QAction* action : shown.screen->actions()) {
        EXPECT_FALSE(action->text().isEmpty());
        EXPECT_FALSE(action->toolTip().isEmpty());
        EXPECT_TRUE(keys.insert(action->shortcut().toString()).second)
            << action->text().toStdString();
    }
    EXPECT_GE(keys.size(), 15u);
}

TEST(TopologyScreen, WhatIsHiddenIsCountedAndCannotBeHit)
{
    Shown shown({});
    shown.screen->drillInto({ObjectKind::Pool, "chat"});
    const int node = shown.nodeOf(ObjectKind::Agent, "chat-1");
    const QPoint middle
        = shown.canvas().nodeBoxes()[static_cast<std::size_t>(node)].center().toPoint();

    shown.screen->find(QStringLiteral("!chat-1"));
    EXPECT_TRUE(shown.words().contains(QStringLiteral("2 drawn, 1 hidden")))
        << shown.words().toStdString();
    EXPECT_EQ(shown.canvas().nodeAt(middle), -1);

    shown.screen->find(QStringLiteral("chat-1"));
    EXPECT_TRUE(shown.words().contains(QStringLiteral("1 found, 3 drawn, 0 hidden")));
    shown.screen->find(QStringLiteral("!state=live"));
    EXPECT_TRUE(shown.words().contains(QStringLiteral("Nothing matches")));
    EXPECT_TRUE(shown.screen->escape());
    EXPECT_TRUE(shown.words().contains(QStringLiteral("3 drawn, 0 hidden")));
}

TEST(TopologyScreen, AMistakeIsSaidAndTheFilterBeforeStays)
{
    Shown shown({});
    shown.screen->find(QStringLiteral("!chat-1"));
    shown.screen->find(QStringLiteral("!chat-1 stat=x"));

    EXPECT_TRUE(shown.words().contains(QStringLiteral("did you mean \"state\"?")));
    EXPECT_TRUE(shown.words().contains(QStringLiteral("1 hidden")));
}

TEST(TopologyScreen, LettersInTheFieldAreText)
{
    Shown shown({});
    shown.screen->focusFilter();
    auto* field = shown.screen->findChild<QLineEdit*>();
    QTest::keyClicks(field, QStringLiteral("vd"));

    EXPECT_EQ(field->text(), QStringLiteral("vd"));
    EXPECT_EQ(shown.canvas().sight().manner, Manner::Graph);
}

TEST(TopologyScreen, WhatItShowsCannotLeaveTheCanvas)
{
    Shown shown({.pools = 9});
    TopologyCanvas& canvas = shown.canvas();
    const auto expectCovered = [&] {
        const QRectF plan
            = canvas.view().toScreen(QRectF(QPointF(0, 0), canvas.scene()->size()));
        const QRectF content = canvas.view().content;
        EXPECT_LE(plan.left(), content.left() + 1);
        EXPECT_LE(plan.top(), content.top() + 1);
        EXPECT_GE(plan.right() + 1, std::min(content.right(), content.left() + plan.width()));
        EXPECT_GE(plan.bottom() + 1, std::min(content.bottom(), content.top() + plan.height()));
    };
    for (const QPoint far : {QPoint(9'999, 9'999), QPoint(-9'999, -9'999)}) {
        canvas.panBy(far);
        expectCovered();
        canvas.zoomBy(1.25);
        expectCovered();
    }
    canvas.fit();
    expectCovered();
    for (int i = 0; i < 40; ++i)
        canvas.zoomBy(0.5);
    expectCovered();
    shown.press(Qt::Key_Home);
    expectCovered();
}

TEST(TopologyScreen, ZoomKeepsWhatIsUnderThePointer)
{
    Shown shown({.pools = 9});
    TopologyCanvas& canvas = shown.canvas();
    canvas.zoomTo(1.5, {600, 400});
    canvas.panBy({-100, -300});
    const QPointF before = canvas.view().toPlan({500, 300});
    canvas.zoomTo(1.8, {500, 300});
    const QPointF after = canvas.view().toPlan({500, 300});

    EXPECT_NEAR(before.x(), after.x(), 1.5);
    EXPECT_NEAR(before.y(), after.y(), 1.5);
}

TEST(TopologyScreen, EveryNodeIsAListItemWithItsWholeName)
{
    Shown shown({.gateways = 2, .pools = 2, .hasStandby = true});
    const auto expectList = [&](std::size_t wanted) {
        QAccessibleInterface* list = QAccessible::queryAccessibleInterface(&shown.canvas());
        ASSERT_NE(list, nullptr);
        EXPECT_EQ(list->role(), QAccessible::List);
        ASSERT_EQ(list->childCount(), static_cast<int>(wanted));
        std::set<QString> names;
        for (int i = 0; i < list->childCount(); ++i) {
            QAccessibleInterface* item = list->child(i);
            EXPECT_EQ(item->role(), QAccessible::ListItem);
            EXPECT_FALSE(item->rect().isEmpty());
            EXPECT_EQ(list->indexOfChild(item), i);
            names.insert(item->text(QAccessible::Name));
        }
        EXPECT_EQ(names.size(), wanted); // none empty beside another, none twice
    };
    expectList(2 + 2 + 3 + 1); // gateways, routes, pools, the state store
    shown.screen->drillInto({ObjectKind::Pool, "chat"});
    expectList(3);
    shown.screen->look(Manner::Grid);
    shown.screen->look(Level::Fleet);
    expectList(9);
}

TEST(TopologyScreen, TheSelectedNodeIsTheFocusedItem)
{
    Shown shown({});
    const int node = shown.nodeOf(ObjectKind::Pool, "chat");
    shown.canvas().selectNode(node);
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(&shown.canvas());

    EXPECT_TRUE(list->child(node)->state().selected);
    list->child(0)->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    EXPECT_EQ(shown.fleet.selection().current(), (ObjectRef{ObjectKind::Agent, "gw-1"}));
}

TEST(TopologyScreen, TheSelectionOfAnotherScreenIsShown)
{
    Shown shown({});
    shown.fleet.selection().select({ObjectKind::Pool, "chat"});
    EXPECT_EQ(shown.canvas().selectedNode(), shown.nodeOf(ObjectKind::Pool, "chat"));
    shown.fleet.selection().select({ObjectKind::Agent, "chat-0"});
    EXPECT_EQ(shown.canvas().selectedNode(), -1);
    shown.screen->look(Level::Pool);
    EXPECT_EQ(shown.canvas().selectedNode(), shown.nodeOf(ObjectKind::Agent, "chat-0"));
}

TEST(TopologyScreen, StatesOfTheWholePage)
{
    tests::ConsoleFleet fleet;
    fleet.connecting();
    TopologyScreen screen(fleet.session(), nullptr);
    screen.resize(900, 600);
    screen.show();
    const auto isSaid = [&](const char* words) {
        for (const QLabel* label : screen.findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(QLatin1String(words)))
                return true;
        }
        return false;
    };
    screen.shown();
    EXPECT_TRUE(isSaid("Loading"));
    fleet.connect(3);
    EXPECT_FALSE(isSaid("Loading"));
    EXPECT_EQ(screen.canvas()->scene()->nodes().size(), 4u);
    fleet.storeAway();
    EXPECT_TRUE(isSaid("state store away since"));
}

TEST(TopologyScreen, StateGoesRoundTrip)
{
    Shown shown({.pools = 2});
    shown.screen->drillInto({ObjectKind::Pool, "chat-2"});
    shown.screen->look(Manner::Grid);
    shown.screen->find(QStringLiteral("kv>0.1"));
    const QMap<QString, QString> state = shown.screen->stateMap();

    TopologyScreen other(shown.fleet.session(), nullptr);
    other.restore(state);
    EXPECT_EQ(other.stateMap(), state);
    other.restore({{QStringLiteral("level"), QStringLiteral("moon")},
                   {QStringLiteral("filter"), QStringLiteral("kv>")}});
    EXPECT_EQ(other.canvas()->sight().level, Level::Fleet);
}

TEST(TopologyScreen, WhoComesAndGoesIsDrawn)
{
    Shown shown({.instancesPerPool = 4});
    shown.screen->drillInto({ObjectKind::Pool, "chat"});
    const int node = shown.nodeOf(ObjectKind::Agent, "chat-2");
    const QRectF place = shown.canvas().scene()->nodes()[static_cast<std::size_t>(node)].box;

    shown.fleet.leave("chat-1");
    shown.fleet.advance(1);
    EXPECT_GE(shown.nodeOf(ObjectKind::Agent, "chat-1"), 0); // its ghost
    const int again = shown.nodeOf(ObjectKind::Agent, "chat-2");
    EXPECT_EQ(shown.canvas().scene()->nodes()[static_cast<std::size_t>(again)].box, place);
}

} // namespace
} // namespace signalbox::topology
