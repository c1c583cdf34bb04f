// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/recorder/recorder.h"
#include "agent/telemetry/series_table.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"

#include <chrono>
#include <cstdint>
#include <memory>

namespace signalbox::telemetry {

// Takes one sample of everything each interval and hands it to the recorder.
// Lives on: control. Owned by agent/process; what it is given outlives it.
// Late samples are taken late and never caught up: a gap is a gap.
class Sampler {
public:
    struct Parts {
        SeriesTable& table;
        recorder::AgentFeed& feed; // the recorder's
        recorder::Recorder& recorder;
        base::Executor& executor;
        const base::Clock& clock;
        std::chrono::milliseconds interval{1'000};
    };
    explicit Sampler(Parts parts);
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;

    // Announces the dictionary and takes the first sample at once.
    void start();

private:
    void sample();

    Parts parts_;
    base::Monotonic due_{};
    base::Executor::TimerPtr timer_;
};

// Milliseconds since the Unix epoch.
std::int64_t unixMs(const base::Clock& clock);

} // namespace signalbox::telemetry
