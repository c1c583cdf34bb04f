// SPDX-License-Identifier: Apache-2.0
#include "shared/series/column_codec.h"

#include "shared/base/limits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace signalbox::series {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<model::SeriesKey> dictionary()
{
    return {{"requests_total", {}, model::SeriesKind::Counter},
            {"ttft_p50_ms", {}, model::SeriesKind::Gauge},
            {"engine_kv_usage_ratio", {}, model::SeriesKind::Gauge},
            {"process_resident_bytes", {}, model::SeriesKind::Gauge}};
}

model::SampleRow row(std::uint64_t sequence, std::int64_t unixMs, std::vector<double> values)
{
    return {sequence, unixMs, std::move(values)};
}

void expectSame(const std::vector<model::SampleRow>& read,
                const std::vector<model::SampleRow>& sent, const ColumnEncoder& encoder)
{
    ASSERT_EQ(read.size(), sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_EQ(read[i].sequence, sent[i].sequence);
        EXPECT_EQ(read[i].unixMs, sent[i].unixMs);
        for (std::size_t column = 0; column < sent[i].values.size(); ++column) {
            const double expected = encoder.rounded(column, sent[i].values[column]);
            const double got = read[i].values.at(column);
            EXPECT_TRUE(got == expected || (std::isnan(got) && std::isnan(expected)))
                << "row " << i << " column " << column << ": " << got << " for " << expected;
        }
    }
}

TEST(ColumnCodec, BlocksOfOneStreamGoOnFromEachOther)
{
    const auto series = dictionary();
    ColumnEncoder encoder(series);
    ColumnDecoder decoder(series.size());
    const std::vector<std::vector<model::SampleRow>> blocks{
        {row(1, 1'767'225'600'000, {5, 812.34, 0.5, 250e6})},
        {row(2, 1'767'225'601'003, {9, kNan, 0.5, 250e6}),
         row(3, 1'767'225'602'001, {9, kNan, 0.713, 251e6})},
        {row(9, 1'767'225'608'001, {9, 12.06, kNan, 0})},
        {row(10, 1'767'225'607'000, {0, -4.2, 1, -1})}, // the clock was set back
    };
    for (const auto& rows : blocks) {
        const auto read = decoder.decode(encoder.encode(rows), rows[0].sequence);
        ASSERT_TRUE(read) << read.error().text();
        expectSame(*read, rows, encoder);
    }
}

TEST(ColumnCodec, WhatDoesNotChangeCostsNearlyNothing)
{
    const auto series = dictionary();
    ColumnEncoder encoder(series);
    const std::vector rows{row(1, 1'767'225'600'000, {5, 812.3, 0.5, 250e6})};
    (void)encoder.encode(rows);

    const std::vector same{row(2, 1'767'225'601'000, {5, 812.3, 0.5, 250e6})};

    EXPECT_EQ(encoder.encode(same).size(), 4u); // head, count, bitmap, time
}

TEST(ColumnCodec, StepsFollowTheUnit)
{
    EXPECT_EQ(stepExponentOf({"ttft_p50_ms", {}, model::SeriesKind::Gauge}), -1);
    EXPECT_EQ(stepExponentOf({"hit_ratio", {}, model::SeriesKind::Gauge}), -3);
    EXPECT_EQ(stepExponentOf({"requests_per_second", {}, model::SeriesKind::Gauge}), -1);
    EXPECT_EQ(stepExponentOf({"in_flight", {}, model::SeriesKind::Gauge}), 0);
    EXPECT_EQ(stepExponentOf({"busy_ms", {}, model::SeriesKind::Counter}), 0);
}

TEST(ColumnCodec, ValuesThatCannotBeKeptAreUnknown)
{
    const auto series = dictionary();
    ColumnEncoder encoder(series);
    ColumnDecoder decoder(series.size());
    const double infinity = std::numeric_limits<double>::infinity();
    const std::vector rows{row(1, 0, {infinity, -infinity, 1e300, 4.9e-324})};

    const auto read = decoder.decode(encoder.encode(rows), 1);

    ASSERT_TRUE(read);
    EXPECT_TRUE(std::isnan(read->at(0).values[0]));
    EXPECT_TRUE(std::isnan(read->at(0).values[1]));
    EXPECT_TRUE(std::isnan(read->at(0).values[2]));
    EXPECT_EQ(read->at(0).values[3], 0);
}

