// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/loop.h"
#include "tests/support/manual_clock.h"
#include "tests/support/raw_socket.h"

#include <chrono>
#include <dirent.h>
#include <utility>

namespace signalbox::tests {

// A loop that runs on the test's own thread, round by round, under a clock the test owns.
// Lives on: the test's thread.
class LoopDriver {
public:
    explicit LoopDriver(runtime::LoopOptions options = {}) : loop_(clock_, options) {}

    runtime::Loop& loop() { return loop_; }
    ManualClock& clock() { return clock_; }

    // Rounds until the condition holds; false when it still does not after all patience.
    template <typename Condition>
    bool until(Condition condition)
    {
        for (int quiet = 0; !condition(); ) {
            quiet = loop_.poll(std::chrono::milliseconds{10}) ? 0 : quiet + 1;
            if (quiet > kQuietRounds)
                return false;
        }
        return true;
    }
    // Rounds until nothing is ready.
    void settle()
    {
        while (loop_.poll()) { }
    }
    // Time passes, and what is due happens.
    void pass(std::chrono::nanoseconds time)
    {
        clock_.advance(time);
        settle();
    }

private:
    static constexpr int kQuietRounds = 500;
    ManualClock clock_;
    runtime::Loop loop_;
};

// Two ends of one connection: ours on the loop, the peer's as a plain socket.
// Lives on: the test's thread.
struct ConnectedPair {
    explicit ConnectedPair(LoopDriver& driver)
    {
        auto listener = driver.loop().listen(runtime::Address::loopback(0));
        peer = RawSocket::connectTo(listener->localPort());
        driver.loop().spawn(take(driver.loop(), *listener, ours));
        driver.until([this] { return ours.isOpen(); });
    }
    runtime::Socket ours;
    RawSocket peer;

private:
    static runtime::Task<void> take(runtime::Loop& loop, runtime::Socket& listener,
                                    runtime::Socket& into)
    {
        runtime::Accepted accepted = co_await loop.accept(listener);
        into = std::move(accepted.socket);
    }
};

// Open descriptors of this process.
inline std::size_t openDescriptors()
{
    std::size_t count = 0;
    DIR* directory = opendir("/proc/self/fd");
    while (readdir(directory) != nullptr)
        ++count;
    closedir(directory);
    return count;
}

} // namespace signalbox::tests
