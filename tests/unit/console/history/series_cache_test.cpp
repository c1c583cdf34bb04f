// SPDX-License-Identifier: Apache-2.0
#include "console/history/series_cache.h"

#include "shared/base/limits.h"
#include "tests/support/gui/console_fleet.h"

#include <gtest/gtest.h>

#include <cmath>

namespace signalbox::history {
namespace {

using fleet::Reading;
using tests::ConsoleFleet;

TEST(SeriesCache, KeepsASecondAPlaceOldestFirst)
{
    ConsoleFleet fleet;
    fleet.connect(30);
    const int slot = fleet.store().slotOf("chat-0");

    const Series series = fleet.history().ofAgent(slot, Reading::TtftP95Ms, 10);

    ASSERT_EQ(series.values.size(), 10u);
    EXPECT_FLOAT_EQ(series.values.back(),
                    fleet.store().agent(slot).readings[Reading::TtftP95Ms]);
    EXPECT_EQ(series.lastUnixMs / 1'000, fleet.store().nowUnixMs() / 1'000);
    EXPECT_TRUE(fleet.history().ofAgent(slot, Reading::CpuCores, 10).values.empty()); // not kept
}

TEST(SeriesCache, SecondsThatWereNotToldAreGaps)
{
    ConsoleFleet fleet;
    fleet.connect(10);
    const int slot = fleet.store().slotOf("chat-0");
    fleet::FleetChanges late;
    late.agents["chat-0"].rows.push_back({fleet.store().nowUnixMs() + 4'000, {}});
    late.agents["chat-0"].rows.back().readings[Reading::InFlight] = 3;
    fleet.store().apply(std::move(late));

    const auto values = fleet.history().ofAgent(slot, Reading::InFlight, 5).values;

    ASSERT_EQ(values.size(), 5u);
    EXPECT_FALSE(std::isnan(values[0]));
    EXPECT_TRUE(std::isnan(values[1]) && std::isnan(values[2]) && std::isnan(values[3]));
    EXPECT_EQ(values[4], 3);
}

TEST(SeriesCache, PoolsAndTheFleetHaveEveryReading)
{
    ConsoleFleet fleet;
    fleet.connect(5); // and the second in which it connected
    EXPECT_EQ(fleet.history().ofPool("chat", Reading::EndToEndP95Ms, 60).values.size(), 6u);
    EXPECT_EQ(fleet.history().ofFleet(Reading::ErrorsPerSecond, 60).values.size(), 6u);
}

TEST(SeriesCache, ManyAgentsMakeItShorterNotLarger)
{
    ConsoleFleet fleet({.gateways = 1, .pools = 1, .instancesPerPool = 3'000});
    fleet.connect(2);

    EXPECT_LT(fleet.history().secondsKept(), static_cast<int>(limits::kHistoryRows));
    EXPECT_LE(fleet.history().bytes(), limits::kHistoryBytes);
    const int slot = fleet.store().slotOf("chat-0");
    EXPECT_EQ(fleet.history().ofAgent(slot, Reading::InFlight, 60).values.size(), 2u);
}

} // namespace
} // namespace signalbox::history
