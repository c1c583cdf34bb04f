// SPDX-License-Identifier: Apache-2.0
#include "agent/engine/prometheus_text.h"

#include "shared/base/limits.h"
#include "tests/support/recorded_data.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace signalbox::engine {
namespace {

using testing::ElementsAre;

// Writes down what it is given; wants everything unless told otherwise.
class Recorder final : public MetricSink {
public:
    explicit Recorder(std::string only = "") : only_(std::move(only)) {}

    bool wants(std::string_view name) override { return only_.empty() || name == only_; }
    void take(const MetricLine& line) override
    {
        std::string text(line.name);
        for (const MetricLabel& label : line.labels)
            text += fmt::format("|{}={}", label.name, label.value);
        lines.push_back(fmt::format("{} {}", text, line.value));
    }

    std::vector<std::string> lines;

private:
    std::string only_;
};

std::vector<std::string> linesOf(const std::string& page)
{
    Recorder recorder;
    PrometheusReader reader(recorder);
    reader.feed(page);
    reader.finish();
    return recorder.lines;
}

TEST(PrometheusText, ReadsWhatEnginesWrite)
{
    EXPECT_THAT(linesOf("# HELP a Text with \\n escapes\n"
                        "# TYPE a counter\n"
                        "a 1\n"
                        "\n"
                        "  vllm:b{}  2.5e-3\t1700000000000\n"
                        "c{x=\"1\",y=\"a\\\\b\\\"c\\nd\",} +Inf\r\n"
                        "d { x = \"{} # \" } -Inf\n"
                        "e NaN\n"
                        "f_bucket{le=\"0.1\"} 7 # {trace_id=\"abc\"} 0.05 1700000000.5\n"
                        "# EOF\n"),
                ElementsAre("a 1", "vllm:b 0.0025", "c|x=1|y=a\\b\"c\nd inf", "d|x={} #  -inf",
                            "e nan", "f_bucket|le=0.1 7"));
}

TEST(PrometheusText, CountsAndLeavesOutWhatBreaksTheGrammar)
{
    const char* const broken[] = {
        "1a 1",
        "a",
        "a ",
        "a b",
        "a 1 2 3",
        "a 1 x",
        "a{ 1",
        "a{x} 1",
        "a{x=1} 1",
        "a{x=\"1} 1",
        "a{x=\"1\" y=\"2\"} 1",
        "a{x=\"1\",x=\"2\"} 1",
        "a{x:y=\"1\"} 1",
        "a{,} 1",
        "a-b 1",
        "a\xff 1",
        "a 0x10",
        "a 1_000",
        "a ++1",
        "a 1e999",
        "{\"my.dotted.name\"} 1",
        "a{x=\"\\",
    };
    for (const char* line : broken) {
        Recorder recorder;
        PrometheusReader reader(recorder);
        reader.feed(std::string(line) + "\ngood 1\n");
        reader.finish();
        EXPECT_THAT(recorder.lines, ElementsAre("good 1")) << line;
        EXPECT_EQ(reader.badLines(), 1U) << line;
        EXPECT_EQ(reader.samples(), 1U) << line;
    }
}

TEST(PrometheusText, DoesNotBelieveALineWithoutItsEnd)
{
    Recorder recorder;
    PrometheusReader reader(recorder);
    reader.feed("a 12");
    reader.finish();

    EXPECT_TRUE(recorder.lines.empty());
    EXPECT_EQ(reader.badLines(), 1U);
}

TEST(PrometheusText, BoundsLinesNamesAndLabels)
{
    Recorder recorder;
    PrometheusReader reader(recorder);
    const std::string label = "{x=\"" + std::string(limits::kMetricLineBytes, 'y') + "\"} 1\n";
    std::string manyLabels = "c{";
    for (std::size_t i = 0; i <= limits::kMetricLabels; ++i)
        manyLabels += fmt::format("l{}=\"1\",", i);
    reader.feed("a" + label);
    for (const char c : "b" + label)
        reader.feed(std::string_view(&c, 1));
    reader.feed(manyLabels + "} 1\n");
    reader.feed(std::string(limits::kMetricNameBytes + 1, 'n') + " 1\n");
    reader.feed("good 1\n");
    reader.finish();

    EXPECT_THAT(recorder.lines, ElementsAre("good 1"));
    EXPECT_EQ(reader.badLines(), 4U);
}

TEST(PrometheusText, ReadsTheSameAtEverySplit)
{
    const std::string page
        = "# HELP a b\na{x=\"1\\\"\",y=\"2\"} 1.25 17\n\nb_total 3\nc{le=\"+Inf\"} 4\n";
    const std::vector<std::string> whole = linesOf(page);
    ASSERT_EQ(whole.size(), 3U);
    for (std::size_t split = 0; split <= page.size(); ++split) {
        Recorder recorder;
        PrometheusReader reader(recorder);
        reader.feed(std::string_view(page).substr(0, split));
        reader.feed(std::string_view(page).substr(split));
        reader.finish();
        EXPECT_EQ(recorder.lines, whole) << split;
        EXPECT_EQ(reader.badLines(), 0U) << split;
    }
}

std::vector<std::filesystem::path> recordedPages()
{
    std::vector<std::filesystem::path> pages;
    const auto root = tests::recordedDataDirectory();
    for (const char* folder : {"metrics", "engines-live"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            const std::string name = entry.path().filename().string();
            if (name.ends_with(".prom") || (name.starts_with("metrics") && name.ends_with(".txt")))
                pages.push_back(entry.path());
        }
    }
    return pages;
}

TEST(PrometheusText, ReadsEveryRecordedPageWithoutABadLine)
{
    SB_NEEDS_RECORDED_DATA("metrics");
    const auto pages = recordedPages();
    EXPECT_GE(pages.size(), 15U);
    for (const auto& path : pages) {
        const std::string body = tests::headAndBody(tests::wholeFile(path)).second;
        // Excerpts may lack the last newline; that is the excerpt's, not the engine's.
        const std::string page = body.ends_with('\n') ? body : body + "\n";
        Recorder all;
        PrometheusReader reader(all);
        reader.feed(page);
        reader.finish();
        EXPECT_GT(reader.samples(), 5U) << path;
        EXPECT_EQ(reader.badLines(), 0U) << path;
    }
}

TEST(PrometheusText, ReadsRecordedPagesTheSameAtEverySplitPoint)
{
    SB_NEEDS_RECORDED_DATA("metrics");
    for (const auto& path : recordedPages()) {
        const std::string page = tests::headAndBody(tests::wholeFile(path)).second;
        const std::vector<std::string> whole = linesOf(page);
        // A split matters to the line it falls into: each line, at each of its bytes.
        std::size_t start = 0;
        std::size_t checked = 0;
        while (start < page.size() && checked < 4'000) {
            const std::size_t end = std::min(page.find('\n', start), page.size() - 1) + 1;
            const std::string line = page.substr(start, end - start);
            const std::vector<std::string> expected = linesOf(line);
            for (std::size_t split = 1; split < line.size(); ++split, ++checked) {
                Recorder recorder;
                PrometheusReader reader(recorder);
                reader.feed(std::string_view(line).substr(0, split));
                reader.feed(std::string_view(line).substr(split));
                ASSERT_EQ(recorder.lines, expected) << path << ": " << line << " at " << split;
            }
            start = end;
        }
        // And the page as a whole in odd pieces.
        Recorder recorder;
        PrometheusReader reader(recorder);
        for (std::size_t at = 0; at < page.size(); at += 7)
            reader.feed(std::string_view(page).substr(at, 7));
        reader.finish();
        EXPECT_EQ(recorder.lines, whole) << path;
    }
}

} // namespace
} // namespace signalbox::engine
