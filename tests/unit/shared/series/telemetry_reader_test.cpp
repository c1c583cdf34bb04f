// SPDX-License-Identifier: Apache-2.0
#include "shared/series/telemetry_reader.h"

#include <gtest/gtest.h>

namespace signalbox::series {
namespace {

model::TelemetryBatch batch(std::uint64_t sequence, std::vector<model::TelemetryItem> items)
{
    return {sequence, 1'767'225'600'000, 1, std::move(items)};
}

model::AgentIntroduction introduction(const char* id)
{
    return {base::AgentId(id), "boot-1"};
}

TEST(TelemetryReader, NumbersBecomeNamesAndBlocksBecomeRows)
{
    const std::vector<model::SeriesKey> series{{"in_flight", {}, model::SeriesKind::Gauge}};
    ColumnEncoder encoder(series);
    const std::vector<model::SampleRow> rows{{17, 1'000, {4.0}}, {18, 2'000, {5.0}}};
    TelemetryReader reader;

    const auto facts = reader.read(batch(1, {{3, introduction("gpu-01")},
                                             {3, model::SeriesDictionary{1, series}},
                                             {3, model::SampleBlock{1, 17, encoder.encode(rows)}},
                                             {3, model::Event{.sequence = 19, .kind = "x"}}}));

    ASSERT_TRUE(facts) << facts.error().text();
    ASSERT_EQ(facts->size(), 4u);
    const auto& read = std::get<ReadRows>((*facts)[2].fact).rows;
    EXPECT_EQ((*facts)[2].agent.str(), "gpu-01");
    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(read[1].sequence, 18u);
    EXPECT_EQ(read[1].values[0], 5.0);
    EXPECT_EQ(std::get<model::Event>((*facts)[3].fact).agent, "gpu-01");
}

TEST(TelemetryReader, AStreamThatIsOutOfStepIsRefused)
{
    const std::vector<model::SeriesKey> series{{"in_flight", {}, model::SeriesKind::Gauge}};
    const std::string block
        = ColumnEncoder(series).encode(std::vector<model::SampleRow>{{1, 1'000, {4.0}}});
    model::AgentState foreign;
    foreign.record.id = base::AgentId("gpu-02");
    const std::vector<std::vector<model::TelemetryItem>> wrong{
        {{3, model::Behind{1, 2}}}, // nobody was introduced
        {{3, introduction("gpu-01")}, {3, foreign}}, // says it is another
        {{3, introduction("gpu-01")}, {3, introduction("gpu-02")}}, // a number for two
        {{3, introduction("gpu-01")}, {3, model::SampleBlock{1, 1, block}}}, // no dictionary
        {{3, introduction("gpu-01")},
         {3, model::SeriesDictionary{2, series}},
         {3, model::SampleBlock{1, 1, block}}}, // of an older dictionary
    };

    for (const auto& items : wrong)
        EXPECT_EQ(TelemetryReader().read(batch(1, items)).error().code(), base::Code::DataLoss);
    TelemetryReader reader;
    ASSERT_TRUE(reader.read(batch(1, {})));
    EXPECT_FALSE(reader.read(batch(3, {}))); // one message is missing
}

TEST(TelemetryReader, ARestartedAgentKeepsItsNumberAndStartsAnew)
{
    const std::vector<model::SeriesKey> series{{"in_flight", {}, model::SeriesKind::Gauge}};
    TelemetryReader reader;
    ASSERT_TRUE(reader.read(
        batch(1, {{3, introduction("gpu-01")}, {3, model::SeriesDictionary{1, series}}})));

    const auto again = reader.read(batch(2, {{3, {model::AgentIntroduction{
                                                 base::AgentId("gpu-01"), "boot-2"}}}}));
    const std::string block
        = ColumnEncoder(series).encode(std::vector<model::SampleRow>{{1, 1'000, {4.0}}});
    const auto old = reader.read(batch(3, {{3, model::SampleBlock{1, 1, block}}}));

    EXPECT_TRUE(again);
    EXPECT_FALSE(old); // the dictionary went with the old boot
}

} // namespace
} // namespace signalbox::series
