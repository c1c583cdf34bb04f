// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/clock.h"
#include "tests/lab/engine_sim/batch_scheduler.h"
#include "tests/lab/engine_sim/engine_metrics.h"
#include "tests/lab/engine_sim/fault.h"
#include "tests/lab/engine_sim/generation.h"
#include "tests/lab/engine_sim/sim_options.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::engine_sim {

using GenerationId = std::uint64_t;

// What happened since the start, so that tests can prove a fault or a cancellation.
struct EngineCounters {
    std::uint64_t started = 0;
    std::uint64_t finished = 0;  // answered to the end, faults included
    std::uint64_t cancelled = 0; // the client left
    std::uint64_t continuations = 0;
    std::uint64_t foreignContinuations = 0; // the text to continue was not ours
};

// The simulated model: a queue, continuous batching, and time that passes as the step-time model
// says. It has no clock of its own: the owner calls onTimer() at nextWake().
// Lives on: one thread, owned by the server; sinks must outlive their generation or cancel it.
class Engine {
public:
    Engine(const SimOptions& options, const base::Clock& clock, FaultPlan& faults);

    GenerationId start(GenerationRequest request, std::optional<Fault> fault, AnswerSink& sink);
    // The client is gone: its sequences leave the batch, its sink is not called again.
    void cancel(GenerationId id);
    // Ends everything that runs with finish_reason abort.
    void abortAll();

    void onTimer();
    std::optional<base::Monotonic> nextWake() const;
    // Takes one reading of the busy time; call about once a second.
    void sampleUtilisation();

    std::size_t open() const { return generations_.size(); }
    EngineGauges gauges() const;
    EngineMetrics& metrics() { return metrics_; }
    const EngineCounters& counters() const { return counters_; }

private:
    struct Running {
        std::unique_ptr<Generation> generation;
        base::Monotonic arrived;
        std::optional<base::Monotonic> startsAt; // held back by a fault
        base::Monotonic lastToken;
        bool hasToken = false;
    };

    void schedule(GenerationId id, Running& running);
    void startDelayed(base::Monotonic now);
    void planIteration(base::Monotonic from);
    void deliver(SequenceId sequence, base::Monotonic now);
    void observeToken(Running& running, base::Monotonic now);
    void retire(GenerationId id);
    void dropSequences(GenerationId id, std::size_t choices);

    const SimOptions& options_;
    const base::Clock& clock_;
    FaultPlan& faults_;
    BatchScheduler scheduler_;
    EngineMetrics metrics_;
    EngineCounters counters_;
    std::map<GenerationId, Running> generations_;
    GenerationId nextId_ = 1;
    std::size_t delayed_ = 0;
    std::optional<base::Monotonic> iterationEnd_;
    std::chrono::nanoseconds iterationTime_{0};
    std::chrono::nanoseconds busy_{0};
    std::deque<std::pair<base::Monotonic, std::chrono::nanoseconds>> busySamples_;
};

} // namespace signalbox::engine_sim
