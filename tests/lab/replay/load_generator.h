// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/result.h"
#include "tests/lab/kit/trace.h"
#include "tests/lab/replay/replay_options.h"
#include "tests/lab/replay/request_maker.h"
#include "tests/lab/replay/tally.h"

#include <functional>
#include <memory>

namespace signalbox::replay {

// Sends a load as scheduled, whatever the answers do: the schedule never waits for a reply, and
// every latency counts from the scheduled moment, so a stalled target cannot hide what it did.
// Lives on: the thread that calls run(); only stop() may come from another.
class LoadGenerator {
public:
    LoadGenerator(const ReplayOptions& options, const RequestMaker& maker,
                  lab::ArrivalSource& arrivals, Tally& tally);
    ~LoadGenerator();
    LoadGenerator(const LoadGenerator&) = delete;
    LoadGenerator& operator=(const LoadGenerator&) = delete;

    // Called once a second with the seconds since the start.
    void onSecond(std::function<void(std::chrono::seconds)> callback);
    // SIGINT and SIGTERM end the load: what is open is dropped and counted as stopped.
    void stopOnSignals();
    // Until the load is over and every answer is in. Errors: the target has no address.
    base::Status run();
    void stop();

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

} // namespace signalbox::replay
