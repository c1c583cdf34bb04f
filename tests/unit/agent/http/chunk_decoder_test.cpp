// SPDX-License-Identifier: Apache-2.0
#include "agent/http/chunk_decoder.h"
#include "agent/http/h1_writer.h"
#include "tests/support/seed.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace signalbox::http {
namespace {

using namespace std::string_literals;
using namespace std::chrono_literals;

struct Decoded {
    ChunkState state = ChunkState::NeedMore;
    std::string data;
    std::size_t consumed = 0;
};

// Feeds pieces of `step` bytes until the end, Complete or Bad.
Decoded decode(std::string_view bytes, std::size_t step, ChunkSizes sizes = ChunkSizes::Any)
{
    ChunkDecoder decoder(sizes);
    Decoded result;
    for (std::size_t at = 0; at < bytes.size();) {
        std::string_view input = bytes.substr(at, step);
        const std::size_t offered = input.size();
        ChunkStep taken;
        do {
            taken = decoder.next(input);
            input.remove_prefix(taken.consumed);
            result.consumed += taken.consumed;
            result.data += taken.data;
        } while (taken.state == ChunkState::Data);
        result.state = taken.state;
        if (taken.state != ChunkState::NeedMore)
            return result;
        EXPECT_TRUE(input.empty()) << "NeedMore takes everything";
        at += offered;
    }
    return result;
}

TEST(ChunkDecoder, GivesTheDataAndItsEndAtEverySplit)
{
    const std::string bytes = "5\r\nhello\r\n1\r\n \r\n00A\r\n0123456789\r\n0\r\n\r\n";
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        const Decoded decoded = decode(bytes + "NEXT", step);
        EXPECT_EQ(decoded.state, ChunkState::Complete) << step;
        EXPECT_EQ(decoded.data, "hello 0123456789") << step;
        EXPECT_EQ(decoded.consumed, bytes.size()) << "what follows is not of this message";
    }
}

TEST(ChunkDecoder, RefusesWhatTwoReadersCouldCutDifferently)
{
    const std::vector<std::pair<const char*, std::string>> cases{
        {"B-10", "+5\r\nhello\r\n"},
        {"B-10", "-5\r\nhello\r\n"},
        {"B-10", "0x5\r\nhello\r\n"},
        {"B-10", "5_\r\nhello\r\n"},
        {"B-10", " 5\r\nhello\r\n"},
        {"B-10", "5 \r\nhello\r\n"},
        {"B-10", "5;\r\nhello\r\n"},
        {"B-10", "\r\nhello\r\n"},
        {"B-10", "10000000000000000\r\n"},
        {"B-10", "FFFFFFFFFFFFFFFF\r\n"},
        {"B-10", "5\nhello\r\n"},
        {"B-10", "5\r\r\nhello\r\n"},
        {"B-10", "5\r\nhello5\r\nhello\r\n"},
        {"B-10", "5\r\nhello\n5\r\n"},
        {"B-10", "5\r\nhello!\r\n"},
        {"B-10", "5\r\nhello\r5\r\n"},
        {"B-11", "5;a=b\r\nhello\r\n"},
        {"B-11", "5;a=\"\n\"\r\nhello\r\n"},
        {"B-13", "0\r\n folded: x\r\n\r\n"},
        {"B-13", "0\r\nName : x\r\n\r\n"},
        {"B-13", "0\r\n: x\r\n\r\n"},
        {"B-13", "0\r\nX: a\nb\r\n\r\n"},
        {"B-13", "0\r\nX: a\rb\r\n\r\n"},
        {"B-13", "0\r\nX: a\0b\r\n\r\n"s},
        {"B-13", "0\r\nno colon\r\n\r\n"},
        {"B-13", "0\r\nX: " + std::string(5000, 'y') + "\r\n\r\n"},
    };
    for (const auto& [row, bytes] : cases) {
        for (const std::size_t step : {bytes.size(), std::size_t{1}})
            EXPECT_EQ(decode(bytes, step).state, ChunkState::Bad) << row << " " << bytes;
    }
}

TEST(ChunkDecoder, TrailersAreReadAndForgotten)
{
    const std::string bytes
        = "1\r\nx\r\n0\r\nContent-Length: 9\r\nAuthorization: Bearer y\r\nHost: z\r\n\r\n";
    const Decoded decoded = decode(bytes, 7);
    EXPECT_EQ(decoded.state, ChunkState::Complete) << "B-13";
    EXPECT_EQ(decoded.data, "x");
    EXPECT_EQ(decoded.consumed, bytes.size());
}

TEST(ChunkDecoder, BadIsFinal)
{
    ChunkDecoder decoder;
    ASSERT_EQ(decoder.next("x\r\n").state, ChunkState::Bad);
    const ChunkStep again = decoder.next("5\r\nhello\r\n0\r\n\r\n");
    EXPECT_EQ(again.state, ChunkState::Bad);
    EXPECT_EQ(again.consumed, 0U);
    EXPECT_EQ(again.fault.status, 400);
    EXPECT_FALSE(again.fault.message.empty());
}

TEST(ChunkDecoder, AClientMayNotSendThousandsOfTinyChunksASecond)
{
    ChunkDecoder decoder(ChunkSizes::Guarded);
    std::size_t chunks = 0;
    while (chunks < 500'000 && decoder.next("1\r\n").state == ChunkState::NeedMore) {
        ASSERT_EQ(decoder.next("x\r\n").state, ChunkState::Data);
        ASSERT_EQ(decoder.next("\r\n").state, ChunkState::NeedMore);
        ++chunks;
    }
    EXPECT_EQ(chunks, limits::kChunksPerSecond) << "B-12";
}

TEST(ChunkDecoder, ManyChunksAreFineWhenTheyAreLargeOrSlow)
{
    ChunkDecoder large(ChunkSizes::Guarded);
    ChunkDecoder slow(ChunkSizes::Guarded);
    ChunkDecoder engine(ChunkSizes::Any);
    const std::string big = "40\r\n" + std::string(64, 'x') + "\r\n";
    base::Monotonic now{};
    for (int i = 0; i < 5000; ++i) {
        now += 1ms;
        for (std::string_view input = big; !input.empty();)
            input.remove_prefix(large.next(input, now).consumed);
        for (std::string_view input = "1\r\nx\r\n"; !input.empty();)
            input.remove_prefix(slow.next(input, now).consumed);
        for (std::string_view input = "1\r\nx\r\n"; !input.empty();)
            input.remove_prefix(engine.next(input).consumed);
    }
    EXPECT_EQ(large.bytes(), 5000U * 64);
    EXPECT_EQ(slow.bytes(), 5000U) << "1,000 a second";
    EXPECT_EQ(engine.chunks(), 5000U);
}

TEST(ChunkDecoder, TakesBackWhatTheWriterFramed)
{
    const unsigned seed = tests::seed();
    SB_SHOW_SEED(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 200; ++round) {
        std::string data;
        std::string framed;
        for (unsigned i = random() % 20; i > 0; --i) {
            std::string piece(1 + random() % 300, '\0');
            for (char& c : piece)
                c = static_cast<char>(random());
            data += piece;
            framed += std::string(ChunkHead(piece.size()).view()) + piece + std::string(kChunkEnd);
        }
        framed += kLastChunk;
        const Decoded decoded = decode(framed, 1 + random() % 40);
        ASSERT_EQ(decoded.state, ChunkState::Complete);
        ASSERT_EQ(decoded.data, data);
    }
}

} // namespace
} // namespace signalbox::http
