// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/recorder/agent_feed.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/model/fleet.h"
#include "shared/rpc/client_stream.h"
#include "shared/series/telemetry_reader.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::telemetry {

// Keeps the feed of one peer current from that peer's own stream, never from a relay of it.
// Lives on: control. Owned by FleetRelay; the feed outlives it.
// A peer that is lost is `gone` in its feed, with its last state kept, until it speaks again.
class PeerFeed final : private rpc::ClientStream::Listener {
public:
    // The record's control address is called; an empty one is an error of the caller.
    PeerFeed(recorder::AgentFeed& feed, model::AgentRecord record, const rpc::Security& security,
             const std::string& ownName, base::Executor& executor, const base::Clock& clock);

    // Before start(): a reader of the fleet stopped there; begin no later, so that it misses
    // nothing.
    void startNoLaterThan(const model::ResumePoint& point) { start_ = point; }
    void start() { stream_.start(); }
    const std::string& address() const { return record_.addresses.control; }
    // It has not spoken yet and is not waited for any longer: what it registered is shown, and why
    // there is no more.
    void showRecord(std::string why);
    std::uint64_t lossesTotal() const { return lossesTotal_; }

private:
    std::string request() override;
    void opened(const rpc::ServiceAddress& address) override;
    base::Status message(std::string bytes) override;
    void lost(const base::Error& why) override;
    void apply(series::ReadFact fact);

    recorder::AgentFeed& feed_;
    model::AgentRecord record_;
    const base::Clock& clock_;
    base::Result<std::shared_ptr<rpc::Channel>> channel_;
    std::optional<model::ResumePoint> start_;
    series::TelemetryReader reader_;
    std::int64_t heardUnixMs_ = 0; // when the newest message came; 0 = never
    std::uint64_t lossesTotal_ = 0;
    rpc::ClientStream stream_; // last: it calls the rest
};

} // namespace signalbox::telemetry
