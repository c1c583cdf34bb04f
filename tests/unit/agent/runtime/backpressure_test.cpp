// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/loop.h"
#include "tests/support/loop_driver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace signalbox::runtime {
namespace {

using namespace std::chrono_literals;
using tests::ConnectedPair;
using tests::LoopDriver;

constexpr std::size_t kHighWater = 64 * 1024;

LoopOptions smallBuffers()
{
    LoopOptions options;
    options.highWaterBytes = kHighWater;
    options.writeStall = 30s;
    return options;
}

// Bytes whose place tells their value, so that a lost, doubled or swapped byte shows.
std::string numbered(std::size_t size)
{
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>('a' + (i * 131 + i / 257) % 26);
    return bytes;
}

struct Progress {
    std::size_t sent = 0;
    std::size_t mostUnsent = 0;
    std::optional<Fault> fault;
};

Task<void> sendAll(Loop& loop, Socket& socket, const std::string& bytes, std::size_t slice,
                   Progress& progress)
{
    Fault fault = Fault::None;
    while (fault == Fault::None && progress.sent < bytes.size()) {
        const std::string_view piece = std::string_view(bytes).substr(progress.sent, slice);
        SendWait sending = loop.send(socket, piece);
        progress.sent += piece.size();
        progress.mostUnsent = std::max(progress.mostUnsent, socket.unsentBytes());
        fault = co_await sending;
    }
    if (fault == Fault::None)
        fault = co_await loop.flush(socket);
    progress.fault = fault;
}

TEST(Backpressure, ASlowReaderHoldsTheSenderAndGetsEveryByteInOrder)
{
    LoopDriver driver(smallBuffers());
    ConnectedPair pair(driver);
    const std::string all = numbered(24 * 1024 * 1024);
    constexpr std::size_t kSlice = 10'007;
    Progress progress;

    driver.loop().spawn(sendAll(driver.loop(), pair.ours, all, kSlice, progress));
    driver.settle();
    const std::size_t sentBeforeReading = progress.sent;
    std::string got;
    while (got.size() < all.size()) {
        const std::string some = pair.peer.receiveSome();
        ASSERT_FALSE(some.empty());
        got += some;
        driver.settle();
    }
    ASSERT_TRUE(driver.until([&] { return progress.fault.has_value(); }));

    EXPECT_LT(sentBeforeReading, all.size());
    EXPECT_LE(progress.mostUnsent, kHighWater + kSlice);
    EXPECT_EQ(progress.fault, Fault::None);
    EXPECT_TRUE(got == all);
    EXPECT_EQ(pair.ours.unsentBytes(), 0U);
}

TEST(Backpressure, APeerThatTakesNothingForTheStallTimeHasLeft)
{
    LoopDriver driver(smallBuffers());
    ConnectedPair pair(driver);
    const std::string all = numbered(24 * 1024 * 1024);
    Progress progress;
    Watch watch(driver.loop(), pair.ours);
    driver.loop().spawn(sendAll(driver.loop(), pair.ours, all, 64 * 1024, progress));
    driver.settle();
    ASSERT_FALSE(progress.fault.has_value());

    driver.pass(30s - 2ms);
    const bool before = progress.fault.has_value();
    driver.pass(2ms);

    EXPECT_FALSE(before);
    EXPECT_EQ(progress.fault, Fault::Deadline);
    EXPECT_TRUE(watch.clientLeft());
    EXPECT_EQ(driver.loop().counters().writeStalls, 1U);
    EXPECT_EQ(pair.ours.unsentBytes(), 0U); // given back
}

TEST(Backpressure, AStallBelowTheHighWaterMarkIsSeenThoughNobodyWaits)
{
    LoopDriver driver(smallBuffers());
    ConnectedPair pair(driver);
    const std::string slice = numbered(1024);
    while (pair.ours.unsentBytes() == 0)
        (void)driver.loop().send(pair.ours, slice);

    driver.pass(30s);

    EXPECT_TRUE(pair.ours.peerLeft());
    EXPECT_EQ(driver.loop().counters().writeStalls, 1U);
}

TEST(Backpressure, EveryByteTakenStartsTheStallTimeAnew)
{
    LoopDriver driver(smallBuffers());
    ConnectedPair pair(driver);
    const std::string all = numbered(24 * 1024 * 1024);
    Progress progress;
    driver.loop().spawn(sendAll(driver.loop(), pair.ours, all, 64 * 1024, progress));
    driver.settle();

    driver.pass(20s);
    const std::size_t unsentBefore = pair.ours.unsentBytes();
    const std::size_t sentBefore = progress.sent;
    std::size_t read = 0;
    while (progress.sent == sentBefore && pair.ours.unsentBytes() == unsentBefore) {
        const std::string some = pair.peer.receiveSome();
        ASSERT_FALSE(some.empty());
        read += some.size();
        driver.settle();
    }
    driver.pass(20s);
    const bool after40 = progress.fault.has_value();
    driver.pass(10s);

    EXPECT_FALSE(after40) << "read " << read;
    EXPECT_EQ(progress.fault, Fault::Deadline);
}

TEST(Backpressure, APeerThatResetsEndsTheWaitingSend)
{
    LoopDriver driver(smallBuffers());
    ConnectedPair pair(driver);
    const std::string all = numbered(24 * 1024 * 1024);
    Progress progress;
    driver.loop().spawn(sendAll(driver.loop(), pair.ours, all, 64 * 1024, progress));
    driver.settle();

    pair.peer.reset();

    ASSERT_TRUE(driver.until([&] { return progress.fault.has_value(); }));
    EXPECT_EQ(progress.fault, Fault::Reset);
}

TEST(Backpressure, GatheredPiecesArriveAsOne)
{
    LoopDriver driver;
    ConnectedPair pair(driver);
    const std::array<std::string_view, 4> pieces{"one ", "", "two ", "three"};

    const std::uint64_t before = driver.loop().counters().sent;
    (void)driver.loop().send(pair.ours, pieces);

    EXPECT_EQ(pair.peer.receiveUntil("three"), "one two three");
    EXPECT_EQ(driver.loop().counters().sent - before, 1U);
}

TEST(Backpressure, GatheredPiecesAreCutAnywhereWithoutLoss)
{
    LoopDriver driver(smallBuffers());
    ConnectedPair pair(driver);
    const std::string all = numbered(8 * 1024 * 1024);
    std::size_t sent = 0;
    std::string got;

    while (got.size() < all.size()) {
        while (sent < all.size() && pair.ours.unsentBytes() <= kHighWater) {
            std::array<std::string_view, 3> pieces;
            for (std::string_view& piece : pieces) {
                piece = std::string_view(all).substr(sent, 3'001);
                sent += piece.size();
            }
            (void)driver.loop().send(pair.ours, pieces);
        }
        const std::string some = pair.peer.receiveSome();
        ASSERT_FALSE(some.empty());
        got += some;
        driver.settle();
    }

    EXPECT_TRUE(got == all);
}

} // namespace
} // namespace signalbox::runtime
