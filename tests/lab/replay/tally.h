// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/replay/answer_judge.h"
#include "tests/lab/replay/latency_histogram.h"
#include "tests/lab/replay/replay_options.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace signalbox::replay {

// How one request ended.
struct Outcome {
    Judgement judgement;
    Delivery delivery = Delivery::Stream;
    bool hasLeft = false;  // our client hung up, as it was told to
    bool wasStopped = false; // the load was stopped before the answer came
    bool lacksDone = false;
    bool countsWrongly = false; // usage is not the number of tokens that came
    bool isSimulated = false;
    std::uint64_t tokens = 0;
    std::chrono::nanoseconds total{0};
    std::uint64_t number = 0;
};

// What is known of the load beside its answers.
struct LoadFacts {
    std::string description;
    bool isTextChecked = false; // were bytes compared at all?
    std::chrono::nanoseconds elapsed{0};
};

// Everything the load has seen. Lives on: one thread.
class Tally {
public:
    void onSent(std::chrono::nanoseconds lateBy);
    void onConnection() { ++connections_; }
    void onStaleConnection() { ++staleConnections_; }
    void onFirstToken(std::chrono::nanoseconds sinceSchedule);
    void onNextToken(std::chrono::nanoseconds sinceLast) { gap_.add(sinceLast); }
    void onOutcome(const Outcome& outcome);

    std::uint64_t sent() const { return sent_; }
    std::uint64_t open() const { return sent_ - ended_; }
    std::uint64_t wrongBytes() const { return verdict(Verdict::WrongBytes); }
    std::uint64_t silentTruncations() const { return verdict(Verdict::SilentTruncation); }
    std::uint64_t explicitErrors() const { return verdict(Verdict::ExplicitError); }
    std::uint64_t ok() const { return verdict(Verdict::Ok); }

    // For a terminal: what happened so far, in one line.
    std::string progressLine(std::chrono::seconds elapsed) const;
    // For programs.
    std::string json(const ReplayOptions& options, const LoadFacts& load) const;
    // For people, at the end.
    std::string summary(const LoadFacts& load) const;

private:
    std::uint64_t verdict(Verdict verdict) const;

    std::uint64_t sent_ = 0;
    std::uint64_t ended_ = 0;
    std::uint64_t left_ = 0;
    std::uint64_t stopped_ = 0;
    std::uint64_t lackingDone_ = 0;
    std::uint64_t countedWrongly_ = 0;
    std::uint64_t simulated_ = 0;
    std::uint64_t tokens_ = 0;
    std::uint64_t streams_ = 0;
    std::uint64_t connections_ = 0;
    std::uint64_t staleConnections_ = 0;
    std::map<Verdict, std::map<std::string, std::uint64_t>> verdicts_;
    std::vector<std::string> examples_; // the first of what was not ok, for people
    LatencyHistogram late_;
    LatencyHistogram firstToken_;
    LatencyHistogram gap_;
    LatencyHistogram total_;
};

} // namespace signalbox::replay
