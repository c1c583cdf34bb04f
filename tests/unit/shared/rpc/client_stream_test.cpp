// SPDX-License-Identifier: Apache-2.0
#include "shared/rpc/client_stream.h"

#include "tests/support/manual_executor.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace signalbox::rpc {
namespace {

using namespace std::chrono_literals;

struct Ear final : ClientStream::Listener {
    std::string request() override { return ""; }
    void opened(const ServiceAddress&) override {}
    base::Status message(std::string) override { return {}; }
    void lost(const base::Error& why) override { losses.push_back(why.message()); }
    std::vector<std::string> losses;
};

struct Bench {
    tests::ManualClock clock;
    tests::ManualExecutor executor{clock};
    Ear ear;
    int picked = 0;
    ClientStream::Pick refuse = [this]() -> base::Result<std::shared_ptr<Channel>> {
        ++picked;
        return base::Error(base::Code::Unavailable, "nobody there");
    };
};

TEST(ClientStream, BacksOffFurtherWithEachFailureUpToTheMost)
{
    Bench bench;
    ClientStream stream({.method = "m", .backoffFirst = 100ms, .backoffMost = 1'000ms, .seed = 7},
                        bench.executor, bench.refuse, bench.ear);

    stream.start();
    EXPECT_EQ(bench.picked, 1);
    bench.executor.advance(49ms); // uniform(1/2, 1) of 100 ms
    EXPECT_EQ(bench.picked, 1);
    bench.executor.advance(51ms);
    EXPECT_EQ(bench.picked, 2);

    bench.executor.advance(60s);
    EXPECT_GE(bench.picked, 60); // never slower than the most
    EXPECT_LE(bench.picked, 130); // never faster than half of it
    EXPECT_EQ(bench.ear.losses.size(), static_cast<std::size_t>(bench.picked));
    EXPECT_EQ(stream.attemptsTotal(), static_cast<std::uint64_t>(bench.picked));
}

TEST(ClientStream, AStoppedStreamTriesNoMore)
{
    Bench bench;
    ClientStream stream({.method = "m"}, bench.executor, bench.refuse, bench.ear);

    stream.start();
    stream.stop();
    bench.executor.advance(60s);

    EXPECT_EQ(bench.picked, 1);
    EXPECT_FALSE(stream.isOpen());
}

TEST(ClientStream, AnEndedStreamIsNotCalledBack)
{
    Bench bench;
    {
        ClientStream stream({.method = "m"}, bench.executor, bench.refuse, bench.ear);
        stream.start();
    }

    bench.executor.advance(60s);

    EXPECT_EQ(bench.picked, 1);
}

} // namespace
} // namespace signalbox::rpc
