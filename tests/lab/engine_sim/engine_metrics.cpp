// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/engine_sim/engine_metrics.h"

#include "tests/lab/kit/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace signalbox::engine_sim {

namespace {

// vLLM's own bucket bounds, so that dashboards made for it work.
constexpr std::array kFirstTokenBounds{.001, .005, .01, .02, .04, .06, .08, .1,  .25, .5,  .75,
                                       1.0,  2.5,  5.0, 7.5, 10., 20., 40., 80., 160., 640., 2560.};
constexpr std::array kNextTokenBounds{.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1.0, 2.5,
                                      5.0, 7.5,  10., 20.,  40., 80.};
constexpr std::array kTotalBounds{.3, .5, .8, 1.0, 1.5, 2.0, 2.5, 5.0, 10., 15., 20., 30., 40.,
                                  50., 60., 120., 240., 480., 960., 1920., 7680.};
constexpr std::array kLengthBounds{1.0,    2.0,    5.0,     10.0,    20.0,   50.0,
                                   100.0,  200.0,  500.0,   1000.0,  2000.0, 5000.0,
                                   10000., 20000., 50000.0, 100000.0};

double secondsOf(std::chrono::nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

class Writer {
public:
    explicit Writer(std::string labels) : labels_(std::move(labels)) {}

    void family(std::string_view name, std::string_view type, std::string_view help)
    {
        fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name,
                       type);
    }
    void one(std::string_view name, std::string_view type, std::string_view help, double value)
    {
        family(name, type, help);
        sample(name, "", value);
    }
    void sample(std::string_view name, std::string_view extra, double value)
    {
        fmt::format_to(std::back_inserter(text_), "{}{{{}{}}} {}\n", name, labels_, extra, value);
    }
    void histogram(std::string_view name, std::string_view help, const Histogram& histogram)
    {
        family(name, "histogram", help);
        histogram.write(text_, name, labels_);
    }
    std::string take() { return std::move(text_); }

private:
    std::string labels_;
    std::string text_;
};

} // namespace

Histogram::Histogram(std::span<const double> bounds) : bounds_(bounds), counts_(bounds.size() + 1)
{
}

void Histogram::observe(double value)
{
    const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value);
    ++counts_[static_cast<std::size_t>(bucket - bounds_.begin())];
    sum_ += value;
}

void Histogram::write(std::string& out, std::string_view name, std::string_view labels) const
{
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        below += counts_[i];
        const std::string bound = i < bounds_.size() ? fmt::format("{}", bounds_[i]) : "+Inf";
        fmt::format_to(std::back_inserter(out), "{}_bucket{{{},le=\"{}\"}} {}\n", name, labels,
                       bound, below);
    }
    fmt::format_to(std::back_inserter(out), "{}_sum{{{}}} {}\n{}_count{{{}}} {}\n", name, labels,
                   sum_, name, labels, below);
}

EngineMetrics::EngineMetrics(std::string model)
    : model_(std::move(model)), firstToken_(kFirstTokenBounds), nextToken_(kNextTokenBounds),
      total_(kTotalBounds), promptLength_(kLengthBounds), generationLength_(kLengthBounds)
{
    for (const char* reason : {"stop", "length", "abort", "error"})
        finished_[reason] = 0;
}

void EngineMetrics::onFirstToken(std::chrono::nanoseconds sinceArrival)
{
    firstToken_.observe(secondsOf(sinceArrival));
}

void EngineMetrics::onNextToken(std::chrono::nanoseconds sinceLast)
{
    nextToken_.observe(secondsOf(sinceLast));
}

void EngineMetrics::onPrompt(std::size_t tokens)
{
    promptTokens_ += tokens;
    promptLength_.observe(static_cast<double>(tokens));
}

void EngineMetrics::onFinished(const Finished& finished)
{
    const auto entry = finished_.find(finished.reason);
    if (entry != finished_.end())
        ++entry->second;
    total_.observe(secondsOf(finished.total));
    generationLength_.observe(static_cast<double>(finished.generated));
}

std::string EngineMetrics::exposition(const EngineGauges& gauges) const
{
    Writer writer(fmt::format("engine=\"0\",model_name={}", lab::jsonString(model_)));
    const auto number = [](auto value) { return static_cast<double>(value); };
    writer.one("vllm:num_requests_running", "gauge",
               "Number of requests in model execution batches.", number(gauges.running));
    writer.one("vllm:num_requests_waiting", "gauge",
               "Number of requests waiting to be processed.", number(gauges.waiting));
    writer.family("vllm:engine_sleep_state", "gauge", "Engine sleep state.");
    writer.sample("vllm:engine_sleep_state", ",sleep_state=\"awake\"", 1);
    writer.sample("vllm:engine_sleep_state", ",sleep_state=\"weights_offloaded\"", 0);
    writer.sample("vllm:engine_sleep_state", ",sleep_state=\"discard_all\"", 0);
    writer.one("vllm:kv_cache_usage_perc", "gauge", "KV-cache usage. 1 means 100 percent usage.",
               gauges.kvUsage);
    writer.one("vllm:prefix_cache_queries_total", "counter",
               "Prefix cache queries, in terms of number of queried tokens.",
               number(promptTokens_));
    writer.one("vllm:prefix_cache_hits_total", "counter",
               "Prefix cache hits, in terms of number of cached tokens.", 0);
    writer.one("vllm:num_preemptions_total", "counter",
               "Cumulative number of preemption from the engine.", number(gauges.preemptions));
    writer.one("vllm:prompt_tokens_total", "counter", "Number of prefill tokens processed.",
               number(promptTokens_));
    writer.one("vllm:generation_tokens_total", "counter", "Number of generation tokens processed.",
               number(generationTokens_));
    writer.family("vllm:request_success_total", "counter",
                  "Count of successfully processed requests.");
    for (const auto& [reason, count] : finished_)
        writer.sample("vllm:request_success_total", fmt::format(",finished_reason=\"{}\"", reason),
                      number(count));
    writer.family("vllm:admission_rejections_total", "counter",
                  "Number of admission attempts rejected by a queue limit, by reason.");
    writer.sample("vllm:admission_rejections_total", ",reason=\"max_num_queued_reqs\"",
                  number(admissionRejections_));
    writer.histogram("vllm:time_to_first_token_seconds",
                     "Histogram of time to first token in seconds.", firstToken_);
    writer.histogram("vllm:inter_token_latency_seconds",
                     "Histogram of inter-token latency in seconds.", nextToken_);
    writer.histogram("vllm:e2e_request_latency_seconds",
                     "Histogram of e2e request latency in seconds.", total_);
    writer.histogram("vllm:request_prompt_tokens", "Number of prefill tokens processed.",
                     promptLength_);
    writer.histogram("vllm:request_generation_tokens", "Number of generation tokens processed.",
                     generationLength_);
    writer.one("signalbox_engine_sim_utilisation_ratio", "gauge",
               "Simulated engine: share of the last seconds in which it computed.",
               gauges.utilisation);
    return writer.take();
}

} // namespace signalbox::engine_sim
