// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/recorder/feed_book.h"
#include "agent/telemetry/peer_feed.h"
#include "agent/telemetry/telemetry_service.h"
#include "shared/base/clock.h"
#include "shared/base/executor.h"
#include "shared/model/fleet.h"
#include "shared/rpc/credentials.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::telemetry {

// Lets this agent serve the whole fleet: while somebody watches it, each peer's own stream is
// followed into its feed. A relay is never relayed: peers are asked about themselves only.
// Lives on: control. Owned by agent/process; the book outlives it. Peers that are lost or whose
// lease ended stay in the picture as they were last seen. A new peer is told of when it has spoken
// or failed, or after limits::kRelayPatience: who asks once gets facts.
class FleetRelay final : public FleetInterest {
public:
    struct Parts {
        recorder::FeedBook& book;
        base::Executor& executor;
        const base::Clock& clock;
        rpc::Security security; // for calls to peers
    };
    explicit FleetRelay(Parts parts);
    FleetRelay(const FleetRelay&) = delete;
    FleetRelay& operator=(const FleetRelay&) = delete;
    ~FleetRelay() override;

    // The agents that are registered now; our own record among them is left out.
    void setPeers(const std::vector<model::AgentRecord>& records);

    std::shared_ptr<void> watch(const std::vector<model::ResumePoint>& resume) override;

    std::size_t peersFollowed() const { return following_.size(); }
    std::uint64_t peersLeftOut() const { return peersLeftOut_; } // beyond limits::kFleetAgents

private:
    void follow(const model::AgentRecord& record, const model::ResumePoint* resume);
    void unfollow(const std::string& id);
    void showSilent();
    void interestEnded();
    void stopFollowing();
    void forgetLongGone();

    Parts parts_;
    std::map<std::string, model::AgentRecord> records_; // by id
    std::map<std::string, std::unique_ptr<PeerFeed>> following_; // by id; empty while unwatched
    std::map<std::string, base::Monotonic> endedAt_; // peers whose lease ended, still shown
    std::size_t watchers_ = 0;
    bool isFollowing_ = false;
    base::Executor::TimerPtr patience_; // runs while a new peer may be silent still
    base::Executor::TimerPtr linger_;
    std::uint64_t peersLeftOut_ = 0;
    std::shared_ptr<FleetRelay*> self_; // null inside once this is gone
};

} // namespace signalbox::telemetry
