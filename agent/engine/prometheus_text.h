// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::engine {

struct MetricLabel {
    std::string_view name;
    std::string_view value; // unescaped
};

// One sample of a page; the views are valid during the call that hands it over.
struct MetricLine {
    std::string_view name;
    std::span<const MetricLabel> labels; // as they came; each name once
    double value = 0; // may be NaN or infinite
};

// Who reads a page. Names are offered first, so that the rest of an unwanted line costs nothing.
class MetricSink {
public:
    virtual ~MetricSink() = default;
    virtual bool wants(std::string_view name) = 0;
    virtual void take(const MetricLine& line) = 0;
};

// Reads the Prometheus text format 0.0.4 and OpenMetrics 1.0 as engines write them, in pieces of
// any size. Comments, types, timestamps and exemplars are passed over. A line that breaks the
// grammar is counted and left out; the rest of the page stands.
// Lives on: any one thread, for one page. Borrows the sink. Holds at most one line.
class PrometheusReader {
public:
    explicit PrometheusReader(MetricSink& sink) : sink_(sink) {}

    void feed(std::string_view bytes);
    // The page has ended; a line without its newline is broken, because its value may be cut.
    void finish();

    std::uint64_t samples() const { return samples_; } // wanted ones
    std::uint64_t badLines() const { return badLines_; }

private:
    void takeLine(std::string_view line);
    bool takeSample(std::string_view line);
    bool takeLabels(std::string_view& rest);
    bool takeLabel(std::string_view& rest);

    MetricSink& sink_;
    std::string partial_; // a line whose end has not come yet
    bool isOverlong_ = false; // the partial line was given up; skip to its end
    std::vector<MetricLabel> labels_;
    std::string unescaped_; // of this line's labels; reserved, so that views into it stay
    std::uint64_t samples_ = 0;
    std::uint64_t badLines_ = 0;
};

} // namespace signalbox::engine
