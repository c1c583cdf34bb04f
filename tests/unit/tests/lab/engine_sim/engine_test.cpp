// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/engine.h"

#include "tests/support/manual_clock.h"

#include <gtest/gtest.h>

#include <memory>

namespace signalbox::engine_sim {
namespace {

using namespace std::chrono_literals;

struct RecordedAnswer final : AnswerSink {
    std::vector<std::string> events;
    std::optional<Ending> ending;
    unsigned status = 0;
    std::string body;

    void onEvent(std::string_view data) override { events.emplace_back(data); }
    void onWhole(unsigned code, std::string text) override
    {
        status = code;
        body = std::move(text);
    }
    void onEnd(Ending how) override { ending = how; }
};

// An engine whose iterations take 10 ms, and time that moves by hand.
class EngineWorld {
public:
    explicit EngineWorld(SimOptions given = {}) : options(std::move(given))
    {
        options.stepTime = {10, 0, 0, 0};
    }

    GenerationId start(const std::string& body, AnswerSink& sink,
                       std::optional<Fault> fault = std::nullopt)
    {
        auto request = readGenerationRequest(Route::Chat, body, options);
        EXPECT_TRUE(std::holds_alternative<GenerationRequest>(request));
        return engine.start(std::get<GenerationRequest>(std::move(request)), std::move(fault),
                            sink);
    }

    // Lets time pass, the timer being called whenever it wants to be.
    void pass(std::chrono::nanoseconds time)
    {
        const auto until = clock.monotonic() + time;
        while (const auto wake = engine.nextWake()) {
            if (*wake > until)
                break;
            clock.advance(std::max(*wake - clock.monotonic(), 0ns));
            engine.onTimer();
        }
        clock.advance(std::max(until - clock.monotonic(), 0ns));
    }

    SimOptions options;
    tests::ManualClock clock;
    FaultPlan faults{clock};
    Engine engine{options, clock, faults};
};

std::string chat(std::size_t tokens, std::string_view extra = "")
{
    return R"({"messages":[{"role":"user","content":"hello"}],"max_tokens":)"
        + std::to_string(tokens) + std::string(extra) + "}";
}

TEST(Engine, GivesATokenEachIteration)
{
    EngineWorld world;
    RecordedAnswer answer;
    world.start(chat(3, R"(,"stream":true)"), answer);

    world.pass(9ms);
    EXPECT_TRUE(answer.events.empty());
    world.pass(1ms);
    EXPECT_EQ(answer.events.size(), 2U) << "the role, and the first token";
    world.pass(10ms);
    EXPECT_EQ(answer.events.size(), 3U);
    world.pass(10ms);

    EXPECT_EQ(answer.events.back(), "[DONE]");
    EXPECT_EQ(answer.ending, Ending::Clean);
    EXPECT_EQ(world.engine.counters().finished, 1U);
    EXPECT_FALSE(world.engine.nextWake()) << "an idle engine wants no timer";
}

TEST(Engine, ManyRequestsShareTheIterations)
{
    EngineWorld world;
    std::vector<RecordedAnswer> answers(50);
    for (RecordedAnswer& answer : answers)
        world.start(chat(10), answer);

    world.pass(110ms); // the first one began its iteration alone

    for (const RecordedAnswer& answer : answers)
        EXPECT_EQ(answer.status, 200U);
}

TEST(Engine, SpeedAndTheSlowFaultScaleTime)
{
    EngineWorld world;
    world.options.speed = 10;
    RecordedAnswer quick;
    world.start(chat(3), quick);
    world.pass(3ms);
    EXPECT_EQ(quick.status, 200U);

    Fault slow;
    slow.kind = FaultKind::Slow;
    slow.factor = 20;
    world.faults.arm(slow);
    RecordedAnswer late;
    world.start(chat(3), late);
    world.pass(59ms);
    EXPECT_EQ(late.status, 0U);
    world.pass(1ms);
    EXPECT_EQ(late.status, 200U);
}

TEST(Engine, AWedgedEngineMovesNoTokenUntilItIsCleared)
{
    EngineWorld world;
    Fault wedged;
    wedged.kind = FaultKind::Wedged;
    world.faults.arm(wedged);
    RecordedAnswer answer;
    world.start(chat(2), answer);

    world.pass(60s);
    EXPECT_EQ(answer.status, 0U);
    EXPECT_EQ(world.engine.gauges().running, 1U);
    world.faults.clear();
    world.pass(100ms);

    EXPECT_EQ(answer.status, 200U);
}

TEST(Engine, ACancelledRequestLeavesTheBatchAndIsCounted)
{
    EngineWorld world;
    RecordedAnswer answer;
    const GenerationId id = world.start(chat(100, R"(,"stream":true)"), answer);
    world.pass(50ms);
    const std::size_t events = answer.events.size();

    world.engine.cancel(id);
    world.pass(1s);

    EXPECT_EQ(answer.events.size(), events);
    EXPECT_EQ(world.engine.counters().cancelled, 1U);
    EXPECT_EQ(world.engine.gauges().running, 0U);
    EXPECT_EQ(world.engine.gauges().kvUsage, 0);
}

TEST(Engine, ASlowFirstTokenStartsLate)
{
    EngineWorld world;
    Fault fault;
    fault.kind = FaultKind::SlowFirstToken;
    fault.delay = 500ms;
    RecordedAnswer answer;
    world.start(chat(1), answer, fault);

    world.pass(509ms);
    EXPECT_EQ(answer.status, 0U);
    world.pass(1ms);
    EXPECT_EQ(answer.status, 200U);
}

TEST(Engine, StoppingAbortsWhatRunsTheWayVllmDoes)
{
    EngineWorld world;
    RecordedAnswer stream;
    RecordedAnswer whole;
    world.start(chat(100, R"(,"stream":true)"), stream);
    world.start(chat(100), whole);
    world.pass(50ms);

    world.engine.abortAll();

    EXPECT_NE(stream.events[stream.events.size() - 2].find(R"("finish_reason":"abort")"),
              std::string::npos);
    EXPECT_EQ(stream.events.back(), "[DONE]");
    EXPECT_NE(whole.body.find(R"("finish_reason":"abort")"), std::string::npos);
    EXPECT_EQ(world.engine.open(), 0U);
}

TEST(Engine, ItsUtilisationIsTheShareOfTimeItComputed)
{
    EngineWorld world;
    RecordedAnswer answer;
    world.engine.sampleUtilisation();
    world.start(chat(50), answer);

    world.pass(2s);
    world.engine.sampleUtilisation();

    EXPECT_NEAR(world.engine.gauges().utilisation, 0.25, 0.01);
    const std::string metrics = world.engine.metrics().exposition(world.engine.gauges());
    for (const char* line : {"vllm:generation_tokens_total{engine=\"0\",model_name=\"sim-8b\"} 50",
                             "vllm:num_requests_running{engine=\"0\",model_name=\"sim-8b\"} 0",
                             "finished_reason=\"length\"} 1",
                             "vllm:time_to_first_token_seconds_count{engine=\"0\",model_name=\"sim-"
                             "8b\"} 1",
                             "signalbox_engine_sim_utilisation_ratio"})
        EXPECT_NE(metrics.find(line), std::string::npos) << line;
}

} // namespace
} // namespace signalbox::engine_sim
