// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/kit/trace.h"

#include "tests/lab/kit/step_time.h"
#include "tests/lab/kit/whole_file.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace signalbox::lab {
namespace {

using namespace std::chrono_literals;

class TraceFile {
public:
    explicit TraceFile(std::string_view content)
        : path_(std::filesystem::temp_directory_path()
                / ("signalbox-trace-" + std::to_string(::getpid())))
    {
        EXPECT_TRUE(writeWholeFile(path_, content));
    }
    ~TraceFile() { std::filesystem::remove(path_); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

std::vector<Arrival> arrivalsOf(std::string_view content)
{
    const TraceFile file(content);
    const auto source = openTrace(file.path());
    std::vector<Arrival> arrivals;
    if (!source) {
        ADD_FAILURE() << source.error().text();
        return arrivals;
    }
    while (auto arrival = (*source)->next())
        arrivals.push_back(*arrival);
    return arrivals;
}

std::string errorOf(std::string_view content)
{
    const TraceFile file(content);
    const auto source = openTrace(file.path());
    return source ? "no error" : source.error().text();
}

TEST(Trace, ReadsAzureCsvFromItsFirstArrivalOn)
{
    const auto arrivals = arrivalsOf("TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
                                     "2023-11-16 23:59:59.6805900,374,44\r\n"
                                     "2023-11-17 00:00:01.1805901,396,109");

    ASSERT_EQ(arrivals.size(), 2U);
    EXPECT_EQ(arrivals[0].at, 0ns);
    EXPECT_EQ(arrivals[1].at, 1'500'000'100ns);
    EXPECT_EQ(arrivals[1].promptTokens, 396U);
    EXPECT_EQ(arrivals[1].outputTokens, 109U);
}

TEST(Trace, ReadsMooncakeJsonLinesWithTheirBlocks)
{
    const auto arrivals = arrivalsOf(
        R"({"timestamp": 3000, "input_length": 700, "output_length": 5, "hash_ids": [0, 9]})"
        "\n"
        R"({"timestamp": 0, "input_length": 10, "output_length": 2, "hash_ids": [3]})"
        "\n\n");

    ASSERT_EQ(arrivals.size(), 2U);
    EXPECT_EQ(arrivals[0].blocks, std::vector<std::uint32_t>{3}) << "sorted by time";
    EXPECT_EQ(arrivals[1].at, 3s);
    EXPECT_EQ(arrivals[1].blocks, (std::vector<std::uint32_t>{0, 9}));
}

TEST(Trace, ReadsVtcCsvWithItsClients)
{
    const auto arrivals = arrivalsOf("t_s,client,prompt_tokens,output_tokens\n"
                                     "0.0,13,13,199\n0.207938,2,36,137\n");

    ASSERT_EQ(arrivals.size(), 2U);
    EXPECT_EQ(arrivals[0].client, 13U);
    EXPECT_NEAR(std::chrono::duration<double>(arrivals[1].at).count(), 0.207938, 1e-6);
}

TEST(Trace, ErrorsNameFileLineAndField)
{
    const std::string azure = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
                              "2023-11-16 18:15:46.6805900,374,44\n";
    const auto has = [](const std::string& error, const char* part) {
        return error.find(part) != std::string::npos && error.find("signalbox-trace") > 0;
    };

    EXPECT_TRUE(has(errorOf(azure + "2023-11-16 18:15:47,few,44\n"),
                    "line 3: ContextTokens 'few' is not a number"));
    EXPECT_TRUE(has(errorOf(azure + "2023-11-16 18:15:47,1\n"), "line 3: expected 3 columns"));
    EXPECT_TRUE(has(errorOf(azure + "yesterday,1,2\n"), "line 3: time 'yesterday'"));
    EXPECT_TRUE(has(errorOf(azure + "2023-13-16 18:15:47,1,2\n"), "line 3: time"));
    EXPECT_TRUE(has(errorOf(azure + "2023-11-16 18:15:47,0,2\n"), "ContextTokens 0 is outside"));
    EXPECT_TRUE(has(errorOf("{\"timestamp\": 1}\n"), "line 1: input_length is missing"));
    EXPECT_TRUE(has(errorOf("{\"timestamp\": \n"), "line 1: not a JSON object"));
    EXPECT_TRUE(has(errorOf("a,b,c\n"), "line 1: not a known trace"));
    EXPECT_TRUE(has(errorOf(""), "holds no requests"));
    EXPECT_NE(openTrace("/no/such/file").error().text().find("cannot be opened"),
              std::string::npos);
}

struct Statistics {
    double rate = 0;
    double variation = 0;
    double promptMean = 0;
    double promptMedian = 0;
    double outputMean = 0;
};

Statistics statisticsOf(ArrivalSource& source, std::size_t requests)
{
    std::vector<double> gaps;
    std::vector<double> prompts;
    double outputs = 0;
    auto last = 0ns;
    for (std::size_t i = 0; i < requests; ++i) {
        const auto arrival = source.next();
        gaps.push_back(std::chrono::duration<double>(arrival->at - last).count());
        last = arrival->at;
        prompts.push_back(arrival->promptTokens);
        outputs += arrival->outputTokens;
    }
    const auto mean = [](const std::vector<double>& values) {
        double sum = 0;
        for (const double value : values)
            sum += value;
        return sum / static_cast<double>(values.size());
    };
    Statistics result;
    const double meanGap = mean(gaps);
    double squares = 0;
    for (const double gap : gaps)
        squares += (gap - meanGap) * (gap - meanGap);
    result.rate = 1 / meanGap;
    result.variation = std::sqrt(squares / static_cast<double>(gaps.size())) / meanGap;
    result.promptMean = mean(prompts);
    std::nth_element(prompts.begin(), prompts.begin() + static_cast<long>(requests / 2),
                     prompts.end());
    result.promptMedian = prompts[requests / 2];
    result.outputMean = outputs / static_cast<double>(requests);
    return result;
}

TEST(GeneratedTraffic, HasThePublishedStatisticsOfChat)
{
    const auto source = generateTraffic({kChatTraffic, 0, 42});

    const Statistics chat = statisticsOf(*source, 4000);

    EXPECT_NEAR(chat.rate, 5.53, 0.4);
    EXPECT_NEAR(chat.variation, 1.09, 0.1);
    EXPECT_NEAR(chat.promptMean, 1155, 60);
    EXPECT_NEAR(chat.promptMedian, 1020, 60);
    EXPECT_NEAR(chat.outputMean, 211, 15);
}

TEST(GeneratedTraffic, CodeComesInHardBursts)
{
    const auto source = generateTraffic({kCodeTraffic, 0, 42});

    const Statistics code = statisticsOf(*source, 40'000);

    EXPECT_GT(code.variation, 8);
    EXPECT_NEAR(code.promptMean, 2048, 120);
    EXPECT_NEAR(code.outputMean, 28, 3);
}

TEST(GeneratedTraffic, EqualSeedsGiveEqualLoads)
{
    const auto first = generateTraffic({kChatTraffic, 10, 5});
    const auto second = generateTraffic({kChatTraffic, 10, 5});
    const auto other = generateTraffic({kChatTraffic, 10, 6});

    for (int i = 0; i < 100; ++i) {
        const auto arrival = first->next();
        EXPECT_EQ(arrival->at, second->next()->at);
        EXPECT_NE(arrival->at, other->next()->at);
    }
}

TEST(StepTime, IsLinearInItsFourParts)
{
    constexpr StepTime kTime{10, 0.5, 0.001, 0.1};

    EXPECT_EQ(stepDuration(kTime, {}), 10ms);
    EXPECT_EQ(stepDuration(kTime, {4, 2000, 30}), 17ms);
    EXPECT_EQ(findStepTimePreset("8b")->time.baseMs, 13.8);
    EXPECT_EQ(findStepTimePreset("9b"), nullptr);
}

} // namespace
} // namespace signalbox::lab
