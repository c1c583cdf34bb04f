// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/gate.h"
#include "agent/runtime/loop.h"
#include "tests/support/loop_driver.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

// Every place where a coroutine can wait, ended in every way that is not its own.
namespace signalbox::runtime {
namespace {

using namespace std::chrono_literals;
using tests::ConnectedPair;
using tests::LoopDriver;

enum class Place { Recv, Send, Flush, Accept, Sleep, Condition, Connect };
constexpr std::array kPlaces{Place::Recv,  Place::Send,      Place::Flush,  Place::Accept,
                             Place::Sleep, Place::Condition, Place::Connect};

// Everything one coroutine may wait on, and what it got.
struct Scene {
    explicit Scene(LoopDriver& d) : driver(d), pair(d), client(d)
    {
        auto made = d.loop().listen(Address::loopback(0));
        listener = std::move(*made);
    }
    LoopDriver& driver;
    ConnectedPair pair;
    ConnectedPair client;
    Socket listener;
    Condition condition;
    std::string big = std::string(16 * 1024 * 1024, 'x');
    std::optional<Fault> fault;
};

Task<void> waitAt(Scene& scene, Place place)
{
    Loop& loop = scene.driver.loop();
    switch (place) {
    case Place::Recv: {
        const Read read = co_await loop.recv(scene.pair.ours, Deadline::never());
        scene.fault = read.fault;
        break;
    }
    case Place::Send: scene.fault = co_await loop.send(scene.pair.ours, scene.big); break;
    case Place::Flush:
        (void)loop.send(scene.pair.ours, scene.big);
        scene.fault = co_await loop.flush(scene.pair.ours);
        break;
    case Place::Accept: {
        const Accepted accepted = co_await loop.accept(scene.listener);
        scene.fault = accepted.fault;
        break;
    }
    case Place::Sleep: scene.fault = co_await loop.sleep(1h, &scene.client.ours); break;
    case Place::Condition:
        scene.fault
            = co_await scene.condition.wait(loop, Deadline::never(), &scene.client.ours);
        break;
    case Place::Connect: {
        // Discard-only address block: nothing answers, so that connecting takes for ever.
        const auto nowhere = Address::parse("192.0.2.1:9");
        const Connected connected
            = co_await loop.connect(*nowhere, loop.after(5s), &scene.client.ours);
        scene.fault = connected.fault;
        break;
    }
    }
}

TEST(Cancel, DroppingTheTaskWorksAtEveryPlace)
{
    for (const Place place : kPlaces) {
        LoopDriver driver;
        Scene scene(driver);
        driver.loop().spawn(waitAt(scene, place));

        driver.loop().endTasks();
        driver.settle();
        driver.pass(2h);

        // A machine without a route fails to connect at once.
        const bool isStillWaiting = !scene.fault.has_value() || place == Place::Connect;
        EXPECT_TRUE(isStillWaiting) << static_cast<int>(place);
    }
}

TEST(Cancel, ClosingTheSocketEndsItsWaits)
{
    for (const Place place : {Place::Recv, Place::Send, Place::Flush, Place::Accept}) {
        LoopDriver driver;
        Scene scene(driver);
        driver.loop().spawn(waitAt(scene, place));
        ASSERT_FALSE(scene.fault.has_value());

        scene.pair.ours.close();
        scene.listener.close();
        driver.settle();

        EXPECT_EQ(scene.fault, Fault::Cancelled) << static_cast<int>(place);
    }
}

TEST(Cancel, CancellingTheSocketEndsItsWaitsAndAllLaterOnes)
{
    for (const Place place : {Place::Recv, Place::Send, Place::Flush, Place::Accept}) {
        LoopDriver driver;
        Scene scene(driver);
        driver.loop().spawn(waitAt(scene, place));
        ASSERT_FALSE(scene.fault.has_value());

        driver.loop().cancel(scene.pair.ours);
        driver.loop().cancel(scene.listener);
        driver.settle();
        const std::optional<Fault> first = std::exchange(scene.fault, std::nullopt);
        driver.loop().spawn(waitAt(scene, place));

        EXPECT_EQ(first, Fault::Cancelled) << static_cast<int>(place);
        EXPECT_EQ(scene.fault, Fault::Cancelled) << static_cast<int>(place);
    }
}

TEST(Cancel, AClientThatLeavesEndsWhatWaitsForItsSake)
{
    for (const Place place : {Place::Sleep, Place::Condition}) {
        for (const bool isReset : {false, true}) {
            LoopDriver driver;
            Scene scene(driver);
            driver.loop().spawn(waitAt(scene, place));
            ASSERT_FALSE(scene.fault.has_value());

            if (isReset)
                scene.client.peer.reset();
            else
                scene.client.peer.close();

            ASSERT_TRUE(driver.until([&] { return scene.fault.has_value(); }));
            EXPECT_EQ(scene.fault, Fault::Closed) << static_cast<int>(place);
        }
    }
}

TEST(Cancel, AClientThatLeavesEndsTheConnecting)
{
    LoopDriver driver;
    Scene scene(driver);
    driver.loop().spawn(waitAt(scene, Place::Connect));
    if (scene.fault.has_value())
        GTEST_SKIP() << "this machine has no route: connecting fails at once";

    scene.client.peer.close();

    ASSERT_TRUE(driver.until([&] { return scene.fault.has_value(); }));
    EXPECT_EQ(scene.fault, Fault::Cancelled);
}

TEST(Cancel, ADeadlineEndsTheConnecting)
{
    LoopDriver driver;
    Scene scene(driver);
    driver.loop().spawn(waitAt(scene, Place::Connect));
    if (scene.fault.has_value())
        GTEST_SKIP() << "this machine has no route: connecting fails at once";

    driver.pass(5s);

    EXPECT_EQ(scene.fault, Fault::Deadline);
}

TEST(Cancel, NamingNoSocketCancelsNone)
{
    LoopDriver driver;
    Scene scene(driver);
    driver.loop().spawn(waitAt(scene, Place::Accept));
    const SocketId closed = scene.pair.ours.id();
    scene.pair.ours.close();

    driver.loop().cancel(SocketId{});
    driver.loop().cancel(closed);
    driver.settle();

    EXPECT_FALSE(scene.fault.has_value());
}

TEST(Cancel, AWatchCancelsTheUpstreamOfAClientThatLeft)
{
    LoopDriver driver;
    Scene scene(driver);
    Watch watch(driver.loop(), scene.client.ours);
    watch.guard(scene.pair.ours);
    driver.loop().spawn(waitAt(scene, Place::Recv));

    scene.client.peer.close();

    ASSERT_TRUE(driver.until([&] { return scene.fault.has_value(); }));
    EXPECT_EQ(scene.fault, Fault::Cancelled);
    EXPECT_TRUE(watch.clientLeft());
}

TEST(Cancel, AWatchThatGuardsNothingLetsItsClientGo)
{
    LoopDriver driver;
    Scene scene(driver);
    driver.loop().spawn(waitAt(scene, Place::Accept));
    Watch watch(driver.loop(), scene.client.ours);
    watch.guard(scene.pair.ours);
    watch.release();

    scene.client.peer.close();
    ASSERT_TRUE(driver.until([&] { return watch.clientLeft(); }));
    driver.settle();

    EXPECT_FALSE(scene.fault.has_value());
    EXPECT_TRUE(scene.pair.ours.isQuiet());
}

TEST(Cancel, GuardingAfterTheClientLeftCancelsAtOnce)
{
    LoopDriver driver;
    Scene scene(driver);
    Watch watch(driver.loop(), scene.client.ours);
    scene.client.peer.close();
    ASSERT_TRUE(driver.until([&] { return watch.clientLeft(); }));

    watch.guard(scene.pair.ours);
    driver.loop().spawn(waitAt(scene, Place::Recv));

    EXPECT_EQ(scene.fault, Fault::Cancelled);
}

Task<void> notifyFirst(Loop& loop, Condition& condition, std::string& log, char letter,
                       Deadline deadline)
{
    const Fault fault = co_await condition.wait(loop, deadline);
    log.push_back(fault == Fault::None ? letter : '-');
}

TEST(Condition, WakesInTheOrderOfWaiting)
{
    LoopDriver driver;
    Condition condition;
    std::string log;
    for (const char letter : {'a', 'b', 'c', 'd'})
        driver.loop().spawn(
            notifyFirst(driver.loop(), condition, log, letter, driver.loop().after(1s)));

    condition.notifyOne();
    condition.notifyOne();
    const std::string atOnce = log; // nobody runs inside the notify
    driver.settle();
    const std::string afterTwo = log;
    driver.pass(1s);

    EXPECT_EQ(atOnce, "");
    EXPECT_EQ(afterTwo, "ab");
    EXPECT_EQ(log, "ab--");
}

Task<void> holdEntry(Loop& loop, Condition& condition, Gate::Entry entry)
{
    const Gate::Entry inside = std::move(entry);
    (void)co_await condition.wait(loop, Deadline::never());
}

Task<void> waitEmpty(Gate& gate, Loop& loop, Deadline deadline, std::optional<Fault>& fault)
{
    fault = co_await gate.whenEmpty(loop, deadline);
}

TEST(Gate, ClosesWaitsAndLetsNobodyIn)
{
    LoopDriver driver;
    Gate gate;
    Condition condition;
    driver.loop().spawn(holdEntry(driver.loop(), condition, *gate.enter()));
    std::optional<Fault> patient;
    std::optional<Fault> hasty;

    gate.close();
    driver.loop().spawn(waitEmpty(gate, driver.loop(), driver.loop().after(1s), hasty));
    driver.loop().spawn(waitEmpty(gate, driver.loop(), Deadline::never(), patient));
    driver.pass(1s);
    const std::optional<Fault> whileInside = patient;
    condition.notifyAll();
    driver.settle();

    EXPECT_FALSE(gate.enter().has_value());
    EXPECT_EQ(hasty, Fault::Deadline);
    EXPECT_FALSE(whileInside.has_value());
    EXPECT_EQ(patient, Fault::None);
    EXPECT_EQ(gate.inside(), 0U);
}

} // namespace
} // namespace signalbox::runtime
