// SPDX-License-Identifier: Apache-2.0
// The fleet's state is away for a while: requests go on, commands say why not, all recovers.
#include "tests/scenario/chat.h"
#include "tests/scenario/live_fleet.h"

#include <gtest/gtest.h>

#include <csignal>

namespace signalbox::tests {
namespace {

// Two gateways: the first keeps the store, clients and operators use the second.
class StoreAway : public ::testing::Test {
protected:
    StoreAway()
        : fleet_({"--instances", "2", "--gateways", "2"})
        , watch_(fleet_.watch())
    {
        keeper_ = fleet_.gateways().front().pid;
    }
    ~StoreAway() override { ::kill(keeper_, SIGCONT); } // a stopped process ends with SIGKILL only

    void expectAnswers(const std::string& when)
    {
        for (int i = 0; i < 10; ++i) {
            const ChatAnswer answer
                = chat({.url = fleet_.gateways().back().serve, .prompt = when, .tokens = 3});
            ASSERT_EQ(answer.judgement.verdict, replay::Verdict::Ok) << when << describe(answer);
        }
    }

    LiveFleet fleet_;
    std::unique_ptr<ChildProcess> watch_;
    pid_t keeper_ = 0;
};

TEST_F(StoreAway, AgentsRestartAndServeWhileItsMachineIsFrozen)
{
    ASSERT_EQ(::kill(keeper_, SIGSTOP), 0);
    ASSERT_TRUE(watch_->waitForLine("gateway-2  store_away")) << watch_->output();
    expectAnswers("frozen store");

    ASSERT_EQ(::kill(fleet_.agent("chat-1").pid, SIGKILL), 0);
    ASSERT_EQ(::kill(fleet_.agent("chat-2").pid, SIGKILL), 0);
    ASSERT_TRUE(watch_->waitForLineWith({"chat-1  freshness: left", "-> live"}))
        << watch_->output();
    ASSERT_TRUE(watch_->waitForLineWith({"chat-2  freshness: left", "-> live"}))
        << watch_->output();
    expectAnswers("restarted on the last snapshot");

    const Finished refused = fleet_.ctl({"drain", "chat-1", "--yes", "--cause", "x"});
    EXPECT_EQ(refused.status, 5) << refused.output;
    EXPECT_NE(refused.output.find("store"), std::string::npos) << refused.output;

    const Finished byHand
        = fleet_.ctl({"drain", "chat-1", "--by-hand", "--yes", "--cause", "it smells"});
    EXPECT_EQ(byHand.status, 0) << byHand.output;
    EXPECT_TRUE(watch_->waitForLine("chat-1  drained")) << watch_->output();
    expectAnswers("drained by hand");

    ASSERT_EQ(::kill(keeper_, SIGCONT), 0);
    ASSERT_TRUE(watch_->waitForLine("gateway-2  store_back")) << watch_->output();
    ASSERT_TRUE(watch_->waitForLine("local_override_recorded")) << watch_->output();
    const Finished drain = fleet_.ctl({"drain", "gateway-1", "--yes", "--cause", "it froze"});
    EXPECT_EQ(drain.status, 0) << drain.output;
    expectAnswers("after it came back");
    const Finished audit = fleet_.ctl({"get", "audit"});
    EXPECT_NE(audit.output.find("it smells"), std::string::npos) << audit.output;
    EXPECT_NE(audit.output.find("it froze"), std::string::npos) << audit.output;
}

TEST_F(StoreAway, AKeeperThatIsKilledComesBackWithEverythingThatWasSaid)
{
    ASSERT_EQ(fleet_.ctl({"drain", "chat-1", "--yes", "--cause", "before"}).status, 0);

    ASSERT_EQ(::kill(keeper_, SIGKILL), 0);
    expectAnswers("killed store");
    ASSERT_TRUE(fleet_.program().waitForLine("gateway-1 started"));
    ASSERT_TRUE(watch_->waitForLine("gateway-2  store_back")) << watch_->output();

    const Finished undrain = fleet_.ctl({"undrain", "chat-1", "--yes", "--cause", "after"});
    EXPECT_EQ(undrain.status, 0) << undrain.output;
    const Finished audit = fleet_.ctl({"get", "audit", "--verify"});
    EXPECT_EQ(audit.status, 0) << audit.output;
    EXPECT_NE(audit.output.find("3 records"), std::string::npos) << audit.output;
}

} // namespace
} // namespace signalbox::tests
