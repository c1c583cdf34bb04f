// SPDX-License-Identifier: Apache-2.0
#include "agent/telemetry/metrics_text.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <sys/wait.h>

namespace signalbox::telemetry {
namespace {

using Type = MetricsText::Type;

TEST(MetricsText, EscapesLabelsAndLeavesUnknownValuesOut)
{
    MetricsText text;
    text.family("signalbox_x", Type::Gauge, "Something.");
    text.sample(1.5, {{"a", "q\"\\\n"}, {"b", "c"}});
    text.sample(std::numeric_limits<double>::quiet_NaN());

    EXPECT_EQ(text.take(),
              "# HELP signalbox_x Something.\n# TYPE signalbox_x gauge\n"
              "signalbox_x{a=\"q\\\"\\\\\\n\",b=\"c\"} 1.5\n");
}

TEST(MetricsText, HistogramsAreCumulativeAndEndWithTheirCount)
{
    proxy::LatencyHistogram histogram;
    histogram.record(std::chrono::milliseconds(10));
    histogram.record(std::chrono::seconds(2));
    proxy::HistogramCounts counts;
    histogram.addTo(counts);
    MetricsText text;
    text.family("signalbox_h_seconds", Type::Histogram, "H.");
    text.histogram(counts);

    const std::string page = text.take();
    EXPECT_NE(page.find("signalbox_h_seconds_bucket{le=\"0.0078125\"} 0\n"), std::string::npos);
    EXPECT_NE(page.find("signalbox_h_seconds_bucket{le=\"0.015625\"} 1\n"), std::string::npos);
    EXPECT_NE(page.find("signalbox_h_seconds_bucket{le=\"+Inf\"} 2\n"), std::string::npos);
    EXPECT_NE(page.find("signalbox_h_seconds_count 2\n"), std::string::npos);
}

// The real judge of the format, where Debian's prometheus is installed.
TEST(MetricsText, PromtoolAcceptsTheWholePage)
{
    if (std::system("command -v promtool >/dev/null") != 0)
        GTEST_SKIP() << "promtool is not installed (Debian package prometheus)";
    ProxyMoment moment;
    moment.totals.outcomes[0] = 7;
    MetricsText text;
    addProxyMetrics(text, moment);
    const std::vector<SeriesColumn> columns{{"host_cpu_ratio", "", "Share.", {}}};
    const std::vector<double> values{0.5};
    addColumns(text, columns, values);

    FILE* promtool = popen("promtool check metrics", "w");
    ASSERT_NE(promtool, nullptr);
    const std::string page = text.take();
    std::fwrite(page.data(), 1, page.size(), promtool);
    EXPECT_EQ(WEXITSTATUS(pclose(promtool)), 0) << page;
}

} // namespace
} // namespace signalbox::telemetry
