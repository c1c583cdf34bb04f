// SPDX-License-Identifier: Apache-2.0
#include "console/models/lists/alarm_list_model.h"
#include "console/models/lists/binned_series.h"
#include "console/models/lists/change_list_model.h"
#include "console/models/lists/event_log_model.h"
#include "console/models/lists/pool_tiles.h"
#include "shared/base/limits.h"
#include "tests/support/gui/console_fleet.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include <cmath>

namespace signalbox::lists {
namespace {

using namespace Qt::StringLiterals;
using tests::ConsoleFleet;
using tests::FleetShape;
using Mode = QAbstractItemModelTester::FailureReportingMode;

model::Event eventAt(std::uint64_t number, std::int64_t unixMs)
{
    return {number, unixMs, "chat-0", "drain_ended", "chat-0", "chat-0 event "
                + std::to_string(number), model::Severity::Info};
}

void tellEvents(ConsoleFleet& fleet, std::uint64_t first, std::uint64_t count)
{
    fleet::FleetChanges changes;
    for (std::uint64_t i = 0; i < count; ++i)
        changes.events.push_back(eventAt(first + i, 1'000));
    fleet.store().apply(std::move(changes));
}

TEST(AlarmListModel, TheWorstIsFirstAndNoChangeIsAReset)
{
    // given a fleet without alarms
    ConsoleFleet fleet({.pools = 2, .instancesPerPool = 3});
    fleet.connect();
    AlarmListModel alarms(fleet.store());
    QAbstractItemModelTester tester(&alarms, Mode::Fatal);
    QSignalSpy resets(&alarms, &QAbstractItemModel::modelReset);
    EXPECT_EQ(alarms.rowCount(), 0);
    // when one is late, then others fail, and one comes back
    fleet.freezeAgent("chat-1");
    fleet.advance(45);
    ASSERT_EQ(alarms.rowCount(), 1);
    EXPECT_EQ(alarms.row(0).alarm.key.cause, fleet::AlarmCause::AgentLate);
    fleet.killEngine("chat-0");
    fleet.wedgeEngine("chat-2-0");
    fleet.advance(2);
    // then the worse stand above
    ASSERT_GE(alarms.rowCount(), 3);
    EXPECT_EQ(alarms.row(0).alarm.priority, model::Priority::P2);
    EXPECT_EQ(alarms.row(alarms.rowCount() - 1).alarm.priority, model::Priority::P3);
    fleet.state("chat-0").record.health = {model::Health::Ready, "", 0};
    fleet.tell("chat-0");
    for (int i = 0; i < alarms.rowCount(); ++i)
        EXPECT_NE(alarms.row(i).alarm.key.object, "chat-0");
    EXPECT_EQ(resets.count(), 0);
}

TEST(AlarmListModel, ARowIsASentenceAndAcknowledgingChangesIt)
{
    ConsoleFleet fleet;
    fleet.connect();
    AlarmListModel alarms(fleet.store());
    fleet.wedgeEngine("chat-1");
    ASSERT_EQ(alarms.rowCount(), 1);
    EXPECT_EQ(alarms.newCount(), 1);
    const QString line = alarms.data(alarms.index(0), Qt::DisplayRole).toString();
    EXPECT_TRUE(line.startsWith(u"P2, new, chat-1: Wedged: no token for 6 s"_s))
        << line.toStdString();
    fleet.store().acknowledge(alarms.row(0).alarm.key);
    EXPECT_EQ(alarms.newCount(), 0);
    EXPECT_TRUE(
        alarms.data(alarms.index(0), Qt::DisplayRole).toString().startsWith(u"P2, ack"_s));
}

TEST(ChangeListModel, ListsTheLastHourAndSaysWhatWasUndone)
{
    ConsoleFleet fleet;
    fleet.connect();
    ChangeListModel changes(fleet.store());
    QAbstractItemModelTester tester(&changes, Mode::Fatal);
    ASSERT_EQ(changes.rowCount(), 3);
    EXPECT_EQ(changes.row(0).number, 3u);
    EXPECT_EQ(changes.row(0).what, u"Drain chat-0"_s);
    EXPECT_EQ(changes.row(1).what, u"Undo 1: Undrain chat-0"_s);
    EXPECT_EQ(changes.row(2).undoneBy, 2u);
    EXPECT_EQ(changes.row(0).undoneBy, 0u);
    // when the oldest is older than an hour, it leaves the list
    fleet.advance(31 * 60);
    EXPECT_EQ(changes.rowCount(), 2);
}

TEST(EventLogModel, NewOnesComeInAboveAndTheListIsBounded)
{
    ConsoleFleet fleet;
    fleet.connect(1);
    tellEvents(fleet, 1, 3);
    EventLogModel events(fleet.store());
    QAbstractItemModelTester tester(&events, Mode::Fatal);
    QSignalSpy resets(&events, &QAbstractItemModel::modelReset);
    EXPECT_EQ(events.rowCount(), 3);
    tellEvents(fleet, 4, 2);
    EXPECT_EQ(events.row(0).text, u"chat-0 event 5"_s);
    EXPECT_EQ(events.row(4).text, u"chat-0 event 1"_s);
    const auto most = static_cast<int>(limits::kEventsListed);
    for (std::uint64_t i = 0; i < 6; ++i)
        tellEvents(fleet, 10 + i * 100, 100);
    EXPECT_EQ(events.rowCount(), most);
    EXPECT_EQ(events.row(0).text, u"chat-0 event 609"_s);
    EXPECT_EQ(events.leftOut(), 605u - limits::kEventsListed);
    // more at once than the list holds
    tellEvents(fleet, 1'000, limits::kEventsListed + 50);
    EXPECT_EQ(events.rowCount(), most);
    EXPECT_EQ(resets.count(), 0);
}

TEST(BinnedSeries, HoldsMeansOfSpansAndLeavesGaps)
{
    BinnedSeries series(10'000, 4);
    series.add(100'000, 2);
    series.add(101'000, 4);
    series.add(120'000, 8);
    series.add(90'000, 100); // too old to be told
    const std::vector<float> values = series.values(125'000);
    ASSERT_EQ(values.size(), 4u);
    EXPECT_TRUE(std::isnan(values[0]));
    EXPECT_EQ(values[1], 3);
    EXPECT_TRUE(std::isnan(values[2]));
    EXPECT_EQ(values[3], 8);
}

TEST(UsualRange, HoldsWhatWandersAndLeavesOutlawsOut)
{
    std::vector<float> values;
    for (int i = 0; i < 100; ++i)
        values.push_back(100 + static_cast<float>(i % 10));
    EXPECT_FALSE(usualRange({1, 2, 3}).has_value());
    values.push_back(900);
    const auto range = usualRange(values);
    ASSERT_TRUE(range.has_value());
    EXPECT_LT(range->low, 100);
    EXPECT_GT(range->high, 109);
    EXPECT_LT(range->high, 200);
}

TEST(PoolTiles, PlaceIsByNameWhateverTheState)
{
    ConsoleFleet fleet({.gateways = 2, .pools = 3, .instancesPerPool = 3, .hasStandby = true});
    fleet.connect();
    PoolTiles source(fleet.store());
    std::vector<PoolTile> tiles = source.tiles();
    ASSERT_EQ(tiles.size(), 5u);
    EXPECT_EQ(tiles[0].title, u"gateways"_s);
    EXPECT_EQ(tiles[1].pool, "chat");
    EXPECT_EQ(tiles[4].pool, "chat-standby");
    EXPECT_TRUE(tiles[4].isStandby);
    EXPECT_EQ(tiles[4].countText, u"3 of 3 ready"_s);
    EXPECT_FALSE(tiles[4].isAbnormal);
    fleet.killEngine("chat-3-1");
    fleet.drain("chat-3-2", 4);
    tiles = source.tiles();
    EXPECT_EQ(tiles[3].pool, "chat-3");
    EXPECT_EQ(tiles[3].countText, u"1 of 3 serving"_s);
    EXPECT_EQ(tiles[3].note, u"1 failed, 1 draining"_s);
    EXPECT_TRUE(tiles[3].isAbnormal);
    EXPECT_EQ(tiles[3].priority, model::Priority::P2);
    EXPECT_EQ(tiles[3].cells[1].priority, model::Priority::P2);
}

TEST(PoolTiles, ACellStandsForSeveralAndShowsTheWorst)
{
    ConsoleFleet fleet({.gateways = 0, .pools = 1, .instancesPerPool = 3'000});
    fleet.connect(1);
    fleet.killEngine("chat-1234");
    PoolTiles source(fleet.store());
    const std::vector<PoolTile> tiles = source.tiles();
    ASSERT_EQ(tiles.size(), 1u);
    EXPECT_EQ(tiles[0].agentsPerCell, 3);
    EXPECT_EQ(tiles[0].cells.size(), 1'000u);
    const auto marked
        = std::count_if(tiles[0].cells.begin(), tiles[0].cells.end(), [](const TileCell& cell) {
              return cell.priority == model::Priority::P2;
          });
    EXPECT_EQ(marked, 1);
}

} // namespace
} // namespace signalbox::lists
