// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/recorder/feed_book.h"
#include "agent/telemetry/subscriber.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/model/open_exchange.h"
#include "shared/model/telemetry.h"
#include "shared/rpc/method_table.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::telemetry {

// Who keeps the feeds of peers current while somebody watches the fleet. Lives on: control.
class FleetInterest {
public:
    virtual ~FleetInterest() = default;
    // Interest lasts as long as what is returned. `resume` says where that reader stopped.
    [[nodiscard]] virtual std::shared_ptr<void>
    watch(const std::vector<model::ResumePoint>& resume)
        = 0;
};

struct TelemetryCounters {
    std::uint64_t readers = 0; // now
    std::uint64_t readersBehind = 0; // now: not yet at the newest fact
    std::uint64_t readersRefusedTotal = 0; // beyond limits::kTelemetryReaders
    std::uint64_t batchesTotal = 0;
    std::uint64_t bytesTotal = 0;
    std::uint64_t samplesMissedTotal = 0; // readers were too slow for
};

// WatchTelemetry, GetAgent, ListOpenExchanges: four times a second each reader is told what is new,
// if it has taken what it was told before. A frozen reader costs one batch and its cursors, never
// more.
// Lives on: control. Owned by agent/process; what it is given outlives it.
class TelemetryService {
public:
    // May the question go on to the agent that is meant?
    enum class Passing : std::uint8_t { Allowed, Refused };
    // Requests open on that agent. The answer comes on control.
    using ListOpen
        = std::function<void(const std::string& agent, Passing passing,
                             std::function<void(base::Result<model::OpenExchangeList>)> done)>;

    struct Parts {
        const recorder::FeedBook& book;
        FleetInterest& interest;
        base::Executor& executor;
        const base::Clock& clock;
        std::string fleet; // its name
        std::vector<std::string> features; // optional abilities of this agent
        ListOpen listOpen;
    };
    explicit TelemetryService(Parts parts);
    TelemetryService(const TelemetryService&) = delete;
    TelemetryService& operator=(const TelemetryService&) = delete;
    ~TelemetryService();

    // Serves its methods through the table; any caller that is a viewer may ask.
    void registerOn(rpc::MethodTable& table);
    TelemetryCounters counters() const;

private:
    struct Reader {
        Subscriber subscriber;
        std::shared_ptr<void> interest; // in the fleet
    };

    void registerOpenExchanges(rpc::MethodTable& table);
    void watch(model::TelemetryWish wish, std::shared_ptr<rpc::OpenStream> stream);
    base::Result<model::AgentIdentity> identity() const;
    void tick();
    void forgetClosed();

    Parts parts_;
    std::vector<std::unique_ptr<Reader>> readers_;
    base::Executor::TimerPtr timer_;
    TelemetryCounters past_; // totals of readers that have left
    std::shared_ptr<TelemetryService*> self_; // null inside once this is gone
};

} // namespace signalbox::telemetry
