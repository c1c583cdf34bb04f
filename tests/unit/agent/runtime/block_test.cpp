// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/address.h"
#include "agent/runtime/block.h"
#include "agent/runtime/core_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::runtime {
namespace {

TEST(Block, GrowsAndKeepsWhatIsThere)
{
    Block block;
    std::string wanted;
    for (int i = 0; i < 20'000; ++i) {
        const std::string piece = std::to_string(i);
        block.append(piece);
        wanted += piece;
    }
    EXPECT_EQ(block.view(), wanted);
}

TEST(Block, MovingMovesNoByteAndReleasingHoldsNothing)
{
    Block first = Block::copyOf("a signal");
    const char* at = first.data();

    Block second = std::move(first);

    EXPECT_EQ(second.data(), at);
    EXPECT_TRUE(first.empty());
    second.release();
    EXPECT_EQ(second.capacity(), 0U);
}

TEST(CorePool, EverySizeIsUsableToItsLastByte)
{
    std::vector<std::pair<void*, std::size_t>> held;
    for (std::size_t size : {0UL, 1UL, 63UL, 64UL, 65UL, 1'023UL, 1'024UL, 1'025UL, 2'048UL,
                             65'535UL, 65'536UL, 65'537UL, 4'194'304UL}) {
        void* memory = core_pool::allocate(size);
        EXPECT_GE(core_pool::usableSize(size), size);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 16, 0U);
        std::memset(memory, 0x5a, size);
        held.emplace_back(memory, size);
    }
    for (const auto& [memory, size] : held)
        core_pool::release(memory, size);
    core_pool::drain();
}

TEST(Address, ReadsWhatItWrites)
{
    for (const std::string text :
         {"127.0.0.1:8800", "[::1]:8800", "10.1.2.3:1", "[2001:db8::7]:65535"}) {
        const auto address = Address::parse(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->text(), text);
    }
}

TEST(Address, KnowsLoopbackInEveryDress)
{
    EXPECT_TRUE(Address::parse("127.9.9.9:1")->isLoopback());
    EXPECT_TRUE(Address::parse("[::1]:1")->isLoopback());
    EXPECT_TRUE(Address::parse("[::ffff:127.0.0.1]:1")->isLoopback());
    EXPECT_FALSE(Address::parse("10.0.0.1:1")->isLoopback());
    EXPECT_FALSE(Address::parse("[::ffff:10.0.0.1]:1")->isLoopback());
}

TEST(Address, SaysWhatIsWrongWithAText)
{
    for (const std::string text : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000",
                                   "::1:80", "host:80", "127.0.0.1:80 "}) {
        const auto address = Address::parse(text);
        ASSERT_FALSE(address) << text;
        EXPECT_NE(address.error().message().find("is not an address"), std::string::npos);
    }
}

TEST(Address, LooksUpTheLocalHost)
{
    const auto address = Address::resolve("localhost:8800");

    ASSERT_TRUE(address) << address.error().text();
    EXPECT_TRUE(address->isLoopback());
    EXPECT_EQ(address->port(), 8800);
}

} // namespace
} // namespace signalbox::runtime
