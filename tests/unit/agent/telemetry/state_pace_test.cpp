// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/state_pace.h"
#include "shared/base/limits.h"

#include <gtest/gtest.h>

namespace signalbox::telemetry {
namespace {

using namespace std::chrono_literals;

class StatePaceTest : public ::testing::Test {
protected:
    StatePaceTest()
    {
        state_.members.resize(1);
        EXPECT_TRUE(told()) << "the first state is news";
    }
    bool told() { return pace_.mustTell(state_, at_); }

    StatePace pace_;
    model::AgentState state_;
    base::Monotonic at_{1h};
};

TEST_F(StatePaceTest, NumbersThatAlwaysMoveWaitForTheRefresh)
{
    state_.load.decoding = 7;
    state_.load.sequence = 90;
    state_.members[0].inFlight = 3;
    state_.members[0].requestsTotal = 1'000;
    state_.members[0].reportAgeMs = 40;
    state_.snapshotAgeMs = 5;
    EXPECT_FALSE(told());

    at_ += limits::kStateRefresh;
    EXPECT_TRUE(told());
    EXPECT_FALSE(told());
}

TEST_F(StatePaceTest, NothingIsToldAgainWhenNothingChanged)
{
    at_ += limits::kStateRefresh * 10;
    EXPECT_FALSE(told());
}

TEST_F(StatePaceTest, WordsAndVerdictsAreToldAtOnce)
{
    state_.record.health.state = model::Health::Wedged;
    EXPECT_TRUE(told());
    state_.members[0].reason = "its health probe is down";
    EXPECT_TRUE(told());
    state_.load.acceptsWork = true;
    EXPECT_TRUE(told());
    state_.storeAway = true;
    EXPECT_TRUE(told());
}

TEST_F(StatePaceTest, ADrainCountsDownLive)
{
    state_.drain = {model::DrainPhase::Draining, 3, 1'000, 0};
    EXPECT_TRUE(told());
    state_.drain.longestMs = 1'250;
    EXPECT_TRUE(told());
    state_.drain = {model::DrainPhase::Drained, 0, 0, 0};
    EXPECT_TRUE(told());
}

} // namespace
} // namespace signalbox::telemetry
