// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/engine_sim/batch_scheduler.h"
#include "tests/lab/kit/keyed_text.h"
#include "tests/lab/kit/step_time.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace signalbox::engine_sim {

struct SimOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0; // 0: the system gives one
    std::string readyFile;  // gets the announcement, atomically
    std::string model = "sim-8b";
    std::string key{lab::KeyedText::kDefaultKey};
    std::string apiKey;
    lab::StepTime stepTime = lab::kStepTimePresets[0].time;
    double speed = 1; // times faster than the step time says
    BatchLimits batch;
    std::size_t contextTokensMax = 131'072;
    std::size_t queuedRequestsMax = 0; // running and waiting; 0: no limit, like vLLM's default
    std::chrono::milliseconds keepAlive{5000};
    std::chrono::milliseconds shutdownTimeout{0};
    std::chrono::seconds reportEvery{10}; // 0: never
};

} // namespace signalbox::engine_sim
