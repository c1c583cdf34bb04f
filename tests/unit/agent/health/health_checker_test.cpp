// SPDX-License-Identifier: Apache-2.0
#include "agent/health/health_checker.h"

#include "tests/support/manual_clock.h"
#include "tests/support/manual_executor.h"
#include "tests/unit/agent/health/scripted_fetcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace signalbox::health {
namespace {

using namespace std::chrono_literals;
using engine::DeepOutcome;

constexpr const char* kGenerate = "/v1/completions";

struct Idle final : TokenProgress {
    TokenFacts tokenFacts() const override { return {}; }
};

// A checker of a pretended engine that is ready and has been asked for nothing yet.
struct Rig {
    Rig()
    {
        auto made = std::make_shared<engine::EngineProfile>();
        made->name = "sim";
        made->probe.path = "/health";
        made->probe.answers = {
            {.answer = {.status = 200}, .means = model::Health::Ready, .because = {}}};
        made->deepProbePath = kGenerate;
        engine.answer("/health", 200);
        engine.answer(kGenerate, 200, "{}");
        client = std::make_unique<engine::EngineClient>(made, *fetcher, *fetcher);
        checker = std::make_unique<HealthChecker>(HealthChecker::Options{.client = *client,
                                                                         .executor = executor,
                                                                         .clock = clock,
                                                                         .settings = {},
                                                                         .tokens = &tokens,
                                                                         .name = "sim",
                                                                         .onChange = {}});
        checker->start();
        executor.advance(5s);
    }

    void generate()
    {
        checker->generateNow([this](const TokenTrial& trial) { trials.push_back(trial); });
    }
    long generations() const
    {
        return std::count(engine.asked.begin(), engine.asked.end(), kGenerate);
    }

    tests::ManualClock clock;
    tests::ManualExecutor executor{clock};
    tests::PretendedEngine engine{executor};
    std::unique_ptr<engine::Fetcher> fetcher = engine.makeFetcher();
    std::unique_ptr<engine::EngineClient> client;
    Idle tokens;
    std::unique_ptr<HealthChecker> checker;
    std::vector<TokenTrial> trials;
};

TEST(HealthChecker, ATokenIsAskedForNowAndRemembered)
{
    Rig rig;
    rig.checker->setModel("tiny");
    ASSERT_FALSE(rig.checker->lastTokenAt());
    ASSERT_TRUE(rig.checker->lastAnswerAt()) << "probes go on by themselves";

    rig.generate();
    rig.executor.runReady();

    ASSERT_EQ(rig.trials.size(), 1U);
    EXPECT_EQ(rig.trials[0].outcome, DeepOutcome::Token);
    EXPECT_EQ(rig.checker->lastTokenAt(), rig.clock.monotonic());
    rig.checker->takeRestart();
    EXPECT_FALSE(rig.checker->lastTokenAt()) << "another process has proven nothing";
}

TEST(HealthChecker, CallersAtTheSameTimeShareOneToken)
{
    Rig rig;
    rig.checker->setModel("tiny");

    for (int i = 0; i < 20; ++i)
        rig.generate();
    rig.executor.runReady();

    EXPECT_EQ(rig.generations(), 1);
    ASSERT_EQ(rig.trials.size(), 20U);
    const auto refused = std::count_if(
        rig.trials.begin(), rig.trials.end(),
        [](const TokenTrial& trial) { return trial.outcome == DeepOutcome::Refused; });
    EXPECT_EQ(refused, 4) << "who waits is bounded";
}

TEST(HealthChecker, AnEngineThatGivesNoTokenSaysWhy)
{
    Rig rig;
    rig.generate();
    rig.checker->setModel("tiny");
    rig.engine.answer(kGenerate, 500);
    rig.generate();
    rig.executor.runReady();
    rig.engine.answer(kGenerate, 404);
    rig.generate();
    rig.executor.runReady();

    ASSERT_EQ(rig.trials.size(), 3U);
    EXPECT_EQ(rig.trials[0].reason, "the engine lists no model to ask for");
    EXPECT_EQ(rig.trials[1].outcome, DeepOutcome::Silent);
    EXPECT_EQ(rig.trials[1].reason, "a one-token generation answers 500");
    EXPECT_EQ(rig.trials[2].outcome, DeepOutcome::Refused);
    EXPECT_FALSE(rig.checker->lastTokenAt());
}

TEST(HealthChecker, AnIdleEngineIsAskedByItselfAndProvenThereby)
{
    Rig rig;
    rig.checker->setModel("tiny");

    rig.executor.advance(40s);

    EXPECT_EQ(rig.generations(), 1);
    EXPECT_TRUE(rig.checker->lastTokenAt());
}

} // namespace
} // namespace signalbox::health
