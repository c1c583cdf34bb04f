// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/proxy/meters/exchange_record.h"
#include "agent/proxy/meters/latency_histogram.h"
#include "agent/upstream/retry_policy.h"

#include <array>
#include <atomic>
#include <cstdint>

namespace signalbox::proxy {

inline constexpr std::size_t kAttemptEnds = 7;
inline constexpr std::size_t kPickRules = 7;

// A number one core writes and any thread may read.
// Lives on: written by one core, read by any thread.
class Counter {
public:
    void add(std::uint64_t by = 1)
    {
        value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// What one core has counted since start.
// Lives on: written by its core, read by control (relaxed). Owned by CoreProxy.
struct CoreStatistics {
    std::array<Counter, kOutcomes> outcomes; // by Outcome
    std::array<Counter, kAttemptEnds> attemptEnds; // failed attempts, by AttemptEnd
    std::array<Counter, kPickRules> picks; // by PickRule
    Counter largerContexts; // requests that went on to a pool of larger contexts
    Counter decisionsKept;
    Counter panicPicks; // choices that ignored ejection
    Counter attempts;
    Counter retries; // asked the budget
    Counter replays; // outside the budget
    Counter retriesRefused; // the budget said no
    Counter staleConnections; // pooled connections that had died; replaced unseen
    Counter promptTokens;
    Counter completionTokens;
    Counter events; // SSE events relayed
    Counter notJsonEvents; // passed on as they came
    Counter answersCompleted; // [DONE] supplied although the engine left it out
    Counter connectionsOpened; // upstream
    LatencyHistogram timeToFirstToken;
    LatencyHistogram tokenGap;
    LatencyHistogram endToEnd;
};

// The sum over cores at one moment.
struct StatisticsTotals {
    std::array<std::uint64_t, kOutcomes> outcomes{};
    std::array<std::uint64_t, kAttemptEnds> attemptEnds{};
    std::array<std::uint64_t, kPickRules> picks{};
    std::uint64_t largerContexts = 0;
    std::uint64_t decisionsKept = 0;
    std::uint64_t panicPicks = 0;
    std::uint64_t attempts = 0;
    std::uint64_t retries = 0;
    std::uint64_t replays = 0;
    std::uint64_t retriesRefused = 0;
    std::uint64_t staleConnections = 0;
    std::uint64_t promptTokens = 0;
    std::uint64_t completionTokens = 0;
    std::uint64_t events = 0;
    std::uint64_t notJsonEvents = 0;
    std::uint64_t answersCompleted = 0;
    std::uint64_t connectionsOpened = 0;
    HistogramCounts timeToFirstToken;
    HistogramCounts tokenGap;
    HistogramCounts endToEnd;

    void add(const CoreStatistics& core);
    std::uint64_t requests() const;
};

} // namespace signalbox::proxy
