// SPDX-License-Identifier: Apache-2.0
#include "console/views/overview/overview_screen.h"

#include "console/theme/apply_theme.h"
#include "console/theme/theme.h"
#include "console/views/frame/state_page.h"
#include "tests/support/gui/console_fleet.h"

#include <QAction>
#include <QApplication>
#include <QImage>
#include <QLabel>
#include <QListView>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>

namespace signalbox::overview {
namespace {

using namespace Qt::StringLiterals;
using tests::ConsoleFleet;
using tests::FleetShape;

constexpr QSize kSmall(1204, 708); // work area of a window of 1280x800
constexpr QSize kLarge(1440, 891); // and of 1920x1080

struct Lab {
    double l = 0;
    double a = 0;
    double b = 0;
};

double linear(int channel)
{
    const double share = channel / 255.0;
    return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

Lab labOf(const QColor& colour)
{
    const double r = linear(colour.red());
    const double g = linear(colour.green());
    const double b = linear(colour.blue());
    const auto f = [](double t) {
        return t > 216.0 / 24389 ? std::cbrt(t) : (t * 24389 / 27 + 16) / 116;
    };
    const double x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
    const double y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
    const double z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

// CIE76: never smaller than what the eye tells apart in these saturated colours by CIEDE2000, so a
// pixel that this leaves out is left out by the other, too.
double distance(const QColor& one, const QColor& other)
{
    const Lab p = labOf(one);
    const Lab q = labOf(other);
    return std::hypot(p.l - q.l, p.a - q.a, p.b - q.b);
}

int pixelsNear(const QImage& image, const QColor& colour, double most)
{
    std::map<QRgb, int> counts;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            ++counts[image.pixel(x, y)];
    }
    int near = 0;
    for (const auto& [rgb, count] : counts)
        near += distance(QColor(rgb), colour) < most ? count : 0;
    return near;
}

class Overview : public testing::Test {
protected:
    void show(const FleetShape& shape, QSize size = kSmall, int seconds = 90)
    {
        fleet = std::make_unique<ConsoleFleet>(shape);
        screen = std::make_unique<OverviewScreen>(fleet->session(), nullptr);
        screen->resize(size);
        screen->show();
        fleet->connect(seconds);
    }
    void TearDown() override
    {
        theme::applyTheme(*qApp, theme::Scheme::Dark);
    }
    PoolGrid& grid() { return *screen->findChild<PoolGrid*>(); }
    QListView& alarmList() { return *screen->findChildren<QListView*>().front(); }
    QImage picture() { return screen->grab().toImage(); }
    QString allLabels()
    {
        QString all;
        for (const QLabel* label : screen->findChildren<QLabel*>())
            all += label->text() + u'\n';
        return all;
    }

    std::unique_ptr<ConsoleFleet> fleet;
    std::unique_ptr<OverviewScreen> screen;
};

TEST_F(Overview, WithoutAlarmsNoPixelIsNearTheColourOfOne)
{
    show({.gateways = 2, .pools = 3, .instancesPerPool = 8, .hasStandby = true});
    for (const theme::Scheme scheme : {theme::Scheme::Dark, theme::Scheme::Light}) {
        theme::applyTheme(*qApp, scheme);
        const QImage image = picture();
        const theme::Tokens& t = theme::tokens();
        EXPECT_EQ(pixelsNear(image, t.p1, 10), 0);
        EXPECT_EQ(pixelsNear(image, t.p2, 10), 0);
        EXPECT_EQ(pixelsNear(image, t.p3, 10), 0);
    }
    EXPECT_TRUE(allLabels().contains(u"Nothing needs you."_s));
}

TEST_F(Overview, ASingleP1IsSeenInListAndTile)
{
    // given a fleet of several pools, one of which has a single instance
    show({.gateways = 1, .pools = 4, .instancesPerPool = 1}, kLarge);
    // when that instance fails
    fleet->killEngine("chat-2-0");
    fleet->advance(1);
    // then the P1 stands in the list, and its tile has its colour
    ASSERT_EQ(fleet->store().alarms().count(model::Priority::P1), 1);
    EXPECT_GT(pixelsNear(alarmList().grab().toImage(), theme::tokens().p1, 3), 20);
    const QImage tiles = grid().grab().toImage();
    EXPECT_GT(pixelsNear(tiles, theme::tokens().p1, 3), 20);
    EXPECT_GT(pixelsNear(tiles.copy(grid().tileBox(2)), theme::tokens().p1, 3), 20);
    EXPECT_EQ(pixelsNear(tiles.copy(grid().tileBox(1)), theme::tokens().p1, 3), 0);
}

TEST_F(Overview, TheKeyAAcknowledgesAndStaysWhereItWas)
{
    show({.pools = 2, .instancesPerPool = 3});
    fleet->killEngine("chat-0");
    fleet->advance(1);
    ASSERT_EQ(fleet->store().alarms().alarms().front().ack, model::Ack::New);
    alarmList().setFocus();
    QTest::keyClick(&alarmList(), Qt::Key_Down);
    alarmList().setCurrentIndex(alarmList().model()->index(0, 0));
    for (QAction* action : screen->actions()) {
        if (action->shortcut() == QKeySequence(Qt::Key_A))
            action->trigger();
    }
    EXPECT_EQ(fleet->store().alarms().alarms().front().ack, model::Ack::Acknowledged);
    EXPECT_EQ(alarmList().currentIndex().row(), 0);
    EXPECT_TRUE(allLabels().contains(u"1 active, 0 new"_s));
}

TEST_F(Overview, EnterOnAnAlarmOpensItsObject)
{
    show({.pools = 2, .instancesPerPool = 3});
    fleet->killEngine("chat-0");
    fleet->advance(1);
    QSignalSpy opened(screen.get(), &views::Screen::openRequested);
    alarmList().setCurrentIndex(alarmList().model()->index(0, 0));
    EXPECT_EQ(fleet->selection().current(),
              (views::ObjectRef{views::ObjectKind::Agent, "chat-0"}));
    QTest::keyClick(&alarmList(), Qt::Key_Return);
    ASSERT_EQ(opened.count(), 1);
}

TEST_F(Overview, ArrowKeysWalkThePoolsAndEnterOpens)
{
    show({.gateways = 1, .pools = 3, .instancesPerPool = 2});
    std::string pool;
    QObject::connect(screen.get(), &views::Screen::openRequested, screen.get(),
                     [&pool](const views::ObjectRef& object) { pool = object.id; });
    grid().setFocus();
    QTest::keyClick(&grid(), Qt::Key_Home);
    QTest::keyClick(&grid(), Qt::Key_Right);
    QTest::keyClick(&grid(), Qt::Key_Right);
    EXPECT_EQ(fleet->selection().current(),
              (views::ObjectRef{views::ObjectKind::Pool, "chat-2"}));
    EXPECT_TRUE(grid().accessibleDescription().startsWith(u"chat-2, 2 of 2 serving"_s));
    QTest::keyClick(&grid(), Qt::Key_Return);
    EXPECT_EQ(pool, "chat-2");
}

TEST_F(Overview, OnlyAbnormalPoolsAreShownAndEscapeBringsTheOthersBack)
{
    show({.gateways = 1, .pools = 3, .instancesPerPool = 2});
    fleet->killEngine("chat-2-0");
    fleet->advance(1);
    screen->restore({{u"pools"_s, u"abnormal"_s}});
    EXPECT_EQ(grid().tileCount(), 1);
    EXPECT_EQ(grid().poolCount(), 4);
    EXPECT_EQ(screen->stateMap().value(u"pools"_s), u"abnormal"_s);
    EXPECT_TRUE(screen->escape());
    EXPECT_EQ(grid().tileCount(), 4);
    EXPECT_FALSE(screen->escape());
    EXPECT_TRUE(screen->stateMap().isEmpty());
}

TEST_F(Overview, EveryPoolIsOnThePageAtAnyCount)
{
    for (const int pools : {1, 12, 60, 200}) {
        for (const QSize size : {kSmall, kLarge}) {
            show({.gateways = 1, .pools = pools, .instancesPerPool = 2}, size, 3);
            EXPECT_EQ(grid().tileCount(), pools + 1);
            for (int i = 0; i < grid().tileCount(); ++i)
                EXPECT_TRUE(grid().rect().contains(grid().tileBox(i))) << pools << " " << i;
            EXPECT_LE(grid().geometry().bottom(), size.height());
            if (pools > 60) {
                EXPECT_EQ(grid().form(), TileForm::Heat);
            }
        }
    }
}

TEST_F(Overview, NothingOverlapsAndNothingIsCutAtBothSizes)
{
    for (const QSize size : {kSmall, kLarge}) {
        show({.gateways = 2, .pools = 5, .instancesPerPool = 24}, size, 5);
        const QRect page = screen->rect();
        std::vector<QRect> boxes{grid().geometry()};
        for (const QObject* panel : grid().parentWidget()->children()) {
            const auto* widget = qobject_cast<const QWidget*>(panel);
            if (widget && widget != &grid())
                boxes.push_back(widget->geometry());
        }
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            EXPECT_TRUE(page.contains(boxes[i])) << i;
            for (std::size_t k = i + 1; k < boxes.size(); ++k)
                EXPECT_FALSE(boxes[i].intersects(boxes[k])) << i << " " << k;
        }
    }
}

TEST_F(Overview, SaysThatItLoadsAndThatThereIsNothingYet)
{
    fleet = std::make_unique<ConsoleFleet>(FleetShape{.gateways = 0, .pools = 0});
    screen = std::make_unique<OverviewScreen>(fleet->session(), nullptr);
    screen->resize(kSmall);
    screen->show();
    fleet->connecting();
    EXPECT_FALSE(screen->findChild<views::StatePage*>()->isContent());
    EXPECT_TRUE(allLabels().contains(u"Loading"_s));
    fleet->connect(1);
    EXPECT_TRUE(allLabels().contains(u"Nothing here yet"_s));
}

TEST_F(Overview, ALostLinkAndAStoreAwayAreSaid)
{
    show({.pools = 1, .instancesPerPool = 3});
    fleet->storeAway();
    fleet->advance(1);
    QString plane;
    for (const QWidget* widget : screen->findChildren<QWidget*>())
        plane += widget->accessibleDescription();
    EXPECT_TRUE(plane.contains(u"away since"_s));
    fleet->loseLink();
    fleet->advance(2);
    plane.clear();
    for (const QWidget* widget : screen->findChildren<QWidget*>())
        plane += widget->accessibleDescription();
    EXPECT_TRUE(plane.contains(u"connection refused"_s));
}

TEST_F(Overview, EveryActionSaysWhatItDoesAndByWhichKey)
{
    show({});
    EXPECT_EQ(screen->actions().size(), 3);
    for (const QAction* action : screen->actions()) {
        EXPECT_FALSE(action->shortcut().isEmpty());
        EXPECT_FALSE(action->toolTip().isEmpty());
    }
}

} // namespace
} // namespace signalbox::overview
