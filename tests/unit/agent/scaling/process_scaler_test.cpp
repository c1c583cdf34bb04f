// SPDX-License-Identifier: Apache-2.0
// What a scaler starts, in which order it stops, and what it tells meanwhile: no process runs here.
#include "agent/scaling/process_scaler.h"

#include "agent/scaling/process_supervisor.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/agent/scaling/fake_runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace signalbox::scaling {
namespace {

using model::PairState;
using namespace std::chrono_literals;

model::Pool poolOf(std::uint32_t desired)
{
    model::PoolScale scale;
    scale.on = "gateway-1";
    scale.others = 3;
    scale.least = 3;
    scale.desired = desired;
    scale.engine = {"/bin/engine", "--port", "{port}", "--model={model}", "--name", "{id}"};
    scale.startTimeoutMs = 30'000;
    scale.drainDeadlineMs = 60'000;
    model::Pool pool;
    pool.name = "chat";
    pool.model = "m8";
    pool.scale = scale;
    return pool;
}

// A fleet in which agents register when the test says so.
class ProcessScalerTest : public testing::Test {
protected:
    ProcessScalerTest()
    {
        ScalerSettings settings;
        settings.isEnabled = true;
        settings.agentId = "gateway-1";
        settings.agentProgram = "/bin/agent";
        settings.programs = {"/bin/engine"};
        settings.folder = "/data/instances";
        settings.fleet = "local";
        settings.storeEndpoints = {"store.example:2379"};
        scaler = make(settings);
    }

    std::unique_ptr<ProcessScaler> make(const ScalerSettings& settings)
    {
        return std::make_unique<ProcessScaler>(ProcessScaler::Parts{
            .runner = runner,
            .clock = clock,
            .settings = settings,
            .factsOf = [this](const std::string& id) { return factsOf(id); },
            .prepare =
                [this](PairFiles made, std::function<void(base::Status)> done) {
                    files.push_back(std::move(made));
                    done({});
                },
            .tell = [this](model::Event event) { events.push_back(std::move(event)); }});
    }

    PairFacts factsOf(const std::string& id) const
    {
        PairFacts facts;
        facts.mustDrain = drained.contains(id);
        facts.isRegistered = registered.contains(id);
        facts.hasApplied = true;
        facts.startedBy = foreign.contains(id) ? "" : "gateway-1";
        facts.health.state = ready.contains(id) ? model::Health::Ready : model::Health::Loading;
        facts.health.reason = ready.contains(id) ? "" : "loads its model, 40 %";
        if (const auto count = open.find(id); count != open.end())
            facts.open = count->second;
        for (const PairFiles& made : files) { // the address is what its configuration says
            const std::size_t at = made.configText.find("serve: {address: \"");
            if (made.configText.find("id: " + id + "\n") != std::string::npos)
                facts.serve = made.configText.substr(at + 18,
                                                     made.configText.find('"', at + 18) - at - 18);
        }
        return facts;
    }

    void look(int times = 1)
    {
        for (int i = 0; i < times; ++i) {
            clock.advance(250ms);
            scaler->look();
        }
    }

    void becomeReady(const std::string& id)
    {
        registered.insert(id);
        ready.insert(id);
        open[id] = 0;
    }

    void startTwo()
    {
        scaler->follow({poolOf(5)});
        look(2);
        becomeReady("chat-4");
        becomeReady("chat-5");
        look();
    }

    model::ScaleProgress progress() const { return scaler->progress().at(0); }
    model::PairProgress pair(const std::string& id) const
    {
        for (const model::PairProgress& one : progress().pairs) {
            if (one.id == id)
                return one;
        }
        return {};
    }

