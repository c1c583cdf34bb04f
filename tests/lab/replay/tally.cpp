// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/replay/tally.h"

#include "tests/lab/kit/json_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::replay {

namespace {

constexpr std::size_t kExamplesMax = 20;
constexpr std::size_t kKindsMax = 64; // names come from outside: "http_418" and the like

std::string_view nameOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Ok: return "ok";
    case Verdict::WrongBytes: return "wrong_bytes";
    case Verdict::ExplicitError: return "explicit_error";
    case Verdict::SilentTruncation: return "silent_truncation";
    }
    return "ok";
}

double milliseconds(double seconds)
{
    return seconds * 1000;
}

std::string latencyJson(const LatencyHistogram& times)
{
    return fmt::format(R"({{"count":{},"mean_ms":{:.3f},"p50_ms":{:.3f},"p90_ms":{:.3f},)"
                       R"("p95_ms":{:.3f},"p99_ms":{:.3f},"max_ms":{:.3f}}})",
                       times.count(), milliseconds(times.meanSeconds()),
                       milliseconds(times.quantileSeconds(0.5)),
                       milliseconds(times.quantileSeconds(0.9)),
                       milliseconds(times.quantileSeconds(0.95)),
                       milliseconds(times.quantileSeconds(0.99)),
                       milliseconds(times.maxSeconds()));
}

std::string latencyLine(std::string_view name, const LatencyHistogram& times)
{
    return fmt::format("  {:<12} p50 {:>9.1f} ms   p95 {:>9.1f} ms   p99 {:>9.1f} ms   "
                       "max {:>9.1f} ms\n",
                       name, milliseconds(times.quantileSeconds(0.5)),
                       milliseconds(times.quantileSeconds(0.95)),
                       milliseconds(times.quantileSeconds(0.99)),
                       milliseconds(times.maxSeconds()));
}

} // namespace

void Tally::onSent(std::chrono::nanoseconds lateBy)
{
    ++sent_;
    late_.add(lateBy);
}

void Tally::onFirstToken(std::chrono::nanoseconds sinceSchedule)
{
    firstToken_.add(sinceSchedule);
}

void Tally::onOutcome(const Outcome& outcome)
{
    ++ended_;
    streams_ += outcome.delivery == Delivery::Stream ? 1 : 0;
    tokens_ += outcome.tokens;
    simulated_ += outcome.isSimulated ? 1 : 0;
    const Judgement& judgement = outcome.judgement;
    const bool isHarmless = judgement.verdict == Verdict::Ok
        || judgement.verdict == Verdict::ExplicitError;
    if (isHarmless && outcome.wasStopped) {
        ++stopped_;
        return;
    }
    if (isHarmless && outcome.hasLeft) {
        ++left_;
        return;
    }
    auto& kinds = verdicts_[judgement.verdict];
    const bool isKnown = kinds.contains(judgement.kind) || kinds.size() < kKindsMax;
    ++kinds[isKnown ? judgement.kind : "other"];
    if (judgement.verdict == Verdict::Ok) {
        total_.add(outcome.total);
        lackingDone_ += outcome.lacksDone ? 1 : 0;
        countedWrongly_ += outcome.countsWrongly ? 1 : 0;
    } else if (examples_.size() < kExamplesMax) {
        examples_.push_back(fmt::format("request {}: {} {}: {}", outcome.number,
                                        nameOf(judgement.verdict), judgement.kind,
                                        judgement.detail));
    }
}

std::uint64_t Tally::verdict(Verdict verdict) const
{
    const auto it = verdicts_.find(verdict);
    std::uint64_t count = 0;
    if (it != verdicts_.end()) {
        for (const auto& [kind, number] : it->second)
            count += number;
    }
    return count;
}

std::string Tally::progressLine(std::chrono::seconds elapsed) const
{
    return fmt::format("{:>5} s  sent {}  open {}  ok {}  errors {}  wrong {}  truncated {}  "
                       "ttft p50 {:.0f} p99 {:.0f} ms  gap p50 {:.1f} ms  late p99 {:.1f} ms",
                       elapsed.count(), sent_, open(), ok(), explicitErrors(), wrongBytes(),
                       silentTruncations(), milliseconds(firstToken_.quantileSeconds(0.5)),
                       milliseconds(firstToken_.quantileSeconds(0.99)),
                       milliseconds(gap_.quantileSeconds(0.5)),
                       milliseconds(late_.quantileSeconds(0.99)));
}

std::string Tally::json(const ReplayOptions& options, const LoadFacts& load) const
{
    std::string kinds;
    for (const auto& [verdict, counts] : verdicts_) {
        if (verdict == Verdict::Ok)
            continue;
        std::string inner;
        for (const auto& [kind, count] : counts)
            inner += fmt::format("{}{}:{}", inner.empty() ? "" : ",", lab::jsonString(kind), count);
        kinds += fmt::format(R"({}"{}":{{{}}})", kinds.empty() ? "" : ",", nameOf(verdict), inner);
    }
    std::string examples;
    for (const std::string& example : examples_)
        examples += (examples.empty() ? "" : ",") + lab::jsonString(example);
    const double seconds = std::chrono::duration<double>(load.elapsed).count();
    return fmt::format(
        R"({{"program":"signalbox-replay","label":{},"target":{},"load":{},"seed":{},)"
        R"("speed":{:g},"elapsed_s":{:.3f},"text_checked":{},"requests":{},"ok":{},)"
        R"("explicit_errors":{},"wrong_bytes":{},"silent_truncations":{},"left":{},)"
        R"("stopped":{},"unfinished":{},"streams":{},"simulated":{},"lacking_done":{},)"
        R"("usage_wrong":{},"tokens":{},"tokens_per_s":{:.1f},"requests_per_s":{:.2f},)"
        R"("connections":{},"stale_connections":{},"kinds":{{{}}},"examples":[{}],)"
        R"("ttft":{},"gap":{},"total":{},"late":{}}})"
        "\n",
        lab::jsonString(options.label),
        lab::jsonString("http://" + options.target.authority() + options.target.basePath),
        lab::jsonString(load.description), options.seed, options.speed, seconds, load.isTextChecked,
        sent_, ok(),
        explicitErrors(), wrongBytes(), silentTruncations(), left_, stopped_, open(), streams_,
        simulated_, lackingDone_, countedWrongly_, tokens_,
        static_cast<double>(tokens_) / std::max(seconds, 1e-9),
        static_cast<double>(ended_) / std::max(seconds, 1e-9), connections_, staleConnections_,
        kinds, examples, latencyJson(firstToken_), latencyJson(gap_), latencyJson(total_),
        latencyJson(late_));
}

std::string Tally::summary(const LoadFacts& load) const
{
    const double seconds = std::chrono::duration<double>(load.elapsed).count();
    std::string text = fmt::format(
        "\n{} requests in {:.0f} s ({} streams), {} tokens, {} connections\n"
        "  ok {}   explicit errors {}   wrong bytes {}   silent truncations {}   left {}   "
        "stopped {}\n",
        sent_, seconds, streams_, tokens_, connections_, ok(), explicitErrors(), wrongBytes(),
        silentTruncations(), left_, stopped_);
    text += latencyLine("first token", firstToken_) + latencyLine("gap", gap_)
        + latencyLine("total", total_) + latencyLine("sent late", late_);
    if (!load.isTextChecked)
        text += "  Bytes were not checked: this is a real engine, its text has no key.\n";
    if (simulated_ > 0)
        text += fmt::format("  {} answers came from simulated engines.\n", simulated_);
    for (const std::string& example : examples_)
        text += "  " + example + "\n";
    return text;
}

} // namespace signalbox::replay