TEST(ColumnCodec, ALargeBlockIsCompressedAndComesBack)
{
    const auto series = dictionary();
    ColumnEncoder encoder(series);
    ColumnDecoder decoder(series.size());
    std::mt19937 random(7);
    std::vector<model::SampleRow> rows;
    for (int i = 0; i < 3'600; ++i)
        rows.push_back(row(100u + static_cast<unsigned>(i), 1'767'225'600'000 + 1'000 * i,
                           {double(i) * 3, 800.0 + random() % 50, 0.5, i % 60 == 0 ? kNan : 2e8}));

    const std::string block = encoder.encode(rows);
    const auto read = decoder.decode(block, 100);

    EXPECT_LT(block.size(), rows.size() * 3);
    ASSERT_TRUE(read) << read.error().text();
    expectSame(*read, rows, encoder);
}

TEST(ColumnCodec, ABlockThatGoesOnFromNothingIsRefused)
{
    const auto series = dictionary();
    ColumnEncoder encoder(series);
    const std::vector rows{row(1, 0, {1, 2, 3, 4})};
    (void)encoder.encode(rows);
    ColumnDecoder late(series.size());

    EXPECT_FALSE(late.decode(encoder.encode(rows), 2));
    encoder.restart();
    EXPECT_TRUE(late.decode(encoder.encode(rows), 3));
    EXPECT_FALSE(ColumnDecoder(3).decode(ColumnEncoder(series).encode(rows), 1));
}

TEST(ColumnCodec, ARefusedBlockLeavesTheDecoderAsItWas)
{
    const auto series = dictionary();
    ColumnEncoder encoder(series);
    ColumnDecoder decoder(series.size());
    const std::vector first{row(1, 1'000, {1, 2, 0.3, 4e5})};
    const std::vector second{row(2, 2'000, {7, 2.5, 0.4, 4e5})};
    ASSERT_TRUE(decoder.decode(encoder.encode(first), 1));
    const std::string block = encoder.encode(second);

    for (std::size_t cut = 0; cut < block.size(); ++cut)
        EXPECT_FALSE(decoder.decode(block.substr(0, cut), 2)) << cut;
    EXPECT_FALSE(decoder.decode(block + '\0', 2));

    const auto read = decoder.decode(block, 2);
    ASSERT_TRUE(read);
    expectSame(*read, second, encoder);
}

TEST(ColumnCodec, CountsAndSizesAreNotBelieved)
{
    ColumnDecoder wide(limits::kSeriesPerAgent);
    std::string manyRows{'\x11', '\xff', '\x1f'}; // 4,095 rows of 512 columns
    std::string hugeFrame{'\x31', '\x01', '\xff', '\xff', '\xff', '\xff', '\x0f'};
    std::string noRows{'\x11', '\0'};
    std::string newFormat{'\x12', '\x01'};

    for (const std::string& block : {manyRows, hugeFrame, noRows, newFormat, std::string()})
        EXPECT_FALSE(wide.decode(block, 1));
}

TEST(ColumnCodec, RandomBytesNeverBreakTheDecoder)
{
    const auto series = dictionary();
    std::mt19937 random(42);
    ColumnDecoder decoder(series.size());
    const std::vector rows{row(1, 1'000, {1, 2, 0.3, 4e5}), row(2, 2'000, {2, 3, 0.4, 4e5})};
    ASSERT_TRUE(decoder.decode(ColumnEncoder(series).encode(rows), 1));
    for (int i = 0; i < 50'000; ++i) {
        std::string block = ColumnEncoder(series).encode(rows);
        for (unsigned flips = random() % 4 + 1; flips > 0; --flips)
            block[random() % block.size()] = static_cast<char>(random());
        const auto read = decoder.decode(block, 1);
        EXPECT_LE(read ? read->size() : 0, limits::kRowsPerBlock);
    }
}

} // namespace
} // namespace signalbox::series
