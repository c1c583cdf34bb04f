// SPDX-License-Identifier: Apache-2.0
#include "agent/health/breaker_trials.h"

#include "tests/support/manual_clock.h"
#include "tests/support/manual_executor.h"
#include "tests/unit/agent/health/scripted_fetcher.h"

#include <gtest/gtest.h>

#include <chrono>

namespace signalbox::health {
namespace {

using namespace std::chrono_literals;

constexpr const char* kChat = "/v1/chat/completions";

// One agent as a member whose breaker is open, and a gateway that looks four times a second.
struct Rig {
    Rig()
    {
        engine.answer(kChat, 500, "{}");
        trials.setTargets({{cell, "192.0.2.1:8800", "tiny", nullptr}});
        for (int i = 0; i < 5; ++i)
            cell->breaker().failed(upstream::Failure::ServerError, now());
    }
    upstream::Ticks now() const { return clock.monotonic().time_since_epoch().count(); }
    void pass(std::chrono::milliseconds time)
    {
        for (auto passed = 0ms; passed < time; passed += 250ms) {
            executor.advance(250ms);
            trials.look();
            executor.runReady();
        }
    }
    std::size_t asked() const { return engine.asked.size(); }

    tests::ManualClock clock;
    tests::ManualExecutor executor{clock};
    tests::PretendedEngine engine{executor};
    std::shared_ptr<upstream::MemberCell> cell = std::make_shared<upstream::MemberCell>();
    BreakerTrials trials{{.clock = clock,
                          .makeFetcher = [this](const engine::EngineUrl&,
                                                engine::ConnectionLimits) {
                              return engine.makeFetcher();
                          },
                          .ownName = "gateway-1"}};
};

TEST(BreakerTrials, OneEachFiveSecondsWithTheMembersModel)
{
    Rig rig;
    rig.pass(4'500ms);
    EXPECT_EQ(rig.asked(), 0U);

    rig.pass(16s);

    EXPECT_EQ(rig.asked(), 4U);
    EXPECT_NE(rig.engine.lastBody.find(R"("model":"tiny")"), std::string::npos);
    EXPECT_NE(rig.engine.lastBody.find(R"("max_tokens":1)"), std::string::npos);
    EXPECT_TRUE(rig.cell->breaker().isOpen());
    EXPECT_EQ(rig.trials.trialsTotal(), 4U);
    EXPECT_EQ(rig.trials.trialsGoodTotal(), 0U);
}

TEST(BreakerTrials, ARecoveredMemberIsBackWithinThirtySeconds)
{
    Rig rig;
    rig.pass(60s);
    ASSERT_TRUE(rig.cell->breaker().isOpen());

    rig.engine.answer(kChat, 200, "{}");
    rig.pass(30s);

    EXPECT_FALSE(rig.cell->breaker().isOpen());
    const std::size_t before = rig.asked();
    rig.pass(20s);
    EXPECT_EQ(rig.asked(), before) << "nobody is asked without need";
}

TEST(BreakerTrials, NeverWhereARequestOfOursIsOpen)
{
    Rig rig;
    const upstream::Placement open(rig.cell, 10);
    rig.pass(60s);
    EXPECT_EQ(rig.asked(), 0U);
}

TEST(BreakerTrials, AnAnswerThatSaysNothingOfTheEngineLetsItsTimeDecide)
{
    Rig rig;
    rig.engine.answer(kChat, 404, "{}"); // it embeds and does not chat
    rig.pass(6s);
    EXPECT_FALSE(rig.cell->breaker().isOpen());
}

TEST(BreakerTrials, AMemberThatIsGoneIsForgottenWithItsTrial)
{
    Rig rig;
    rig.executor.advance(5s);
    rig.trials.look(); // asked, not answered yet
    rig.trials.setTargets({});
    rig.executor.runReady();
    rig.pass(20s);
    EXPECT_EQ(rig.asked(), 1U);
    EXPECT_TRUE(rig.cell->breaker().isOpen());
}

} // namespace
} // namespace signalbox::health
