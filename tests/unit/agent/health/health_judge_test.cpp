// SPDX-License-Identifier: Apache-2.0
#include "agent/health/health_judge.h"

#include "tests/support/manual_clock.h"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::health {
namespace {

using namespace std::chrono_literals;
using engine::FetchFault;
using engine::ProbeOutcome;
using model::Health;

ProbeOutcome says(Health means, std::string because = "")
{
    ProbeOutcome outcome;
    outcome.means = means;
    outcome.reason = std::move(because);
    return outcome;
}

ProbeOutcome silent(FetchFault fault, std::string why = "connection refused")
{
    ProbeOutcome outcome;
    outcome.fault = fault;
    outcome.reason = std::move(why);
    return outcome;
}

struct Rig {
    tests::ManualClock clock;
    HealthJudge judge{HealthSettings{.startWithin = 60s}, clock};
    Health state() const { return judge.verdict().state; }
    const std::string& reason() const { return judge.verdict().reason; }
};

TEST(HealthJudge, StartsLoadsAndIsReadyAtTheFirstGoodWord)
{
    Rig rig;
    EXPECT_EQ(rig.state(), Health::Unknown);

    EXPECT_EQ(rig.judge.takeProbe(silent(FetchFault::Refused)), Change::State);
    EXPECT_EQ(rig.state(), Health::Starting);
    EXPECT_EQ(rig.judge.takeProbe(silent(FetchFault::Refused)), Change::None);
    EXPECT_EQ(rig.judge.takeProbe(says(Health::Loading, "loading the model")), Change::State);
    EXPECT_EQ(rig.reason(), "loading the model");
    EXPECT_EQ(rig.judge.takeProbe(says(Health::Ready)), Change::State);
    EXPECT_EQ(rig.state(), Health::Ready);
    EXPECT_EQ(rig.reason(), "");
}

TEST(HealthJudge, FailsWhatDoesNotStartInTime)
{
    Rig rig;
    rig.judge.takeProbe(silent(FetchFault::Refused));
    rig.clock.advance(61s);
    rig.judge.takeProbe(silent(FetchFault::Refused));

    EXPECT_EQ(rig.state(), Health::Failed);
    EXPECT_EQ(rig.reason(), "did not start within 1m: connection refused");
}

TEST(HealthJudge, NeedsTwoBadProbesToFailAndThreeGoodOnesToReturn)
{
    Rig rig;
    rig.judge.takeProbe(says(Health::Ready));
    rig.clock.advance(5s);

    EXPECT_EQ(rig.judge.takeProbe(silent(FetchFault::Deadline, "no answer within 800 ms")),
              Change::None);
    EXPECT_FALSE(rig.judge.wantsQuickProbe());
    EXPECT_EQ(rig.judge.takeProbe(says(Health::Ready)), Change::None);
    rig.judge.takeProbe(silent(FetchFault::Deadline, "no answer within 800 ms"));
    EXPECT_EQ(rig.judge.takeProbe(silent(FetchFault::Deadline, "no answer within 800 ms")),
              Change::State);
    EXPECT_EQ(rig.state(), Health::Failed);
    EXPECT_EQ(rig.reason(), "no answer within 800 ms");
    const auto failedAt = rig.judge.verdict().sinceUnixMs;

    rig.clock.advance(1s);
    EXPECT_EQ(rig.judge.takeProbe(silent(FetchFault::Refused)), Change::Reason);
    EXPECT_EQ(rig.judge.verdict().sinceUnixMs, failedAt) << "another reason is no new failure";
    EXPECT_EQ(rig.judge.takeProbe(says(Health::Ready)), Change::None);
    EXPECT_EQ(rig.judge.takeProbe(says(Health::Ready)), Change::None);
    EXPECT_EQ(rig.judge.takeProbe(says(Health::Ready)), Change::State);
    EXPECT_EQ(rig.judge.verdict().sinceUnixMs, failedAt + 1'000);
}

TEST(HealthJudge, AsksARefusedEngineAgainAtOnce)
{
    Rig rig;
    rig.judge.takeProbe(says(Health::Ready));
    rig.judge.takeProbe(silent(FetchFault::Refused));
    EXPECT_TRUE(rig.judge.wantsQuickProbe());
    rig.judge.takeProbe(silent(FetchFault::Refused));
    EXPECT_EQ(rig.state(), Health::Failed);
    EXPECT_FALSE(rig.judge.wantsQuickProbe());
}

TEST(HealthJudge, ShowsARestartedEngineLoadingAfterItFailed)
{
    Rig rig;
    rig.judge.takeProbe(says(Health::Ready));
    rig.judge.takeProbe(says(Health::Failed, "the engine core is dead"));
    EXPECT_EQ(rig.state(), Health::Ready);
    rig.judge.takeProbe(says(Health::Failed, "the engine core is dead"));
    EXPECT_EQ(rig.state(), Health::Failed);
    rig.judge.takeProbe(says(Health::Loading, "loading the model"));
    EXPECT_EQ(rig.state(), Health::Loading);
    rig.judge.takeProbe(says(Health::Ready));
    EXPECT_EQ(rig.state(), Health::Ready) << "it said itself that it was loading";
}

TEST(HealthJudge, DoesNotTakeSleepForFailure)
{
    Rig rig;
    EXPECT_EQ(rig.judge.takeSleeping(true), Change::None) << "not ready yet";
    rig.judge.takeProbe(says(Health::Ready));
    EXPECT_EQ(rig.judge.takeSleeping(true), Change::State);
    EXPECT_EQ(rig.judge.takeProbe(says(Health::Ready)), Change::None) << "it stays 200 asleep";
    EXPECT_EQ(rig.state(), Health::Sleeping);
    EXPECT_EQ(rig.judge.takeSleeping(false), Change::State);
    EXPECT_EQ(rig.state(), Health::Ready);
}

TEST(HealthJudge, EndsWedgedWithATokenOnly)
{
    Rig rig;
    rig.judge.takeProbe(says(Health::Ready));
    EXPECT_EQ(rig.judge.takeWedged("no token"), Change::State);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(rig.judge.takeProbe(says(Health::Ready)), Change::None);
    EXPECT_EQ(rig.state(), Health::Wedged);
    EXPECT_EQ(rig.judge.takeToken(), Change::State);
    EXPECT_EQ(rig.state(), Health::Ready);
    EXPECT_EQ(rig.judge.takeToken(), Change::None);
}

TEST(HealthJudge, PrefersFailedToWedged)
{
    Rig rig;
    rig.judge.takeProbe(says(Health::Ready));
    rig.judge.takeWedged("no token");
    rig.judge.takeProbe(silent(FetchFault::Refused));
    rig.judge.takeProbe(silent(FetchFault::Refused));
    EXPECT_EQ(rig.state(), Health::Failed);
    EXPECT_EQ(rig.judge.takeWedged("no token"), Change::None);
}

TEST(HealthJudge, LetsARestartedEngineBeginAgain)
{
    Rig rig;
    rig.judge.takeProbe(says(Health::Ready));
    rig.judge.takeWedged("no token");
    EXPECT_EQ(rig.judge.takeRestart(), Change::State);
    EXPECT_EQ(rig.state(), Health::Loading);
    rig.judge.takeProbe(silent(FetchFault::Refused));
    EXPECT_EQ(rig.state(), Health::Starting) << "it was never good in this life";
}

TEST(HealthJudge, IsDegradedByItsOwnWordAtOnce)
{
    Rig rig;
    rig.judge.takeProbe(says(Health::Ready));
    EXPECT_EQ(rig.judge.takeProbe(says(Health::Degraded, "one of two workers is gone")),
              Change::State);
    EXPECT_EQ(rig.judge.takeProbe(says(Health::Ready)), Change::State);
}

} // namespace
} // namespace signalbox::health
