// SPDX-License-Identifier: Apache-2.0
// Pages of metrics: whole or in pieces the same samples, within their limits; and what comes of two
// pages in a row is a number or unknown, never infinite, and no counter falls.
#include "agent/engine/metric_mapper.h"
#include "agent/engine/prometheus_text.h"
#include "shared/base/limits.h"
#include "tests/support/fuzz_target.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace signalbox;
using namespace signalbox::engine;
using fuzz::require;

bool isName(std::string_view name, bool mayHaveColon)
{
    if (name.empty() || (name.front() >= '0' && name.front() <= '9'))
        return false;
    return std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || c == '_' || (c == ':' && mayHaveColon);
    });
}

// Writes down everything; wants every name.
class Listed : public MetricSink {
public:
    bool wants(std::string_view name) override
    {
        require(isName(name, true), "a name that is offered is a name");
        return true;
    }
    void take(const MetricLine& line) override
    {
        require(line.labels.size() <= limits::kMetricLabels, "labels have a limit");
        require(line.name.size() <= limits::kMetricNameBytes, "names have a limit");
        std::string text(line.name);
        for (const MetricLabel& label : line.labels) {
            require(isName(label.name, false), "a label's name is a name");
            text.append("|").append(label.name).append("=").append(label.value);
        }
        // NaN is not equal to itself, its bits are.
        text.append("|").append(std::to_string(std::bit_cast<std::uint64_t>(line.value)));
        lines.push_back(std::move(text));
    }
    std::vector<std::string> lines;
};

struct Read {
    std::vector<std::string> lines;
    std::uint64_t badLines = 0;
    bool operator==(const Read&) const = default;
};

Read linesOf(std::string_view page, std::size_t step)
{
    Listed listed;
    PrometheusReader reader(listed);
    while (!page.empty()) {
        // Each piece is gone once it has been read.
        const std::string piece(page.substr(0, step));
        page.remove_prefix(piece.size());
        reader.feed(piece);
    }
    reader.finish();
    require(reader.samples() == listed.lines.size(), "samples are counted");
    return {listed.lines, reader.badLines()};
}

MetricsSource everyKindOfRule()
{
    MetricsSource source;
    const auto add = [&](Series series, std::vector<std::string> from) -> MetricRule& {
        MetricRule rule;
        rule.series = series;
        rule.from = std::move(from);
        source.rules.push_back(std::move(rule));
        return source.rules.back();
    };
    add(Series::Running, {"a", "vllm:num_requests_running"}).where = {{"x", "1"}};
    add(Series::KvUsageRatio, {"b", "sglang:token_usage"}).combine = Combine::Max;
    add(Series::PromptTokensTotal, {"c", "vllm:prompt_tokens_total"}).plus = {"d"};
    add(Series::PrefixQueriesTotal, {"q"});
    add(Series::PrefixHitsTotal, {"h"});
    add(Series::Ttft, {"t", "vllm:time_to_first_token_seconds"}).scale = 0.001;
    MetricRule& quotient = add(Series::E2e, {});
    quotient.sum = "s";
    quotient.count = "n";
    return source;
}

EngineSample sampleOf(MetricMapper& mapper, std::string_view page)
{
    mapper.begin();
    PrometheusReader reader(mapper);
    reader.feed(page);
    reader.finish();
    EngineSample sample = mapper.finish();
    for (const double value : sample.values)
        require(std::isnan(value) || std::isfinite(value), "a figure is a number or unknown");
    return sample;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view bytes = fuzz::textOf(data, size - 1);
    const Read whole = linesOf(bytes, bytes.size() + 1);
    require(whole == linesOf(bytes, 1 + data[size - 1] % 32), "pieces give the same samples");

    // A zero byte, which no page has, stands between two pages of one engine.
    const std::size_t end = std::min(bytes.find('\0'), bytes.size());
    static const MetricsSource source = everyKindOfRule();
    MetricMapper mapper(source);
    const EngineSample first = sampleOf(mapper, bytes.substr(0, end));
    const EngineSample second = sampleOf(mapper, bytes.substr(std::min(end + 1, bytes.size())));
    for (const Series counter : {Series::PromptTokensTotal, Series::PrefixQueriesTotal}) {
        const bool areBoth = !std::isnan(first.of(counter)) && !std::isnan(second.of(counter));
        require(!areBoth || second.of(counter) >= first.of(counter), "a counter never falls");
    }
    const double ratio = second.of(Series::PrefixHitRatio);
    require(std::isnan(ratio) || (ratio >= 0 && ratio <= 1), "a ratio is one");
    return 0;
}