    tests::ManualClock clock;
    FakeRunner runner;
    std::vector<PairFiles> files;
    std::vector<model::Event> events;
    std::set<std::string> registered, ready, drained, foreign;
    std::map<std::string, std::uint32_t> open;
    std::unique_ptr<ProcessScaler> scaler;
};

TEST_F(ProcessScalerTest, StartsWhatIsMissingOneAfterTheOther)
{
    scaler->follow({poolOf(5)});

    look();
    ASSERT_EQ(runner.started.size(), 2u); // an engine and the agent beside it
    EXPECT_EQ(runner.started[0].name, "engine of chat-4");
    EXPECT_EQ(runner.started[0].command[0], "/bin/engine");
    EXPECT_EQ(runner.started[0].command[3], "--model=m8");
    EXPECT_EQ(runner.started[0].command[5], "chat-4");
    EXPECT_EQ(runner.started[0].logFile, "/data/instances/chat-4/logs/engine.log");
    EXPECT_EQ(runner.started[1].command,
              (std::vector<std::string>{"/bin/agent", "run", "/data/instances/chat-4/agent.yaml"}));
    EXPECT_NE(files[0].configText.find("started_by: gateway-1"), std::string::npos);
    EXPECT_NE(files[0].configText.find("http://127.0.0.1:" + runner.started[0].command[2]),
              std::string::npos);

    look();
    EXPECT_EQ(runner.started.size(), 4u);
    look(10);
    EXPECT_EQ(runner.started.size(), 4u); // three of the five are others'
}

TEST_F(ProcessScalerTest, TellsHowFarAStartHasCome)
{
    scaler->follow({poolOf(4)});
    look(2);
    EXPECT_EQ(pair("chat-4").state, PairState::Starting);
    EXPECT_EQ(pair("chat-4").logPath, "/data/instances/chat-4/logs");

    registered.insert("chat-4");
    look();
    EXPECT_EQ(pair("chat-4").state, PairState::Loading);
    EXPECT_EQ(pair("chat-4").reason, "loads its model, 40 %");

    becomeReady("chat-4");
    look();
    EXPECT_EQ(pair("chat-4").state, PairState::Ready);
    EXPECT_EQ(pair("chat-4").reason, "");
    EXPECT_EQ(progress().desired, 4u);
    EXPECT_GT(progress().lastStartMs, 0);
    EXPECT_EQ(events.back().kind, "instance_ready");
}

TEST_F(ProcessScalerTest, ACrashIsToldAndCounted)
{
    startTwo();

    runner.crash("engine of chat-4");
    look();
    EXPECT_EQ(pair("chat-4").state, PairState::BackingOff);
    EXPECT_NE(pair("chat-4").reason.find("signal 9"), std::string::npos) << pair("chat-4").reason;
    EXPECT_EQ(pair("chat-4").enginePid, 0);
    EXPECT_EQ(pair("chat-5").state, PairState::Ready);

    runner.startAgain("engine of chat-4");
    look();
    EXPECT_EQ(pair("chat-4").state, PairState::Ready);
    EXPECT_EQ(pair("chat-4").restarts, 1u);
}

TEST_F(ProcessScalerTest, WhatDoesNotBecomeReadyInTimeIsStartedAnewAfterLongerAndLongerPauses)
{
    scaler->follow({poolOf(4)});
    look();
    for (int failed = 1; failed <= 3; ++failed) {
        const std::size_t before = runner.started.size();
        clock.advance(30s);
        look();
        EXPECT_EQ(runner.stopped.back(), "agent chat-4");
        runner.endStopped();
        look();
        EXPECT_EQ(runner.stopped.back(), "engine of chat-4");
        runner.endStopped();
        look();
        EXPECT_EQ(pair("chat-4").state, PairState::BackingOff);
        EXPECT_NE(pair("chat-4").reason.find("not ready within 30 s"), std::string::npos);
        EXPECT_EQ(runner.running(), 0u);

        clock.advance(restartDelay(static_cast<unsigned>(failed)) - 500ms);
        look();
        EXPECT_EQ(runner.started.size(), before);
        look();
        EXPECT_EQ(runner.started.size(), before + 2);
        EXPECT_EQ(pair("chat-4").restarts, static_cast<std::uint32_t>(failed));
    }
}

TEST_F(ProcessScalerTest, AVictimIsDrainedThenItsAgentStopsThenItsEngine)
{
    startTwo();
    open["chat-4"] = 2;
    drained.insert("chat-4"); // as the command writes it, together with the number
    scaler->follow({poolOf(4)});

    look(20);
    EXPECT_EQ(pair("chat-4").state, PairState::Draining);
    EXPECT_EQ(pair("chat-4").reason, "2 open");
    EXPECT_TRUE(runner.stopped.empty());

    open["chat-4"] = 0;
    look();
    EXPECT_EQ(runner.stopped, std::vector<std::string>{"agent chat-4"});
    EXPECT_EQ(pair("chat-4").state, PairState::Stopping);
    runner.endStopped();
    look();
    EXPECT_EQ(runner.stopped.back(), "engine of chat-4");
    runner.endStopped();
    look();
    ASSERT_EQ(progress().pairs.size(), 1u);
    EXPECT_EQ(progress().pairs[0].id, "chat-5");
    EXPECT_EQ(runner.running(), 2u);
}

TEST_F(ProcessScalerTest, WhatIsOpenAfterTheDrainDeadlineIsCut)
{
    startTwo();
    open["chat-5"] = 1;
    drained.insert("chat-5");
    scaler->follow({poolOf(4)});
    look();

    clock.advance(59s);
    look();
    EXPECT_TRUE(runner.stopped.empty());
    clock.advance(1s);
    look();

    EXPECT_EQ(runner.stopped, (std::vector<std::string>{"agent chat-5", "engine of chat-5"}));
}

TEST_F(ProcessScalerTest, AVictimThatIsWantedAgainStays)
{
    startTwo();
    open["chat-5"] = 1;
    drained.insert("chat-5");
    scaler->follow({poolOf(4)});
    look();
    ASSERT_EQ(pair("chat-5").state, PairState::Draining);

    drained.clear();
    scaler->follow({poolOf(5)});
    open["chat-5"] = 0;
    look(3);

    EXPECT_EQ(pair("chat-5").state, PairState::Ready);
    EXPECT_TRUE(runner.stopped.empty());
    EXPECT_EQ(runner.started.size(), 4u);
}

TEST_F(ProcessScalerTest, WhatServesNobodyYetGoesBeforeWhatServes)
{
    scaler->follow({poolOf(5)});
    look(2);
    becomeReady("chat-5"); // chat-4 still loads
    look();

    scaler->follow({poolOf(4)});
    look();

    EXPECT_EQ(runner.stopped, std::vector<std::string>{"agent chat-4"});
}

TEST_F(ProcessScalerTest, AnOperatorsDrainAloneStopsAndStartsNothing)
{
    startTwo();
    drained.insert("chat-4");

    look(40);

    EXPECT_TRUE(runner.stopped.empty());
    EXPECT_EQ(runner.started.size(), 4u);
}

TEST_F(ProcessScalerTest, NamesThatOthersHaveOrPolicyDrainsAreLeftOut)
{
    registered.insert("chat-4");
    foreign.insert("chat-4");
    drained.insert("chat-5");

    scaler->follow({poolOf(4)});
    look();

    EXPECT_EQ(progress().pairs.at(0).id, "chat-6");
}

TEST_F(ProcessScalerTest, StartsNoProgramThatTheAgentDoesNotAllow)
{
    model::Pool pool = poolOf(5);
    pool.scale->engine = {"/bin/sh", "-c", "true"};
    scaler->follow({pool});

    look(5);

    EXPECT_TRUE(runner.started.empty());
    EXPECT_NE(progress().problem.find("/bin/sh"), std::string::npos) << progress().problem;

    scaler = make({.isEnabled = false, .agentId = "gateway-1", .programs = {"/bin/engine"}});
    scaler->follow({poolOf(5)});
    look(5);
    EXPECT_TRUE(runner.started.empty());
    EXPECT_NE(progress().problem.find("scaling.process.enabled"), std::string::npos);
}

TEST_F(ProcessScalerTest, APoolThatIsNoLongerItsOwnIsScaledInToNothing)
{
    startTwo();

    scaler->follow({});
    look();
    EXPECT_EQ(runner.stopped.size(), 2u);
    for (int i = 0; i < 2; ++i) {
        runner.endStopped();
        look();
    }
    look();

    EXPECT_TRUE(scaler->progress().empty());
    EXPECT_EQ(runner.running(), 0u);
}

TEST_F(ProcessScalerTest, ItsEndEndsEverything)
{
    startTwo();

    scaler->stopAll();
    EXPECT_FALSE(scaler->hasEnded());
    for (int i = 0; i < 3; ++i) {
        runner.endStopped();
        look();
    }

    EXPECT_TRUE(scaler->hasEnded());
    EXPECT_EQ(runner.started.size(), 4u); // and starts nothing in their place
}

} // namespace
} // namespace signalbox::scaling
