// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/loop.h"
#include "tests/support/loop_driver.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace signalbox::runtime {
namespace {

using namespace std::chrono_literals;
using tests::ConnectedPair;
using tests::LoopDriver;

// What came of one await; nothing while it still waits.
struct Seen {
    std::optional<Fault> fault;
    std::string bytes;
};

Task<void> receive(Loop& loop, Socket& socket, Deadline deadline, Seen& seen)
{
    const Read read = co_await loop.recv(socket, deadline);
    seen.bytes += read.bytes.view();
    seen.fault = read.fault;
}

Task<void> sleepFor(Loop& loop, std::chrono::nanoseconds wait, Socket* client, Seen& seen)
{
    seen.fault = co_await loop.sleep(wait, client);
}

Task<void> connectTo(Loop& loop, Address address, Deadline deadline, Socket* client, Socket& into,
                     Seen& seen)
{
    Connected connected = co_await loop.connect(address, deadline, client);
    into = std::move(connected.socket);
    seen.fault = connected.fault;
}

Task<void> acceptOne(Loop& loop, Socket& listener, Deadline deadline, Socket& into, Seen& seen)
{
    Accepted accepted = co_await loop.accept(listener, deadline);
    into = std::move(accepted.socket);
    seen.fault = accepted.fault;
}

TEST(Loop, ReceivesWhatThePeerSent)
{
    LoopDriver driver;
    ConnectedPair pair(driver);
    Seen seen;
    driver.loop().spawn(receive(driver.loop(), pair.ours, Deadline::never(), seen));
    EXPECT_FALSE(seen.fault.has_value());

    pair.peer.send("a signal");

    ASSERT_TRUE(driver.until([&] { return seen.fault.has_value(); }));
    EXPECT_EQ(*seen.fault, Fault::None);
    EXPECT_EQ(seen.bytes, "a signal");
}

TEST(Loop, BytesThatCameBeforeAnybodyReadAreNotLost)
{
    LoopDriver driver;
    ConnectedPair pair(driver);
    pair.peer.send("early");
    ASSERT_TRUE(driver.until([&] { return !pair.ours.isQuiet(); }));
    Seen seen;

    driver.loop().spawn(receive(driver.loop(), pair.ours, Deadline::never(), seen));

    EXPECT_EQ(seen.bytes, "early");
    EXPECT_TRUE(pair.ours.isQuiet());
}

TEST(Loop, AllBytesBeforeTheEndArriveThenTheEnd)
{
    LoopDriver driver;
    ConnectedPair pair(driver);
    pair.peer.send("last words");
    pair.peer.close();
    ASSERT_TRUE(driver.until([&] { return pair.ours.peerLeft(); }));
    Seen first;
    Seen second;

    driver.loop().spawn(receive(driver.loop(), pair.ours, Deadline::never(), first));
    driver.loop().spawn(receive(driver.loop(), pair.ours, Deadline::never(), second));

    EXPECT_EQ(first.bytes, "last words");
    EXPECT_EQ(second.fault, Fault::Closed);
}

TEST(Loop, AResetIsToldApartFromAnEnd)
{
    LoopDriver driver;
    ConnectedPair pair(driver);
    Seen seen;
    driver.loop().spawn(receive(driver.loop(), pair.ours, Deadline::never(), seen));

    pair.peer.reset();

    ASSERT_TRUE(driver.until([&] { return seen.fault.has_value(); }));
    EXPECT_EQ(*seen.fault, Fault::Reset);
}

TEST(Loop, ADeadlineEndsTheReadAndLeavesTheSocketUsable)
{
    LoopDriver driver;
    ConnectedPair pair(driver);
    Seen late;
    driver.loop().spawn(receive(driver.loop(), pair.ours, driver.loop().after(10s), late));

    driver.pass(10s - 1ms);
    const bool before = late.fault.has_value();
    driver.pass(1ms);
    pair.peer.send("after all");
    Seen again;
    driver.loop().spawn(receive(driver.loop(), pair.ours, Deadline::never(), again));
    ASSERT_TRUE(driver.until([&] { return again.fault.has_value(); }));

    EXPECT_FALSE(before);
    EXPECT_EQ(late.fault, Fault::Deadline);
    EXPECT_EQ(again.bytes, "after all");
}

TEST(Loop, ALaterDeadlineIsKeptThoughTheTimerStoodEarlier)
{
    LoopDriver driver;
    ConnectedPair pair(driver);
    Seen first;
    driver.loop().spawn(receive(driver.loop(), pair.ours, driver.loop().after(5s), first));
    pair.peer.send("x");
    ASSERT_TRUE(driver.until([&] { return first.fault.has_value(); }));
    driver.pass(1s);
    Seen second;
    driver.loop().spawn(receive(driver.loop(), pair.ours, driver.loop().after(20s), second));

    driver.pass(19s);
    const bool before = second.fault.has_value();
    driver.pass(1s);

    EXPECT_FALSE(before);
    EXPECT_EQ(second.fault, Fault::Deadline);
}

TEST(Loop, AnEarlierDeadlineIsKeptThoughTheTimerStoodLater)
{
    LoopDriver driver;
    ConnectedPair pair(driver);
    Seen first;
    driver.loop().spawn(receive(driver.loop(), pair.ours, driver.loop().after(60s), first));
    pair.peer.send("x");
    ASSERT_TRUE(driver.until([&] { return first.fault.has_value(); }));
    Seen second;
    driver.loop().spawn(receive(driver.loop(), pair.ours, driver.loop().after(2s), second));

    driver.pass(2s);

    EXPECT_EQ(second.fault, Fault::Deadline);
}

TEST(Loop, ConnectingWhereNobodyListensIsRefused)
{
    LoopDriver driver;
    Socket socket;
    Seen seen;

    driver.loop().spawn(connectTo(driver.loop(), Address::loopback(tests::refusedPort()),
                                  driver.loop().after(2s), nullptr, socket, seen));

    ASSERT_TRUE(driver.until([&] { return seen.fault.has_value(); }));
    EXPECT_EQ(*seen.fault, Fault::Refused);
    EXPECT_FALSE(socket.isOpen());
    EXPECT_EQ(driver.loop().openSockets(), 0U);
}

TEST(Loop, ConnectsAndBothSidesTalk)
{
    LoopDriver driver;
    tests::RawListener listener;
    Socket socket;
    Seen seen;
    driver.loop().spawn(connectTo(driver.loop(), Address::loopback(listener.port()),
                                  driver.loop().after(2s), nullptr, socket, seen));
    ASSERT_TRUE(driver.until([&] { return seen.fault.has_value(); }));
    tests::RawSocket peer = listener.accept();

    SendWait sending = driver.loop().send(socket, "hello");
    const bool isDone = sending.await_ready();

    EXPECT_EQ(*seen.fault, Fault::None);
    EXPECT_TRUE(isDone);
    EXPECT_EQ(peer.receiveUntil("hello"), "hello");
}

TEST(Loop, AnAcceptEndsWithItsDeadlineOrAClient)
{
    LoopDriver driver;
    auto listener = driver.loop().listen(Address::loopback(0));
    ASSERT_TRUE(listener);
    Socket socket;
    Seen late;
    driver.loop().spawn(
        acceptOne(driver.loop(), *listener, driver.loop().after(1s), socket, late));
    driver.pass(1s);

    Seen seen;
    driver.loop().spawn(acceptOne(driver.loop(), *listener, Deadline::never(), socket, seen));
    const tests::RawSocket client = tests::RawSocket::connectTo(listener->localPort());

    ASSERT_TRUE(driver.until([&] { return seen.fault.has_value(); }));
    EXPECT_EQ(late.fault, Fault::Deadline);
    EXPECT_EQ(seen.fault, Fault::None);
    EXPECT_TRUE(socket.isOpen());
}

Task<void> acceptAll(Loop& loop, Socket& listener, std::vector<Socket>& into)
{
    for (;;) {
        Accepted accepted = co_await loop.accept(listener);
        if (accepted.fault != Fault::None)
            co_return;
        into.push_back(std::move(accepted.socket));
    }
}

TEST(Loop, AcceptsMoreThanOneWakeupsShareWithoutLosingOne)
{
    LoopDriver driver;
    auto listener = driver.loop().listen(Address::loopback(0));
    std::vector<Socket> accepted;
    driver.loop().spawn(acceptAll(driver.loop(), *listener, accepted));

    std::vector<tests::RawSocket> clients;
    for (int i = 0; i < 100; ++i)
        clients.push_back(tests::RawSocket::connectTo(listener->localPort()));

    EXPECT_TRUE(driver.until([&] { return accepted.size() == 100; }));
}

Task<void> countReads(Loop& loop, Socket& socket, std::size_t& bytes, std::size_t& reads)
{
    for (;;) {
        const Read read = co_await loop.recv(socket, Deadline::never());
        if (read.fault != Fault::None)
            co_return;
        bytes += read.bytes.size();
        ++reads;
    }
}

TEST(Loop, OneBusySocketDoesNotKeepTheOthersWaiting)
{
    LoopDriver driver;
    ConnectedPair busy(driver);
    ConnectedPair calm(driver);
    const std::string much(4 * 1024 * 1024, 'x');
    std::size_t bytes = 0;
    std::size_t reads = 0;
    Seen seen;
    driver.loop().spawn(receive(driver.loop(), calm.ours, Deadline::never(), seen));
    std::thread sender([&] { busy.peer.send(much); });
    driver.loop().spawn(countReads(driver.loop(), busy.ours, bytes, reads));
    calm.peer.send("me too");

    ASSERT_TRUE(driver.until([&] { return seen.fault.has_value(); }));
    EXPECT_TRUE(driver.until([&] { return bytes == much.size(); }));
    sender.join();

    EXPECT_EQ(seen.bytes, "me too");
}

TEST(Loop, SleepsUntilItsMoment)
{
    LoopDriver driver;
    Seen seen;
    driver.loop().spawn(sleepFor(driver.loop(), 250ms, nullptr, seen));

    driver.pass(249ms);
    const bool before = seen.fault.has_value();
    driver.pass(1ms);

    EXPECT_FALSE(before);
    EXPECT_EQ(seen.fault, Fault::None);
}

TEST(Loop, ASleepForAClientEndsWhenTheClientLeaves)
{
    LoopDriver driver;
    ConnectedPair pair(driver);
    Seen seen;
    driver.loop().spawn(sleepFor(driver.loop(), 5s, &pair.ours, seen));

    pair.peer.close();
    ASSERT_TRUE(driver.until([&] { return seen.fault.has_value(); }));
    Seen later;
    driver.loop().spawn(sleepFor(driver.loop(), 5s, &pair.ours, later));

    EXPECT_EQ(seen.fault, Fault::Closed);
    EXPECT_EQ(later.fault, Fault::Closed); // at once
}

Task<void> yieldTwice(Loop& loop, std::string& log, char letter)
{
    log.push_back(letter);
    (void)co_await loop.yield();
    log.push_back(letter);
    (void)co_await loop.yield();
    log.push_back(letter);
}

TEST(Loop, YieldLetsTheOthersRunInOrder)
{
    LoopDriver driver;
    std::string log;

    driver.loop().spawn(yieldTwice(driver.loop(), log, 'a'));
    driver.loop().spawn(yieldTwice(driver.loop(), log, 'b'));
    driver.settle();

    EXPECT_EQ(log, "ababab");
}

TEST(Loop, AClosedDescriptorsLateEventReachesNobody)
{
    LoopDriver driver;
    ConnectedPair first(driver);
    first.peer.send("for the first");
    first.ours.close();
    ConnectedPair second(driver); // takes the place of the first
    Seen seen;

    driver.loop().spawn(receive(driver.loop(), second.ours, driver.loop().after(1s), seen));
    driver.settle();
    driver.pass(1s);

    EXPECT_EQ(seen.fault, Fault::Deadline);
    EXPECT_EQ(seen.bytes, "");
}

TEST(Loop, ListeningTwiceOnOnePortIsForTheSameCoresOnly)
{
    LoopDriver driver;
    auto first = driver.loop().listen(Address::loopback(0));
    ASSERT_TRUE(first);

    const tests::RawListener other;
    auto taken = driver.loop().listen(Address::loopback(other.port()));
    auto second = driver.loop().listen(Address::loopback(first->localPort()),
                                       Loop::Sharing::Joins);
    auto foreign = driver.loop().listen(Address::loopback(first->localPort()));

    ASSERT_FALSE(taken);
    EXPECT_NE(taken.error().message().find("cannot listen on 127.0.0.1:"), std::string::npos);
    EXPECT_TRUE(second);
    EXPECT_FALSE(foreign) << "another process would get half of the connections";
}

TEST(Loop, LeavesNoDescriptorBehind)
{
    const std::size_t before = tests::openDescriptors();
    {
        LoopDriver driver;
        std::vector<std::unique_ptr<ConnectedPair>> pairs;
        for (int i = 0; i < 300; ++i)
            pairs.push_back(std::make_unique<ConnectedPair>(driver));
        EXPECT_GT(tests::openDescriptors(), before + 600);
    }
    EXPECT_EQ(tests::openDescriptors(), before);
}

} // namespace
} // namespace signalbox::runtime
