// SPDX-License-Identifier: Apache-2.0
#include "console/models/instances/peer_track.h"
#include "tests/support/gui/console_fleet.h"

#include <gtest/gtest.h>

#include <cmath>

namespace signalbox::models {
namespace {

using fleet::Reading;

class PeerTrackTest : public testing::Test {
protected:
    PeerTrackTest() { fleet_.connect(30); }
    int slot(const char* id) { return fleet_.store().slotOf(id); }
    PeerTrack track(const char* id)
    {
        return trackOf(fleet_.store(), fleet_.history(), slot(id),
                       servingPeers(fleet_.store(), slot(id)), Reading::TtftP95Ms);
    }

    tests::ConsoleFleet fleet_{{.gateways = 1, .pools = 2, .instancesPerPool = 5}};
};

TEST_F(PeerTrackTest, PeersServeInTheSamePoolAndAreOthers)
{
    fleet_.killEngine("chat-3");

    const std::vector<int> peers = servingPeers(fleet_.store(), slot("chat-0"));

    EXPECT_EQ(peers, (std::vector<int>{slot("chat-1"), slot("chat-2"), slot("chat-4")}));
}

TEST_F(PeerTrackTest, TheBandHoldsTheMedianAndEndsNow)
{
    const PeerTrack all = track("chat-0");

    ASSERT_EQ(all.own.size(), static_cast<std::size_t>(kTrackSeconds));
    EXPECT_TRUE(std::isfinite(all.own.back()));
    EXPECT_TRUE(std::isnan(all.own.front()));
    EXPECT_LE(all.low.back(), all.median.back());
    EXPECT_GE(all.high.back(), all.median.back());
    EXPECT_EQ(all.peers, 4);
}

TEST_F(PeerTrackTest, ASilentAgentEndsInAGapWhileItsPeersGoOn)
{
    fleet_.freezeAgent("chat-0");
    fleet_.advance(12);

    const PeerTrack all = track("chat-0");

    EXPECT_TRUE(std::isnan(all.own.back()));
    EXPECT_TRUE(std::isnan(all.own[kTrackSeconds - 11]));
    EXPECT_TRUE(std::isfinite(all.own[kTrackSeconds - 14]));
    EXPECT_TRUE(std::isfinite(all.median.back()));
}

TEST(Spread, KnowsItsPercentilesAndWhoStandsOutside)
{
    const Spread spread = spreadOf({10, 20, 30, fleet::kUnknown, 40, 50});

    EXPECT_EQ(spread.count, 5);
    EXPECT_FLOAT_EQ(spread.median, 30);
    EXPECT_FLOAT_EQ(spread.low, 12);
    EXPECT_FLOAT_EQ(spread.high, 48);
    EXPECT_FALSE(differs(30, spread));
    EXPECT_FALSE(differs(50, spread)); // by a hair
    EXPECT_TRUE(differs(60, spread));
    EXPECT_TRUE(differs(0, spread));
    EXPECT_TRUE(differs(fleet::kUnknown, spread));
    EXPECT_FALSE(differs(60, spreadOf({10, 20}))); // too few to say
}

} // namespace
} // namespace signalbox::models
