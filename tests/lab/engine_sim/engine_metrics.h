// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::engine_sim {

// A classic Prometheus histogram. Lives on: the engine's one thread.
class Histogram {
public:
    explicit Histogram(std::span<const double> bounds);
    void observe(double value);
    void write(std::string& out, std::string_view name, std::string_view labels) const;

private:
    std::span<const double> bounds_;
    std::vector<std::uint64_t> counts_; // per bucket, the last one for +Inf
    double sum_ = 0;
};

// What the scheduler holds at the moment of a scrape.
struct EngineGauges {
    std::size_t running = 0;
    std::size_t waiting = 0;
    double kvUsage = 0;
    std::uint64_t preemptions = 0;
    double utilisation = 0;
};

// The series of a vLLM server, under its own names, and one of ours that says "simulated".
// Lives on: the engine's one thread.
class EngineMetrics {
public:
    explicit EngineMetrics(std::string model);

    void onFirstToken(std::chrono::nanoseconds sinceArrival);
    void onNextToken(std::chrono::nanoseconds sinceLast);
    void onTokens(std::size_t tokens) { generationTokens_ += tokens; }
    void onPrompt(std::size_t tokens);

    struct Finished {
        std::string_view reason; // stop, length, abort, error
        std::chrono::nanoseconds total{0};
        std::size_t generated = 0;
    };
    void onFinished(const Finished& finished);
    void onAdmissionRejected() { ++admissionRejections_; }

    std::uint64_t generationTokens() const { return generationTokens_; }
    std::string exposition(const EngineGauges& gauges) const;

private:
    std::string model_;
    std::uint64_t promptTokens_ = 0;
    std::uint64_t generationTokens_ = 0;
    std::uint64_t admissionRejections_ = 0;
    std::map<std::string, std::uint64_t, std::less<>> finished_;
    Histogram firstToken_;
    Histogram nextToken_;
    Histogram total_;
    Histogram promptLength_;
    Histogram generationLength_;
};

} // namespace signalbox::engine_sim
